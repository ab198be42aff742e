import { readdir, readFile as readText } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { difference, readFile, sharedFolder } from './parquet-values.ts'

const folder = await sharedFolder('hyparquet', 'test', 'files')
if (!folder) console.log('hyparquet: skipped, ../shared/data/hyparquet is not there')

/** Files that differ from hyparquet's JSON, and why that is right. */
const known: Record<string, string> = {
  'adam_genotypes.parquet': 'a required list without items is an empty list; hyparquet says null',
  'duckdb2557.parquet': 'a repeated field without items is an empty list; hyparquet says null',
  'byte_stream_split_extended.gzip.parquet': 'DuckDB reads BYTE_STREAM_SPLIT of floats and doubles only',
  'hadoop_lz4_compressed.parquet': 'DuckDB does not read the old LZ4 codec of Hadoop',
}

test.skipIf(!folder)('the values of every file are those that hyparquet wrote beside it', async () => {
  const names = (await readdir(folder as string)).filter((name) => name.endsWith('.parquet'))
  const failed: Record<string, string> = {}
  for (const name of names) {
    const file = join(folder as string, name)
    const expected = JSON.parse(await readText(file.replace(/parquet$/, 'json'), 'utf8'))
    const read = await readFile(file)
    const why = 'error' in read ? read.error : difference(read.fields, read.rows, expected)
    if (why !== null) failed[name] = why
  }
  console.log(`hyparquet: ${names.length} files, ${names.length - Object.keys(failed).length} passed`)
  for (const [name, why] of Object.entries(failed)) console.log(`  differs: ${name}: ${why} (${known[name] ?? 'NEW'})`)
  expect(names.length).toBeGreaterThan(60)
  expect(Object.keys(failed).sort()).toEqual(Object.keys(known).sort())
})
