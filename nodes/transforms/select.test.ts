import { types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import select from './select.ts'

const fields = [
  { name: 'id', type: types.int64 },
  { name: 'name', type: types.string },
  { name: 'price', type: types.float64 },
]
const rows = [
  { id: 1n, name: 'Zoë', price: 1.5 },
  { id: 2n, name: null, price: null },
  { id: 300n, name: 'größer', price: 3 },
]

test('columns leave in the order named, renamed, and the rest after them', async () => {
  const ran = await runCuts(select, { columns: ['name', { column: 'id', as: 'key' }], rest: 'keep' }, { fields, rows })
  expect(ran.schema.toString()).toBe('name: string, key: int64, price: float64')
  expect(ran.rows[0]).toEqual({ name: 'Zoë', key: 1n, price: 1.5 })
})

test('a row whose value has no place in the new type is rejected with the value and the type', async () => {
  const columns = [{ column: 'id', type: 'int8' }, { column: 'price', type: 'int32' }, 'name']
  const ran = await runCuts(select, { columns }, { fields, rows })
  expect(ran.rows).toEqual([{ id: 2, price: null, name: null }])
  expect(ran.rejected.map(({ identity, message }) => [identity, message])).toEqual([
    ['source:rows:1', 'column "price": 1.5 (float64) is no int32: it is not a whole number'],
    ['source:rows:3', 'column "id": 300 (int64) is no int8: it is not between -128 and 127'],
  ])
  expect(ran.rejected[0]?.row).toEqual(rows[0])
})

test('wrong settings are problems under their fields', async () => {
  const ran = await runNode(
    select,
    {
      columns: ['nam', { column: 'id', type: 'int32x' }, { column: 'id' }, { column: 'price', type: 'list<string>' }],
      drop: ['prise'],
    },
    { fields, rows },
  )
  expect(ran.problems.map(({ severity, code, hint, place }) => [severity, code, place.setting, hint])).toEqual([
    ['error', 'unknown-column', 'columns[0]', 'Did you mean "name"?'],
    ['error', 'unknown-type', 'columns[1].type', 'Did you mean "int32"?'],
    ['error', 'duplicate-column', 'columns[2]', 'Give one of them another name with "as".'],
    ['error', 'no-cast', 'columns[3].type', undefined],
    ['error', 'unknown-column', 'drop[0]', 'Did you mean "price"?'],
    ['warning', 'unused-setting', 'drop', 'Set rest to "keep".'],
  ])
})

test('a kept column and a renamed one may not end up with the same name', async () => {
  const ran = await runNode(select, { columns: [{ column: 'id', as: 'name' }], rest: 'keep' }, { fields, rows })
  expect(ran.problems.map(({ code }) => code)).toEqual(['duplicate-column'])
})

test('any rows, cut in any way, are split into those that cast and those that do not', async () => {
  const row = fc.record({ text: fc.option(fc.oneof(fc.integer().map(String), fc.double().map(String), fc.string())) })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (texts) => {
      const input = { fields: [{ name: 'text', type: types.string }], rows: texts }
      const ran = await runCuts(select, { columns: ['text', { column: 'text', as: 'number', type: 'float64' }] }, input)
      expect(ran.rows.length + ran.rejected.length).toBe(texts.length)
      for (const { text, number } of ran.rows) {
        if (text === null) expect(number).toBeNull()
        else
          expect(number).toBe(
            Number(
              String(text)
                .trim()
                .replace(/^([+-]?)inf$/i, '$1Infinity'),
            ),
          )
      }
    }),
    { numRuns: 60 },
  )
})
