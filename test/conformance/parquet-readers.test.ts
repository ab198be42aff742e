import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { decimal, type Field, fixed, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import { Bench, writeSink } from '@headrace/runtime/testing'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import sink from '../../nodes/sinks/parquet.ts'

const fields: Field[] = [
  { name: 'flag', type: types.bool },
  { name: 'id', type: types.int64 },
  { name: 'stage', type: types.int32 },
  { name: 'half', type: types.float16 },
  { name: 'price', type: decimal(10, 2) },
  { name: 'text', type: types.string },
  { name: 'day', type: types.date },
  { name: 'at', type: timestamp('us', 'Europe/Berlin') },
  { name: 'vector', type: fixed(types.float32, 2) },
  { name: 'tags', type: list(types.string) },
  { name: 'place', type: struct([{ name: 'lat', type: types.float64 }]) },
]

const full = (i: number) => ({
  flag: i % 2 === 0,
  id: BigInt(i) - (1n << 62n),
  // With a dictionary in the first groups, by differences in the later ones.
  stage: i < 20 ? 7 : i,
  half: i / 4,
  price: BigInt(i * 101 - 300),
  text: `Zeile ${i}: größer als zwölf`,
  day: 19_000 + i,
  at: 1_700_000_000_000_000n + BigInt(i),
  vector: [i, -i / 2] as const,
  tags: i % 3 ? [`t${i}`, null] : [],
  place: { lat: i / 3 },
})

/** Every fifth row is null throughout. */
const row = (i: number) => (i % 5 === 4 ? Object.fromEntries(fields.map(({ name }) => [name, null])) : full(i))

/** Writes three splits, then two more by append; 40 rows in 10 row groups. */
async function written(compression: string): Promise<string> {
  const bench = new Bench(await mkdtemp(join(tmpdir(), 'parquet-')))
  const split = (from: number, to: number) => ({
    fields,
    rows: Array.from({ length: to - from }, (_, i) => row(from + i)),
    batchRows: 3,
  })
  const settings = { path: 'a.parquet', compression, rowGroupRows: 4 }
  await writeSink(sink, settings, [split(0, 9), split(9, 9), split(9, 20)], bench)
  await writeSink(sink, { ...settings, ifExists: 'append' }, [split(20, 32), split(32, 40)], bench)
  return join(bench.folder, 'a.parquet')
}

test.each(['zstd', 'snappy', 'gzip', 'lz4', 'none'])('hyparquet reads what was written with %s', async (codec) => {
  const file = await asyncBufferFromFile(await written(codec))
  const metadata = await parquetMetadataAsync(file)
  expect(metadata.num_rows).toBe(40n)
  expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([4, 4, 1, 4, 4, 3, 4, 4, 4, 4, 4])
  expect(metadata.row_groups.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const rows = await parquetReadObjects({ file, metadata, compressors })
  const expected = Array.from({ length: 40 }, (_, i) => {
    const { price, day, at, ...rest } = row(i) as { price: bigint | null; day: number | null; at: bigint | null }
    return {
      ...rest,
      price: price === null ? null : Number(price) * 0.01,
      day: day === null ? null : new Date(day * 86_400_000),
      at: at === null ? null : new Date(Number(at / 1000n)),
    }
  })
  // hyparquet says undefined for a list or struct that is null.
  const found = rows.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value ?? null])))
  expect(found).toEqual(expected)
})

test.each(['zstd', 'lz4'])('DuckDB finds the same sums in SQL, with %s', async (codec) => {
  const path = await written(codec)
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(
    `SELECT count(*), count(id), sum(id)::VARCHAR, sum(price)::VARCHAR, string_agg(text, '|' ORDER BY file_row_number),
       sum(vector[2]), sum(len(tags)), max(place.lat), epoch_us(max("at"))::VARCHAR, count(*) FILTER (WHERE flag), sum(stage)::VARCHAR
     FROM read_parquet('${path}')`,
  )
  const rows = Array.from({ length: 40 }, (_, i) => full(i)).filter((_, i) => i % 5 < 4)
  const sum = (of: (one: ReturnType<typeof full>) => number) => rows.reduce((total, one) => total + of(one), 0)
  expect(reader.getRowsJson()[0]).toEqual([
    '40',
    '32',
    String(rows.reduce((total, { id }) => total + id, 0n)),
    (sum(({ price }) => Number(price)) / 100).toFixed(2),
    rows.map(({ text }) => text).join('|'),
    sum(({ vector }) => vector[1]),
    String(sum(({ tags }) => tags.length)),
    38 / 3,
    '1700000000000038',
    String(rows.filter(({ flag }) => flag).length),
    String(sum(({ stage }) => stage)),
  ])
})
