import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { decimal, type Field, fixed, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import { Bench, writeSink } from '@headrace/runtime/testing'
import { connect } from '@lancedb/lancedb'
import { expect, test } from 'vitest'
import { fields, folder, ids, row, settings, split, stored, write } from '../formats/lancedb/testing.ts'
import lancedb from './lancedb.ts'

test('rows of all splits are added, and the table has its name only at the end', async () => {
  const { output } = await write({}, split(1, 2, 3), split(), split(4))
  expect(await ids()).toEqual([1, 2, 3, 4])
  expect(output).toMatchObject({ rows: 4, path: join(folder, 'db/t.lance') })
  expect(await readdir(join(folder, 'db'))).toEqual(['t.lance'])
})

test('with a key rows are updated; within a commit the last of a key is written', async () => {
  await write({ key: 'id' }, split(1, 2))
  const bench = new Bench(folder)
  const again = { fields, rows: [row(2, 'old'), row(3), row(2, 'new'), row(3, 'newer')] }
  const { replaced, output } = await writeSink(lancedb, settings({ key: 'id', ifExists: 'append' }), [again], bench)
  expect(replaced).toBe(2)
  expect(output?.rows).toBe(2)
  expect((await stored()).sort()).toEqual([
    [1, 'text 1'],
    [2, 'new'],
    [3, 'newer'],
  ])
})

test('a key of several columns', async () => {
  const rows = [row(1, 'a'), row(1, 'b'), row(1, 'a'), row(2, 'a')]
  const { replaced } = await write({ key: ['id', 'text'] }, { fields, rows })
  expect(replaced).toBe(1)
  expect(await stored()).toHaveLength(3)
})

test('a later commit overwrites the key of an earlier one', async () => {
  const { replaced } = await write({ key: 'id' }, { fields, rows: [row(1, 'a')] }, { fields, rows: [row(1, 'b')] })
  expect(replaced).toBe(0)
  expect(await stored()).toEqual([[1, 'b']])
})

test('a null key is a reject', async () => {
  const { rejected, output } = await write({ key: 'id' }, split(1, null, 2, null))
  expect(rejected.map(({ code, column }) => [code, column])).toEqual([
    ['null-key', 'id'],
    ['null-key', 'id'],
  ])
  expect(output?.rows).toBe(2)
  expect((await ids()).sort(), 'a merge keeps no order').toEqual([1, 2])
})

test('every type comes back as it went in', async () => {
  const every: Field[] = [
    { name: 'dec', type: decimal(20, 3) },
    { name: 'day', type: types.date },
    { name: 'clock', type: types.time },
    { name: 'at', type: timestamp('ns', 'Europe/Berlin') },
    { name: 'local', type: timestamp('ms') },
    { name: 'half', type: fixed(types.float16, 2) },
    { name: 'tags', type: list(types.string) },
    { name: 'point', type: struct([{ name: 'x', type: types.uint64 }]) },
    { name: 'ok', type: types.bool },
    { name: 'raw', type: types.binary },
    { name: 'v', type: fixed(types.float32, 2) },
  ]
  const full = {
    dec: -1234567890123n,
    day: 20515,
    clock: 45296000001n,
    at: 1767323045250000001n,
    local: 1767323045250n,
    half: [0.5, -2],
    tags: ['a', null],
    point: { x: 18446744073709551615n },
    ok: true,
    raw: Uint8Array.of(1, 0),
    v: [1, 0],
  }
  await write({}, { fields: every, rows: [full, {}] })
  const rows = await lancedb.search?.({
    config: settings() as never,
    resolve: (path) => join(folder, path),
    column: 'v',
    vector: Float32Array.of(1, 0),
    limit: 5,
  })
  const { v, ...rest } = full
  // A search is for people: what counts from a day or in parts of a second is written out, exactly.
  const written = {
    dec: '-1234567890.123',
    day: '2026-03-03',
    clock: '12:34:56.000001',
    at: '2026-01-02T03:04:05.250000001Z',
    local: '2026-01-02T03:04:05.250',
  }
  expect(rows).toEqual([{ ...rest, ...written, _distance: 0 }])
  const connection = await connect(join(folder, 'db'))
  const table = await connection.openTable('t')
  expect(await table.countRows()).toBe(2)
  expect(String((await table.schema()).fields[0]?.type)).toBe('Decimal[20e+3]')
  // Appending checks the columns against the table's own.
  const { problems } = await write({ ifExists: 'append' }, { fields: every, rows: [full] })
  expect(problems).toEqual([])
})

test('columns that differ from the table are a problem at check', async () => {
  await write({}, split(1))
  const other = { fields: [...fields.slice(0, 2), { name: 'vector', type: fixed(types.float32, 3) }], rows: [] }
  const { problems } = await write({ ifExists: 'append' }, other)
  expect(problems[0]).toMatchObject({
    code: 'columns-differ',
    message: expect.stringMatching(/float32\[4\].*float32\[3\]/),
  })
})

test('a key that is no column and a name that LanceDB refuses are problems', async () => {
  const { problems } = await write({ key: 'idd' }, { fields: [...fields, { name: 'a.b', type: types.int8 }], rows: [] })
  expect(problems.map(({ code }) => code)).toEqual(['unknown-column', 'bad-name'])
})

test('an empty run makes an empty table with its columns', async () => {
  await write({}, split())
  expect(await stored()).toEqual([])
})

test('an index is made from 256 rows on, and searches use it', async () => {
  const numbers = (count: number) => split(...Array.from({ length: count }, (_, i) => i))
  await write({ index: 'auto' }, numbers(255))
  const indices = async () => {
    const connection = await connect(join(folder, 'db'))
    return (await (await connection.openTable('t')).listIndices()).map(({ columns }) => columns)
  }
  expect(await indices()).toEqual([])
  await write({ index: 'auto', ifExists: 'replace' }, numbers(400))
  expect(await indices()).toEqual([['vector']])
  await write({ index: 'auto', ifExists: 'append' }, split(1000))
  const rows = await lancedb.search?.({
    config: settings() as never,
    resolve: (path) => join(folder, path),
    column: 'vector',
    vector: Float32Array.from(row(1000).vector),
    limit: 3,
  })
  expect(rows?.map(({ id }) => id)).toContain(1000n)
  expect(Number(rows?.[2]?._distance)).toBeLessThan(0.001)
})
