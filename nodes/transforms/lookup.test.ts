import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, types } from '@headrace/runtime/sdk'
import { Bench, runNode } from '@headrace/runtime/testing'
import { afterAll, expect, test } from 'vitest'
import { holdSide } from '../formats/lookup/side.ts'
import lookup from './lookup.ts'

const folder = mkdtempSync(join(tmpdir(), 'lookup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(
  join(folder, 'prices.csv'),
  'id,lang,price,since\n1,de,2.5,2024-01-01\n1,en,3.5,\n2,de,4,2024-02-01\n1,de,9,\n',
)

const fields: Field[] = [
  { name: 'id', type: types.float64 },
  { name: 'lang', type: types.string },
]
const rows = [
  { id: 1, lang: 'en' },
  { id: 3, lang: 'de' },
  { id: null, lang: 'de' },
  { id: 1, lang: 'de' },
]
const run = (config: object, input = { fields, rows }) =>
  runNode(lookup, { path: 'prices.csv', keys: ['id', 'lang'], ...config }, input, new Bench(folder))

test('rows get the columns of the first row with all their keys, or nulls', async () => {
  const int = { fields: [{ name: 'id', type: types.int32 }, fields[1] as Field], rows }
  const ran = await run({}, int)
  expect(ran.problems).toEqual([])
  expect(ran.rows.map(({ price, since }) => [price, since])).toEqual([
    [3.5, null],
    [null, null],
    [null, null],
    [2.5, 19723],
  ])
  expect(ran.counts).toEqual({ missing: 2 })
})

test.for([
  ['filter', 2, 0],
  ['reject', 0, 2],
] as const)('rows that are not there can be left out (%s)', async ([missing, filtered, rejected]) => {
  const int = { fields: [{ name: 'id', type: types.uint8 }, fields[1] as Field], rows }
  const ran = await run({ missing, columns: ['price'] }, int)
  expect(ran.rows.map(({ price }) => price)).toEqual([3.5, 2.5])
  expect(ran.account.filtered.rows).toBe(filtered)
  expect(ran.rejected).toHaveLength(rejected)
})

test('what is wrong with the file, a key or a column is said before a run', async () => {
  writeFileSync(join(folder, 'broken.ndjson'), '{"id":1}\n{"id":\n')
  const said = async (config: object) => (await run(config)).problems.map(({ message }) => message)
  expect(await said({})).toEqual(['"id" is float64, "id" of prices.csv is int64'])
  expect(await said({ path: 'none.csv' })).toEqual([expect.stringContaining('none.csv')])
  expect(await said({ path: 'prices.xlsx' })).toEqual([expect.stringContaining('prices.xlsx')])
  expect(await said({ path: 'broken.ndjson' })).toEqual([expect.stringContaining('broken.ndjson row 2 cannot be read')])
  expect(await said({ keys: ['lang'], columns: ['prise'] })).toEqual(['prices.csv has no column "prise"'])
  expect(await said({ keys: ['lang'] })).toEqual(['both the rows and prices.csv have a column "id"'])
})

test('a file that has changed since the run was planned is refused', async () => {
  const path = join(folder, 'changing.csv')
  writeFileSync(path, 'a\n1\n')
  utimesSync(path, 1, 1)
  const { signal, resolve } = new Bench(folder)
  const context = { node: 'test', folder, resolve, signal }
  const side = await holdSide('changing.csv', { size: 4, modified: 1000 }, context)
  expect(await holdSide('changing.csv', { size: 4, modified: 1000 }, context)).toBe(side)
  utimesSync(path, 2, 2)
  await expect(holdSide('changing.csv', { size: 4, modified: 1000 }, context)).rejects.toThrow(
    'changing.csv has changed since the run was planned.',
  )
})
