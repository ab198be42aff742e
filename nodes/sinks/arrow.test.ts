import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, fixed, list, types } from '@headrace/runtime/sdk'
import { Bench, type Rows, writeSink } from '@headrace/runtime/testing'
import { tableFromIPC } from 'apache-arrow'
import { beforeEach, expect, test } from 'vitest'
import arrow from './arrow.ts'

const fields: Field[] = [
  { name: 'n', type: types.int32 },
  { name: 'text', type: types.string },
  { name: 'v', type: fixed(types.float32, 2) },
  { name: 'tags', type: list(types.string) },
]
const split = (...numbers: number[]): Rows => ({
  fields,
  rows: numbers.map((n) => ({ n, text: n % 2 ? `ü${n}` : null, v: [n, -n], tags: n % 3 ? ['a', null] : null })),
  batchRows: 2,
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-arrow-'))
})

const read = async (name: string) => {
  const table = tableFromIPC(await readFile(join(folder, name)))
  return table.toArray().map((row) => JSON.parse(JSON.stringify(row)))
}
const write = (path: string, ifExists: string, ...splits: Rows[]) =>
  writeSink(arrow, { path, ifExists }, splits, new Bench(folder))
const numbers = async (name: string) => (await read(name)).map(({ n }) => n)

test('splits become one file in order, their values as they were', async () => {
  const { output } = await write('out.arrow', 'fail', split(1, 2, 3), split(), split(4))
  expect(await read('out.arrow')).toEqual(split(1, 2, 3, 4).rows)
  expect(output).toMatchObject({ rows: 4 })
  expect(tableFromIPC(await readFile(join(folder, 'out.arrow'))).batches.map((batch) => batch.numRows)).toEqual([
    2, 1, 1,
  ])
  expect(await readdir(folder)).toEqual(['out.arrow'])
})

test('append copies the old record batches and adds the new ones', async () => {
  await write('out.arrow', 'fail', split(1, 2, 3))
  await write('out.arrow', 'append', split(4), split(5))
  expect(await numbers('out.arrow')).toEqual([1, 2, 3, 4, 5])
  await write('out.arrow', 'replace', split(6))
  expect(await numbers('out.arrow')).toEqual([6])
})

test('append refuses other columns and files of another kind', async () => {
  await writeSink(
    arrow,
    { path: 'a.arrow' },
    [{ fields: [{ name: 'n', type: types.int64 }], rows: [] }],
    new Bench(folder),
  )
  await expect(write('a.arrow', 'append', split(1))).rejects.toMatchObject({
    code: 'columns-differ',
    message: expect.stringMatching(/n: Int64.*n: int32/),
  })
})

test('an empty run and a folder of parts', async () => {
  await write('empty.arrow', 'fail', split())
  expect(await read('empty.arrow')).toEqual([])
  const table = tableFromIPC(await readFile(join(folder, 'empty.arrow')))
  expect(table.schema.fields.map(({ name }) => name)).toEqual(['n', 'text', 'v', 'tags'])
  await write('parts/', 'fail', split(1), split(2))
  expect(await numbers('parts/part-test-00000.arrow')).toEqual([1, 2])
  await write('none/', 'fail', split())
  expect(await read('none/part-test-00000.arrow')).toEqual([])
})
