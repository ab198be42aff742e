import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Field, list, type SourceProbe, struct, timestamp, types } from '@headrace/runtime/sdk'
import { Bench, readSource, writeSink } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { example } from '../formats/parquet/example.ts'
import { cutGroups } from '../formats/parquet/splits.ts'
import sink from '../sinks/parquet.ts'
import parquet from './parquet.ts'

type Row = Record<string, unknown>

const benchIn = async () => new Bench(await mkdtemp(join(tmpdir(), 'parquet-')))

/** Writes a file with the sink; a name that the sink's own settings would read otherwise is given by a rename. */
async function put(bench: Bench, path: string, fields: Field[], rows: Row[], rowGroupRows = 100_000): Promise<void> {
  await writeSink(sink, { path: 'new.parquet', rowGroupRows }, [{ fields, rows }], new Bench(bench.folder))
  await mkdir(dirname(join(bench.folder, path)), { recursive: true })
  await rename(join(bench.folder, 'new.parquet'), join(bench.folder, path))
}

type Context = Parameters<typeof parquet.read>[0]

/** The source as an engine with these limits runs it. */
const sourceWith = (limits: Partial<Context>) => ({
  ...parquet,
  read: (context: Context) => parquet.read({ ...context, ...limits }),
})

const int: Field = { name: 'n', type: types.int64 }
const numbers = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, i) => ({ n: BigInt(from + i) }))

test('a file gives its rows with types, nulls and row numbers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-'))
  await writeFile(join(folder, 'a.parquet'), example())
  const read = await readSource(parquet, { path: 'a.parquet' }, new Bench(folder))
  expect(read.problems).toEqual([])
  expect(read.rows).toEqual([
    { id: 1n, city: 'Zürich', people: 443037 },
    { id: 2n, city: null, people: 12 },
    { id: 3n, city: '東京', people: 14264798 },
  ])
  expect(read.identities).toEqual(['test:a.parquet:1', 'test:a.parquet:2', 'test:a.parquet:3'])
})

test('only the columns asked for come, in that order', async () => {
  const bench = await benchIn()
  await writeFile(join(bench.folder, 'a.parquet'), example())
  const read = await readSource(parquet, { path: 'a.parquet', columns: ['people', 'id'] }, bench)
  expect(read.columns.map(({ name }) => name)).toEqual(['people', 'id'])
  expect(read.rows[0]).toEqual({ people: 443037, id: 1n })
})

test('an unknown column is a problem with the nearest name', async () => {
  const bench = await benchIn()
  await writeFile(join(bench.folder, 'a.parquet'), example())
  const { problems } = await readSource(parquet, { path: 'a.parquet', columns: ['id', 'citty'] }, bench)
  expect(problems).toMatchObject([
    { code: 'unknown-column', hint: 'Did you mean "city"?', place: { setting: 'columns[1]' } },
  ])
})

test('a glob is read in the order of the names, each row with its file and number', async () => {
  const bench = await benchIn()
  for (const part of [10, 2, 1]) await put(bench, `part-${part}.parquet`, [int], numbers(part * 100, part * 100 + 2))
  const read = await readSource(parquet, { path: 'part-*.parquet' }, bench)
  expect(read.rows.map(({ n }) => n)).toEqual([100n, 101n, 200n, 201n, 1000n, 1001n])
  expect(read.identities.slice(2)).toEqual(
    ['2', '2', '10', '10'].map((part, i) => `test:part-${part}.parquet:${(i % 2) + 1}`),
  )
  expect(read.splits).toBe(1)
})

test('files whose columns differ are problems that name file, column, expected and found', async () => {
  const bench = await benchIn()
  await put(bench, 'a.parquet', [int, { name: 'x', type: types.string }], [])
  await put(
    bench,
    'b.parquet',
    [
      { name: 'n', type: types.int32 },
      { name: 'y', type: types.string },
    ],
    [],
  )
  const { problems } = await readSource(parquet, { path: '*.parquet' }, bench)
  expect(problems.map(({ message }) => message)).toEqual([
    'b.parquet, column "n": expected int64 as in a.parquet, found int32.',
    'b.parquet, column "x": expected string as in a.parquet, found no such column.',
    'b.parquet, column "y": expected no such column as in a.parquet, found string.',
  ])
})

test('files may have the columns in another order', async () => {
  const bench = await benchIn()
  const x: Field = { name: 'x', type: types.string }
  await put(bench, 'a.parquet', [int, x], [{ n: 1n, x: 'a' }])
  await put(bench, 'b.parquet', [x, int], [{ n: 2n, x: 'b' }])
  const read = await readSource(parquet, { path: '*.parquet' }, bench)
  expect(read.rows).toEqual([
    { n: 1n, x: 'a' },
    { n: 2n, x: 'b' },
  ])
})

test('files that are no Parquet are one problem each', async () => {
  const bench = await benchIn()
  await writeFile(join(bench.folder, 'a.parquet'), 'id,name\n1,x\n')
  await writeFile(join(bench.folder, 'b.parquet'), '')
  await writeFile(join(bench.folder, 'c.parquet'), example().subarray(0, 200))
  const { problems } = await readSource(parquet, { path: '*.parquet' }, bench)
  expect(problems.map(({ code, message }) => [code, message.split(':')[0]])).toEqual([
    ['corrupt-file', 'a.parquet is not a whole Parquet file'],
    ['corrupt-file', 'b.parquet is not a whole Parquet file'],
    ['corrupt-file', 'c.parquet is not a whole Parquet file'],
  ])
})

test('names that mean something to DuckDB are only names', async () => {
  const bench = await benchIn()
  const fields: Field[] = [
    { name: 'a', type: types.int64 },
    { name: 'A', type: types.string },
    { name: 'say "hi", it\'s', type: types.int64 },
  ]
  const rows = [{ a: 1n, A: 'x', 'say "hi", it\'s': 2n }]
  for (const path of ["year=2024/it's [1]*.parquet", 'year=2025/?.parquet']) await put(bench, path, fields, rows)
  for (const path of ["year=2024/it's [1]*.parquet", 'year=2025/?.parquet']) {
    const read = await readSource(parquet, { path }, new Bench(bench.folder))
    expect(read.columns).toEqual(fields)
    expect(read.rows).toEqual(rows)
  }
})

test('a column called file_row_number is read, and rows keep their numbers', async () => {
  const bench = await benchIn()
  const fields = [{ name: 'File_Row_Number', type: types.int64 }]
  const rows = Array.from({ length: 9 }, (_, i) => ({ File_Row_Number: BigInt(100 - i) }))
  await put(bench, 'a.parquet', fields, rows, 4)
  const read = await readSource(parquet, { path: 'a.parquet' }, bench)
  expect(read.rows).toEqual(rows)
  expect(read.identities[8]).toBe('test:a.parquet:9')
})

test('a large row group becomes ranges of rows with exact numbers', async () => {
  const bench = await benchIn()
  await put(bench, 'a.parquet', [int], numbers(0, 210_000), 210_000)
  const read = await readSource(parquet, { path: 'a.parquet' }, bench)
  expect(read.splits).toBe(3)
  expect(read.rows.length).toBe(210_000)
  const wrong = read.rows.findIndex(({ n }, i) => n !== BigInt(i) || read.identities[i] !== `test:a.parquet:${i + 1}`)
  expect(wrong).toBe(-1)
})

test('wide rows make small batches, and one that is too wide is a reject', async () => {
  const bench = await benchIn()
  const text: Field = { name: 'text', type: types.string }
  const rows = Array.from({ length: 40 }, (_, i) => ({ n: BigInt(i), text: `${i} `.repeat(100_000) }))
  await put(bench, 'wide.parquet', [int, text], [...rows, { n: 40n, text: 'é'.repeat(1 << 20) }])
  const read = await readSource(sourceWith({ maxRowBytes: 1 << 20 }), { path: 'wide.parquet' }, bench)
  expect(read.rows).toEqual(rows)
  expect(read.rejected).toMatchObject([{ path: 'wide.parquet', row: 41, code: 'row-too-large' }])
  expect(read.rejected[0]?.raw).toBe('é'.repeat(32 << 10))
})

test('splits take small groups and files together and cut by rows and bytes', () => {
  const file = (path: string, ...groups: [number, number][]) => ({ path, groups, places: [0], hidesRowNumber: false })
  const files = [
    file('a', [10, 1000], [20, 2000]),
    file('b', [5, 500]),
    file('c', [100_000, 1 << 20]),
    file('d', [3, 200 << 20], [0, 0]),
  ]
  const splits = cutGroups({ columns: [], files, data: { files, variants: [] } } as unknown as SourceProbe)
  expect(splits.map(({ parts }) => parts.map(({ path, start, end }) => `${path} ${start}-${end}`))).toEqual([
    ['a 0-30', 'b 0-5'],
    ['c 0-100000'],
    ['d 0-1'],
    ['d 1-2'],
    ['d 2-3'],
  ])
  expect(splits[0]).toMatchObject({ rows: 35, bytes: 3500 })
})

test('columns that nobody reads are null and not decoded', async () => {
  const bench = await benchIn()
  const fields: Field[] = [
    int,
    { name: 'all', type: list(struct([{ name: 'at', type: timestamp('ms') }])) },
    { name: 'flag', type: types.bool },
  ]
  await put(bench, 'a.parquet', fields, [{ n: 1n, all: [{ at: 5n }], flag: true }])
  const read = await readSource(sourceWith({ wanted: new Set(['n']) }), { path: 'a.parquet' }, bench)
  expect(read.rows).toEqual([{ n: 1n, all: null, flag: null }])
})

test('reading may stop early or be aborted, and what DuckDB held for it is free', async () => {
  const bench = await benchIn()
  await put(bench, 'a.parquet', [int], numbers(0, 20_000))
  const impatient = {
    ...parquet,
    async *read(context: Context) {
      for (let i = 0; i < 20; i++) for await (const _ of parquet.read(context)) break
      const controller = new AbortController()
      await expect(async () => {
        for await (const _ of parquet.read({ ...context, signal: controller.signal })) controller.abort()
      }).rejects.toThrow('aborted')
      yield* parquet.read(context)
    },
  }
  expect((await readSource(impatient, { path: 'a.parquet' }, bench)).rows.length).toBe(20_000)
})
