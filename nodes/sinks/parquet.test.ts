import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decimal, type Field, fixed, list, Schema, struct, timestamp, types } from '@headrace/runtime/sdk'
import { Bench, readSource, writeSink } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { example } from '../formats/parquet/example.ts'
import { readFooter } from '../formats/parquet/footer.ts'
import source from '../sources/parquet.ts'
import sink from './parquet.ts'

const temporary = () => mkdtemp(join(tmpdir(), 'parquet-'))

const fields: Field[] = [
  { name: 'bool', type: types.bool },
  { name: 'int8', type: types.int8 },
  { name: 'uint16', type: types.uint16 },
  { name: 'int64', type: types.int64 },
  { name: 'uint64', type: types.uint64 },
  { name: 'half', type: types.float16 },
  { name: 'float', type: types.float32 },
  { name: 'double', type: types.float64 },
  { name: 'small', type: decimal(4, 2) },
  { name: 'money', type: decimal(12, 2) },
  { name: 'huge', type: decimal(38, 3) },
  { name: 'text', type: types.string },
  { name: 'bytes', type: types.binary },
  { name: 'day', type: types.date },
  { name: 'time', type: types.time },
  { name: 'ms', type: timestamp('ms') },
  { name: 'us', type: timestamp('us') },
  { name: 'ns', type: timestamp('ns') },
  { name: 'berlin', type: timestamp('us', 'Europe/Berlin') },
  { name: 'vector', type: fixed(types.float32, 2) },
  { name: 'tags', type: list(types.string) },
  { name: 'grid', type: list(list(types.int32)) },
  {
    name: 'place',
    type: struct([
      { name: 'lat', type: types.float64 },
      { name: 'names', type: list(types.string) },
    ]),
  },
]

const full = {
  bool: true,
  int8: -128,
  uint16: 65535,
  int64: -9223372036854775808n,
  uint64: 18446744073709551615n,
  half: 0.5,
  float: 1.5,
  double: -0.1,
  small: -9999n,
  money: 123456789012n,
  huge: -12345678901234567890123456789012345678n,
  text: 'Größe, longer than twelve bytes ✓',
  bytes: Uint8Array.of(0, 255, 128),
  day: -1,
  time: 86399999999n,
  ms: -1n,
  us: 1700000000123456n,
  ns: 1700000000123456789n,
  berlin: -62135596800000000n,
  vector: [0.25, -1],
  tags: ['', 'zwölf', null, 'a text that is too long to be inlined'],
  grid: [[1, null], [], null, [3]],
  place: { lat: 47.4, names: ['Zürich', 'Züri'] },
}
const empty = Object.fromEntries(fields.map(({ name }) => [name, null]))
const bare = {
  ...full,
  tags: [],
  grid: [],
  text: '',
  bytes: new Uint8Array(0),
  place: { lat: null, names: null },
  vector: [null, 1],
}

test('every type comes back as it was written, from several splits', async () => {
  const bench = new Bench(await temporary())
  const rows = [full, empty, bare]
  const splits = [
    { fields, rows, batchRows: 1 },
    { fields, rows: [], batchRows: 1 },
    { fields, rows: [empty, full] },
  ]
  const written = await writeSink(sink, { path: 'out/a.parquet', rowGroupRows: 2 }, splits, bench)
  expect(written.problems).toEqual([])
  expect(written.output?.rows).toBe(5)
  const read = await readSource(source, { path: 'out/a.parquet' }, bench)
  expect(read.problems).toEqual([])
  expect(read.columns).toEqual(fields)
  expect(read.rows).toEqual([...rows, empty, full])
})

const ids = (from: number, to: number) => ({
  fields: [
    { name: 'id', type: types.int64 },
    { name: 'text', type: types.string },
  ],
  rows: Array.from({ length: to - from }, (_, i) => ({ id: BigInt(from + i), text: `row number ${from + i}` })),
  batchRows: 7,
})

test('row groups have at most rowGroupRows rows, with every codec', async () => {
  const bench = new Bench(await temporary())
  for (const compression of ['zstd', 'snappy', 'gzip', 'lz4', 'none']) {
    const path = `${compression}.parquet`
    await writeSink(sink, { path, compression, rowGroupRows: 10 }, [ids(0, 25), ids(25, 30)], bench)
    const { groups } = await readFooter(join(bench.folder, path))
    expect(groups.map(({ rows }) => rows)).toEqual([10, 10, 5, 5])
    expect((await readSource(source, { path }, bench)).rows).toEqual(ids(0, 30).rows)
  }
})

test('an output without rows is a file with the columns', async () => {
  const bench = new Bench(await temporary())
  await writeSink(sink, { path: 'none.parquet' }, [{ fields, rows: [] }], bench)
  await writeSink(sink, { path: 'folder/' }, [{ fields, rows: [] }], bench)
  for (const path of ['none.parquet', 'folder/*.parquet']) {
    const read = await readSource(source, { path }, bench)
    expect(read.columns).toEqual(fields)
    expect(read.rows).toEqual([])
  }
})

test('append keeps the old rows and adds the new ones', async () => {
  const bench = new Bench(await temporary())
  await writeSink(sink, { path: 'a.parquet' }, [ids(0, 5)], bench)
  await writeSink(
    sink,
    { path: 'a.parquet', ifExists: 'append', compression: 'snappy' },
    [ids(5, 9), ids(9, 12)],
    bench,
  )
  await writeSink(sink, { path: 'a.parquet', ifExists: 'append' }, [{ ...ids(0, 0) }], bench)
  expect((await readSource(source, { path: 'a.parquet' }, bench)).rows).toEqual(ids(0, 12).rows)
  expect(await readdir(bench.folder)).toEqual(['a.parquet'])
})

test('append to a file with other columns is a problem before the run', async () => {
  const bench = new Bench(await temporary())
  await writeSink(sink, { path: 'a.parquet' }, [ids(0, 5)], bench)
  const other = { fields: [{ name: 'id', type: types.int32 }], rows: [] }
  const { problems } = await writeSink(sink, { path: 'a.parquet', ifExists: 'append' }, [other], bench)
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['columns-differ', 'rows cannot be added to a.parquet: column "id" is int64 in the file, int32 here.'],
  ])
})

test('a file of another program gets rows where its layout allows it, else it is refused before anything is written', async () => {
  const bench = new Bench(await temporary())
  // DuckDB wrote it: columns id, city, people, all optional.
  await writeFile(join(bench.folder, 'duck.parquet'), example())
  const people = { name: 'people', type: types.int32 }
  const cities = [{ name: 'id', type: types.int64 }, { name: 'city', type: types.string }, people]
  const rows = [{ id: 4n, city: 'Bern', people: 137995 }]
  await writeSink(sink, { path: 'duck.parquet', ifExists: 'append' }, [{ fields: cities, rows }], bench)
  const read = await readSource(source, { path: 'duck.parquet' }, bench)
  expect(read.rows.map(({ city }) => city)).toEqual(['Zürich', null, '東京', 'Bern'])
})

test('seconds become milliseconds, also inside lists', async () => {
  const bench = new Bench(await temporary())
  const seconds = [
    { name: 'at', type: timestamp('s') },
    { name: 'all', type: list(timestamp('s', 'UTC')) },
  ]
  const rows = [
    { at: 1n, all: [2n, null] },
    { at: null, all: null },
  ]
  await writeSink(sink, { path: 's.parquet' }, [{ fields: seconds, rows }], bench)
  const read = await readSource(source, { path: 's.parquet' }, bench)
  expect(read.columns).toEqual([
    { name: 'at', type: timestamp('ms') },
    { name: 'all', type: list(timestamp('ms', 'UTC')) },
  ])
  expect(read.rows).toEqual([
    { at: 1000n, all: [2000n, null] },
    { at: null, all: null },
  ])
})

test('small splits share a part of a folder', async () => {
  const bench = new Bench(await temporary())
  await writeSink(sink, { path: 'parts/' }, [ids(0, 3), ids(3, 3), ids(3, 5)], bench)
  expect(await readdir(join(bench.folder, 'parts'))).toEqual(['part-test-00000.parquet'])
  expect((await readSource(source, { path: 'parts' }, bench)).rows).toEqual(ids(0, 5).rows)
})

test('memory for parquet-wasm is planned only where it writes', () => {
  const engine = (columns: Field[], settings: { compression?: 'snappy' | 'gzip'; partitionBy?: string[] } = {}) =>
    sink.footprint?.({ config: { path: 'a/', ...settings }, probe: null, input: new Schema(columns) }).name
  const flat = fields.filter(({ name }) => name !== 'grid' && name !== 'place')
  expect(engine(flat)).toBe('row groups')
  expect(engine(flat, { compression: 'gzip' })).toBe('row groups')
  expect(engine(flat, { compression: 'snappy' })).toBe('parquet-wasm')
  expect(engine(fields)).toBe('parquet-wasm')
  expect(engine(fields, { partitionBy: ['grid', 'place'] })).toBe('row groups')
})
