import { join } from 'node:path'
import { type Field, fixed, type Json, types } from '@headrace/runtime/sdk'
import { Bench, type Rows, writeSink } from '@headrace/runtime/testing'
import { connect, type Table } from '@lancedb/lancedb'
import { afterEach, expect, test, vi } from 'vitest'
import lancedb from '../../sinks/lancedb.ts'
import { folder, open, settings, stage } from './testing.ts'

const columns: Field[] = [
  { name: 'Path', type: types.string },
  { name: 'n', type: types.int64 },
  { name: 'vector', type: fixed(types.float32, 2) },
]

/** Pieces of documents: `a0 a1 b0` are two of the first and one of the second. */
const pieces = (...names: string[]): Rows => ({
  fields: columns,
  rows: names.map((name) => ({ Path: name.slice(0, -1), n: BigInt(name.slice(-1)), vector: [1, 2] })),
  batchRows: 2,
})

const by = { replaceBy: 'Path' }
const write = (more: Record<string, Json>, ...splits: Rows[]) =>
  writeSink(lancedb, settings(more), splits, new Bench(folder))
const opened = (more: Record<string, Json> = {}, resumed: Json = null) =>
  open({ ...by, ...more }, resumed, [], 'run7', columns)

async function stored(): Promise<string[]> {
  const connection = await connect(join(folder, 'db'))
  const rows = await (await connection.openTable('t')).query().toArray()
  connection.close()
  return rows.map(({ Path, n }) => `${Path}${n}`).sort()
}

/** What all of LanceDB's tables share in the part in Rust, which writes: its class has no name outside. */
async function tableClass(): Promise<Table> {
  const connection = await connect(join(folder, 'db'))
  const table = await connection.openTable('t')
  connection.close()
  return Object.getPrototypeOf((table as unknown as { inner: Table }).inner)
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('the old pieces of a document go when new ones come, those of others stay', async () => {
  await write(by, pieces('a0', 'a1', 'a2', 'b0', 'c0'))
  const { output, problems } = await write(by, pieces('a0', 'd0'), pieces('c5', 'c6'))
  expect(problems).toEqual([])
  expect(await stored()).toEqual(['a0', 'b0', 'c5', 'c6', 'd0'])
  expect(output).toMatchObject({ rows: 4, replacedRows: 4 })
})

test('a document that comes in many commits keeps all that the run stored of it', async () => {
  await write(by, pieces('a0', 'a1', 'b0'))
  await write(by, pieces('a5', 'b5'), pieces('a6', 'b6'), pieces('a7'))
  expect(await stored()).toEqual(['a5', 'a6', 'a7', 'b5', 'b6'])
})

test('with a key too: rows with a stored key take its place, the other old ones of the document go', async () => {
  const both = { ...by, key: ['Path', 'n'] }
  await write(both, pieces('a0', 'a1', 'a2', 'b0'))
  const { output, replaced } = await write(both, pieces('a0', 'a1', 'a1'), pieces('a0', 'a9'))
  expect(await stored()).toEqual(['a0', 'a1', 'a9', 'b0'])
  expect(replaced).toBe(1)
  expect(output?.replacedRows).toBe(3)
})

test('a row whose key moves it to another document is not taken for an old one of that', async () => {
  const both = { ...by, key: 'n' }
  await write(both, pieces('a0', 'b1'))
  await write(both, pieces('b0'), pieces('b2'))
  expect(await stored()).toEqual(['b0', 'b2'])
})

test('a table that ifExists puts anew has no old rows, one that fails may exist', async () => {
  await write(by, pieces('a0'))
  expect((await write({ ...by, ifExists: 'replace' }, pieces('b0'))).output).not.toHaveProperty('replacedRows')
  expect(await stored()).toEqual(['b0'])
  expect((await write({ ...by, ifExists: 'fail' }, pieces('b1'))).problems).toEqual([])
  expect(await stored()).toEqual(['b1'])
})

test('rows that are replayed join their document', async () => {
  await write(by, pieces('a0', 'a1'))
  const sink = await open(by, null, [], 'run7', columns, true)
  await sink.commit([await stage(0, pieces('a2'))], async () => {})
  await sink.finish()
  await sink.close()
  expect(await stored()).toEqual(['a0', 'a1', 'a2'])
})

test('names with quotes, backslashes, other scripts and SQL in them', async () => {
  const names = ["it's/", "''", 'größe ✓/', 'back\\slash\\', "x') OR ('1'='1", '"quoted"', '%_', 'tab\tline\n', '--']
  await write(by, pieces(...names.map((name) => `${name}0`), 'other0'))
  const { output } = await write(by, pieces(...names.map((name) => `${name}1`)))
  expect(await stored()).toEqual([...names.map((name) => `${name}1`), 'other0'].sort())
  expect(output?.replacedRows).toBe(names.length)
})

test('whole numbers of every size tell documents apart', async () => {
  for (const type of [types.int8, types.int32, types.int64, types.uint8, types.uint64]) {
    const of = (...numbers: bigint[]): Rows => ({
      fields: [{ name: 'doc', type }],
      rows: numbers.map((doc) => ({ doc: typeof doc === 'bigint' && type.bits < 64 ? Number(doc) : doc })),
    })
    const table = { table: `t${type.signed}${type.bits}`, replaceBy: 'doc' }
    const largest = 2n ** BigInt(type.bits - (type.signed ? 1 : 0)) - 1n
    const smallest = type.signed ? -largest - 1n : 0n
    await write(table, of(smallest, 1n, 1n, largest))
    expect((await write(table, of(1n, smallest, largest))).output).toMatchObject({ replacedRows: 4 })
  }
})

test('5,000 documents in one commit, some of them new', async () => {
  const of = (from: number, count: number, n: bigint): Rows => ({
    fields: columns,
    rows: Array.from({ length: count }, (_, i) => ({ Path: `docs/${from + i}.md`, n, vector: [1, 2] })),
  })
  await write(by, of(0, 5_000, 0n), of(0, 5_000, 1n))
  const { output } = await write(by, of(10, 5_100, 2n))
  expect(output).toMatchObject({ rows: 5_100, replacedRows: 9_980 })
  expect(await stored()).toHaveLength(5_120)
})

test('a row without a document is rejected', async () => {
  const rows = [{ Path: null, n: 1n, vector: [1, 2] }]
  const { rejected } = await write(by, { fields: columns, rows })
  expect(rejected).toMatchObject([{ code: 'null-key', column: 'Path', message: expect.stringMatching(/no document/) }])
})

test('a column that is not there, and one that names no document', async () => {
  const problems = async (replaceBy: string) => (await write({ replaceBy }, pieces('a0'))).problems
  expect(await problems('path')).toMatchObject([
    { code: 'unknown-column', place: { setting: 'replaceBy' }, hint: expect.stringMatching(/"Path"/) },
  ])
  expect(await problems('vector')).toMatchObject([
    {
      code: 'bad-replace-by',
      place: { setting: 'replaceBy' },
      message: expect.stringMatching(/only text or whole numbers/),
    },
  ])
})

test('a table that has the column in another type is refused', async () => {
  await write({}, { fields: [{ name: 'Path', type: types.int64 }], rows: [{ Path: 1n }] })
  const { problems } = await write(by, { fields: [{ name: 'Path', type: types.string }], rows: [{ Path: '1' }] })
  expect(problems).toMatchObject([{ code: 'columns-differ', message: expect.stringMatching(/int64 in "Path"/) }])
})

test('what no row came of is forgotten, also when it is asked twice; what came stays', async () => {
  await write(by, pieces('a0', 'a1', "b'0", 'c0'))
  const sink = await opened()
  await sink.commit([await stage(0, pieces('a5'))], async () => {})
  expect(await sink.forget?.(['a', "b'", 'never'])).toBe(1)
  expect(await sink.forget?.(['a', "b'", 'never'])).toBe(0)
  expect(await sink.finish()).toMatchObject({ rows: 1, replacedRows: 2 })
  await sink.close()
  expect(await stored()).toEqual(['a5', 'c0'])
})

const keys: Record<string, Json>[] = [{}, { key: ['Path', 'n'] }]
for (const more of keys)
  for (const stop of ['add', 'delete', 'record'] as const)
    test(`stopped before its ${stop} ${'key' in more ? 'with a key' : 'without a key'}: resumed, nothing is lost or doubled`, async () => {
      await write(by, pieces('a0', 'a1', 'b0', 'c0'))
      const first = await opened(more)
      const receipts = [await stage(0, pieces('a5', 'b5'))]
      let intent: Json = null
      const method = stop === 'delete' ? 'delete' : 'key' in more ? 'mergeInsert' : 'add'
      if (stop !== 'record')
        vi.spyOn(await tableClass(), method).mockImplementation(() => {
          throw new Error('power cut')
        })
      const committing = first.commit(receipts, async (data) => {
        intent = data
      })
      if (stop === 'record') await committing
      else await expect(committing).rejects.toThrow('power cut')
      await first.close()
      vi.restoreAllMocks()

      const second = await opened(more)
      const state =
        (await second.recover?.(intent, receipts))?.state ?? (await second.commit(receipts, async () => {})).state
      await second.close()

      const third = await opened(more, state)
      await third.commit([await stage(1, pieces('a6'))], async () => {})
      expect(await third.finish()).toMatchObject({ rows: 3, replacedRows: 3 })
      await third.close()
      expect(await stored()).toEqual(['a5', 'a6', 'b5', 'c0'])
    })

test('a table that another program has compacted meanwhile is refused, one that it has added to is not', async () => {
  await write(by, pieces('a0', 'a1'), pieces('b0', 'b1'))
  const sink = await opened()
  await sink.commit([await stage(0, pieces('a5'))], async () => {})
  const connection = await connect(join(folder, 'db'))
  const table = await connection.openTable('t')
  await table.add([{ Path: 'b', n: 9n, vector: [1, 2] }])
  await sink.commit([await stage(1, pieces('b5'))], async () => {})
  expect(await stored()).toEqual(['a5', 'b5', 'b9'])
  await sink.close()

  await write(by, pieces('c0'), pieces('d0'))
  const other = await opened()
  await other.commit([await stage(2, pieces('c1'))], async () => {})
  await table.checkoutLatest()
  await table.optimize()
  const commit = other.commit([await stage(3, pieces('d1'))], async () => {})
  await expect(commit).rejects.toMatchObject({ code: 'table-rewritten', message: expect.stringMatching(/"t"/) })
  await other.close()
  connection.close()
})
