import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  decimal,
  type Field,
  fixed,
  type Json,
  list,
  type Receipt,
  Schema,
  struct,
  timestamp,
  types,
} from '@headrace/runtime/sdk'
import { Bench, type Rows, writeSink } from '@headrace/runtime/testing'
import { connect } from '@lancedb/lancedb'
import { beforeEach, expect, test } from 'vitest'
import { writeArrowPart } from '../formats/ipc/part.ts'
import lancedb from './lancedb.ts'

const fields: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'text', type: types.string },
  { name: 'vector', type: fixed(types.float32, 4) },
]
const row = (id: number | null, text = `text ${id}`) => ({
  id: id === null ? null : BigInt(id),
  text,
  vector: [Math.sin(id ?? 0), Math.cos(id ?? 0), 0.5, 1],
})
const split = (...ids: (number | null)[]): Rows => ({ fields, rows: ids.map((id) => row(id)), batchRows: 2 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-lance-'))
})

const settings = (more: Record<string, Json> = {}) => ({ path: 'db', table: 't', ...more })
const write = (more: Record<string, Json>, ...splits: Rows[]) =>
  writeSink(lancedb, settings(more), splits, new Bench(folder))

/** Reads the table with LanceDB itself. */
async function stored(table = 't'): Promise<[number, string][]> {
  const connection = await connect(join(folder, 'db'))
  const rows = await (await connection.openTable(table)).query().toArray()
  connection.close()
  return rows.map(({ id, text }) => [Number(id), text])
}
const ids = async () => (await stored()).map(([id]) => id)

const open = (
  more: Record<string, Json> = {},
  resumed: Json = null,
  models: { node: string; column: string; fingerprint: Json }[] = [],
  runId = 'run7',
) =>
  lancedb.open({
    config: settings(more) as never,
    node: 'store',
    probe: null,
    schema: new Schema(fields),
    resolve: (path) => join(folder, path),
    runId,
    resumed,
    models,
    log: () => {},
  })

/** Stages rows where a lane would. */
async function stage(index: number, rows: Rows): Promise<Receipt> {
  const file = join(folder, 'db', `.run7-${index}.arrow.tmp`)
  let receipt: Receipt | undefined
  await writeSink(
    {
      ...lancedb,
      probe: async () => null,
      columns: () => {},
      open: fakeOpen,
      write: async (context) => {
        const { rows: count, bytes } = await writeArrowPart(file, context.input)
        receipt = { rows: count, bytes, files: [file], data: { split: index } }
        return receipt
      },
    },
    settings(),
    [rows],
    new Bench(folder),
  )
  return receipt as Receipt
}
const fakeOpen = async () => ({
  stageFolder: folder,
  commit: async () => ({ state: null }),
  finish: async () => ({ path: '', rows: 0, bytes: 0 }),
  close: async () => {},
})
const intend = async () => {}

test('rows of all splits are added, and the table has its name only at the end', async () => {
  const { output } = await write({}, split(1, 2, 3), split(), split(4))
  expect(await ids()).toEqual([1, 2, 3, 4])
  expect(output).toMatchObject({ rows: 4, path: join(folder, 'db/t.lance') })
  expect(await readdir(join(folder, 'db'))).toEqual(['t.lance'])
})

test('an existing table: fail, append, replace', async () => {
  await write({}, split(1))
  const { problems } = await write({}, split(2))
  expect(problems[0]).toMatchObject({ code: 'output-exists', hint: expect.stringMatching(/append/) })
  await write({ ifExists: 'append' }, split(2))
  expect(await ids()).toEqual([1, 2])
  const replacing = await open({ ifExists: 'replace' })
  await replacing.commit([await stage(0, split(3))], intend)
  expect(await ids()).toEqual([1, 2])
  await replacing.finish()
  await replacing.close()
  expect(await ids()).toEqual([3])
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
  expect(await ids()).toEqual([1, 2])
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
  expect(rows).toEqual([{ ...rest, _distance: 0 }])
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

test('vectors of another model are refused, with what differs', async () => {
  const model = (pooling: string) => [{ node: 'embed', column: 'vector', fingerprint: { files: 'abc', pooling } }]
  const first = await open({}, null, model('mean'))
  await first.commit([await stage(0, split(1))], intend)
  await first.finish()
  await first.close()
  await expect(open({ ifExists: 'append' }, null, model('cls'))).rejects.toMatchObject({
    code: 'other-model',
    message: expect.stringMatching(/"vector".*"t".*"embed".*pooling was "mean", now it is "cls"/),
  })
  const same = await open({ ifExists: 'append' }, null, model('mean'))
  await same.close()
})

test('a crash after an append, before its record: recover finds the version', async () => {
  const first = await open()
  const receipt = await stage(0, split(1, 2))
  const { state } = await first.commit([receipt], intend)
  let intent: Json = null
  const second = await stage(1, split(3))
  await first.commit([second], async (data) => {
    intent = data
  })
  await first.close()

  const resumed = await open({}, state)
  expect(await resumed.recover?.(intent, [second])).toMatchObject({ state: { rows: 3 } })
  await resumed.finish()
  await resumed.close()
  expect(await ids()).toEqual([1, 2, 3])
})

test('a crash before an append: recover finds nothing, and other rows of the same number are not ours', async () => {
  await write({}, split(1))
  const first = await open({ ifExists: 'append' })
  let intent: Json = null
  const receipt = await stage(0, split(2))
  const stop = first.commit([receipt], async (data) => {
    intent = data
    throw new Error('power cut')
  })
  await expect(stop).rejects.toThrow('power cut')
  await first.close()
  await write({ ifExists: 'append' }, split(9))
  const resumed = await open({ ifExists: 'append' })
  expect(await resumed.recover?.(intent, [receipt])).toBeNull()
  await resumed.commit([receipt], intend)
  await resumed.close()
  expect(await ids()).toEqual([1, 9, 2])
})

test('the same rows added twice since the crash are refused', async () => {
  await write({}, split(1))
  const first = await open({ ifExists: 'append' })
  let intent: Json = null
  const receipt = await stage(0, split(2))
  await first.commit([receipt], async (data) => {
    intent = data
  })
  await first.close()
  await write({ ifExists: 'append' }, split(2))
  const resumed = await open({ ifExists: 'append' })
  await expect(resumed.recover?.(intent, [receipt])).rejects.toMatchObject({ code: 'append-unclear' })
  await resumed.close()
})

test('a resume goes on in the hidden table, also after the table has got its name', async () => {
  const first = await open()
  const { state } = await first.commit([await stage(0, split(1))], intend)
  await first.close()
  const second = await open({}, state)
  const { state: later } = await second.commit([await stage(1, split(2))], intend)
  await second.finish()
  await second.close()
  const third = await open({}, later)
  expect(await third.finish()).toMatchObject({ rows: 2 })
  await third.close()
  expect(await ids()).toEqual([1, 2])
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

test('a table has one writer; the lock of a process that is gone is taken over', async () => {
  const first = await open()
  await expect(open({}, null, [], 'other')).rejects.toMatchObject({ code: 'table-locked', message: /run7/ })
  await first.close()
  const dead = { pid: 2 ** 22 + 1, host: hostname(), process: 'x', run: 'dead' }
  await writeFile(join(folder, 'db', '.t.lock'), JSON.stringify(dead))
  await (await open()).close()
})
