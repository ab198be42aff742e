import type { RejectedRow } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { mendedOf, rejectedOf, replayQuestion, valueFrom } from './mended.ts'

const row = (index: number, change: Partial<RejectedRow> = {}): RejectedRow => ({
  index,
  identity: `sales:umsatz.csv:${index + 17}`,
  node: 'sales',
  code: 'bad-number',
  message: '"12,5O" is not a number',
  column: 'Preis',
  file: 'umsatz.csv',
  line: index + 17,
  raw: '"Schraube M8;12,5O;03.11.2026',
  values: {},
  ...change,
})
const ofNode = row(1, {
  node: 'price',
  raw: null,
  values: { n: 5, big: '9007199254740993', tags: { json: '["a"]', length: 5 } },
})

test('only what differs from the row as it was counts as fixed', () => {
  expect(mendedOf(row(0), row(0).raw, {})).toBeNull()
  expect(mendedOf(row(0), 'Schraube M8;12,50;03.11.2026', {})).toEqual({ raw: 'Schraube M8;12,50;03.11.2026' })
  expect(mendedOf(ofNode, null, { n: '5', big: '9007199254740993' })).toBeNull()
  expect(mendedOf(ofNode, null, { n: '6', big: '9007199254740994', tags: '["b"]' })).toEqual({
    values: { n: 6, big: '9007199254740994', tags: ['b'] },
  })
})

test('a field keeps the kind of its value; long numbers stay texts', () => {
  expect([
    valueFrom('', null),
    valueFrom('', 'x'),
    valueFrom('false', true),
    valueFrom('x', 1),
    valueFrom('1e3', 1),
  ]).toEqual([null, '', false, 'x', 1000])
})

test('Replay names the rows and brings their changes, Replay all brings all of them', () => {
  const mended = { 0: { raw: 'a' }, 1: { values: { n: 6 } } }
  expect(replayQuestion(mended, [0])).toEqual({ rows: [0], raw: { 0: 'a' } })
  expect(replayQuestion(mended)).toEqual({ raw: { 0: 'a' }, values: { 1: { n: 6 } } })
  expect(replayQuestion({})).toEqual({})
})

test('rejected rows are found by node, reason, raw text and values', () => {
  const rows = [row(0), ofNode]
  expect(rejectedOf(rows, 'price', '')).toEqual([ofNode])
  expect(rejectedOf(rows, null, 'SCHRAUBE')).toEqual([row(0)])
  expect(rejectedOf(rows, null, '9007199254740993')).toEqual([ofNode])
  expect(rejectedOf(rows, 'sales', 'tags')).toEqual([])
})
