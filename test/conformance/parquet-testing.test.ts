import { glob } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import { difference, readFile, sharedFolder } from './parquet-values.ts'

const folder = await sharedFolder('parquet-testing')
if (!folder) console.log('parquet-testing: skipped, ../shared/data/parquet-testing is not there')

const lz4 = 'DuckDB does not read the old LZ4 codec of Hadoop'
const noValue = 'DuckDB reads no variant without a "value" column'
const cutNanos = 'DuckDB has no nanoseconds with a time zone: cut to microseconds'
const shredding = 'DuckDB does not read this shredding'

/** Files that we do not read as hyparquet does, and why. */
const known: Record<string, string> = {
  'data/byte_stream_split_extended.gzip.parquet': 'DuckDB reads BYTE_STREAM_SPLIT of floats and doubles only',
  'data/hadoop_lz4_compressed.parquet': lz4,
  'data/hadoop_lz4_compressed_larger.parquet': lz4,
  'data/non_hadoop_lz4_compressed.parquet': lz4,
  'data/int96_from_spark.parquet': 'a timestamp of the year 290000 overflows in DuckDB, and otherwise in hyparquet',
  'data/large_string_map.brotli.parquet': 'one value of 2 GB is more than DuckDB is given',
  'data/map_no_value.parquet': 'DuckDB reads no map without values',
  'data/repeated_primitive_no_list.parquet': 'a repeated field without items is an empty list; hyparquet says null',
  'shredded_variant/case-028.parquet': 'hyparquet does not read a decimal of 16 bytes in a variant',
  'shredded_variant/case-033.parquet': cutNanos,
  'shredded_variant/case-034.parquet': cutNanos,
  'shredded_variant/case-077.parquet': cutNanos,
  'shredded_variant/case-078.parquet': cutNanos,
  'shredded_variant/case-119.parquet': cutNanos,
  'shredded_variant/case-120.parquet': cutNanos,
  'shredded_variant/case-041.parquet': noValue,
  'shredded_variant/case-131.parquet': noValue,
  'shredded_variant/case-138.parquet': noValue,
  'shredded_variant/case-042.parquet': 'value and typed_value are both set; DuckDB takes the typed one',
  'shredded_variant/case-043-INVALID.parquet': 'invalid; hyparquet drops the date in it',
  'shredded_variant/case-087.parquet': shredding,
  'shredded_variant/case-088.parquet': shredding,
  'shredded_variant/case-127.parquet': shredding,
  'shredded_variant/case-128.parquet': shredding,
  'shredded_variant/case-132.parquet': shredding,
  'shredded_variant/case-126.parquet': 'hyparquet leaves out the fields that are not shredded',
}

// Instants to the nanosecond; hyparquet's own Date stops at milliseconds.
const instant = (nanos: bigint) => Object.assign(new Date(Number(nanos / 1_000_000n)), { nanos })
const parsers = {
  timestampFromMilliseconds: (value: bigint) => instant(value * 1_000_000n),
  timestampFromMicroseconds: (value: bigint) => instant(value * 1000n),
  timestampFromNanoseconds: instant,
}

type Expected = { readonly rows: unknown[][] } | { readonly count: number } | { readonly refused: string }

/** What hyparquet, a reader of other people's, finds: values, at least the number of rows, or nothing. */
async function expectedOf(path: string, columns: readonly string[] | undefined): Promise<Expected> {
  const file = await asyncBufferFromFile(path)
  let metadata: FileMetaData
  try {
    metadata = await parquetMetadataAsync(file, { geoparquet: false })
  } catch (error) {
    return { refused: String(error) }
  }
  if (!columns) return { count: Number(metadata.num_rows) }
  try {
    const rows = await parquetReadObjects({ file, metadata, compressors, parsers, utf8: false, geoparquet: false })
    return { rows: rows.map((row) => columns.map((name) => row[name])) }
  } catch {
    return { count: Number(metadata.num_rows) }
  }
}

test.skipIf(!folder)('every file gives the values of another reader, or its rows, or one clear error', async () => {
  const passed = { values: 0, rows: 0, refused: 0 }
  const failed: Record<string, string> = {}
  for await (const file of glob('**/*.parquet', { cwd: folder as string })) {
    const path = join(folder as string, file)
    const read = await readFile(path)
    const fields = 'error' in read ? null : read.fields
    const expected = await expectedOf(
      path,
      fields?.map(({ name }) => name),
    )
    const name = relative(folder as string, path)
    if ('error' in read) {
      expect(read.error, 'an error names the file').toContain(path)
      if ('refused' in expected) passed.refused++
      else failed[name] = read.error.replaceAll(path, '…')
      continue
    }
    const rows = 'rows' in expected ? expected.rows : null
    const count = 'count' in expected ? expected.count : -1
    const why = rows
      ? difference(read.fields, read.rows, rows)
      : read.rows.length === count
        ? null
        : `${read.rows.length} rows`
    if (why) failed[name] = why
    else passed[rows ? 'values' : 'rows']++
  }
  console.log(`parquet-testing: ${JSON.stringify(passed)}, ${Object.keys(failed).length} differ`)
  for (const [name, why] of Object.entries(failed)) console.log(`  ${name}: ${why} (${known[name] ?? 'NEW'})`)
  expect(passed.values).toBeGreaterThan(100)
  expect(Object.keys(failed).sort()).toEqual(Object.keys(known).sort())
})
