import { expect, test } from 'vitest'
import { Batch, columnOf, Identity, Pool, Scope } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import { type ColumnType, decimal, fixed, list, types } from '../pipeline/types.ts'
import type { ColumnProfile } from '../server/api/rows.ts'
import { distinctValues } from './distinct.ts'
import { profiler } from './profile.ts'

const scope = new Scope(new Pool(1 << 26))

function profile(type: ColumnType, ...batches: unknown[][]): ColumnProfile {
  const fields = [{ name: 'x', type }]
  const { add, result } = profiler(fields)
  for (const values of batches) {
    const identity = new Identity({ node: 'a', path: 'a.csv' }, values.length, 1)
    add(new Batch(scope, new Schema(fields), [columnOf(scope, type, values)], identity))
  }
  return result()[0] as ColumnProfile
}

test('numbers have nulls, different values, ends and a histogram, however they are cut into batches', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i % 10 === 3 ? null : i))
  const whole = profile(types.float64, values)
  expect(whole).toMatchObject({ rows: 100, nulls: 10, distinct: 90, exact: true, min: 0, max: 99, commonest: [] })
  expect(whole.histogram?.counts).toHaveLength(24)
  expect(whole.histogram?.counts.reduce((sum, count) => sum + count)).toBe(90)
  expect(profile(types.float64, values.slice(0, 7), values.slice(7, 8), values.slice(8))).toEqual(whole)
})

test('int64 and decimals are compared exactly, beyond what a number holds', () => {
  const big = 2n ** 53n
  expect(profile(types.int64, [big, big + 1n, big + 1n])).toMatchObject({
    distinct: 2,
    max: String(big + 1n),
    commonest: [{ value: String(big + 1n), count: 2 }],
  })
  expect(profile(decimal(38, 2), [1050n, -200n]).histogram).toMatchObject({ from: -2, to: 10.5 })
})

test('texts are compared by value and measured in characters; long ones by their whole content', () => {
  const long = 'x'.repeat(5000)
  const found = profile(types.string, ['größe', 'a', null, 'größe', `${long}a`, `${long}b`])
  expect(found).toMatchObject({ nulls: 1, distinct: 4, min: 'a', commonest: [{ value: 'größe', count: 2 }] })
  expect(found.histogram).toMatchObject({ of: 'lengths', from: 1, to: 5001 })
})

test('vectors show their norms, lists their lengths, a column of nulls nothing', () => {
  expect(profile(fixed(types.float32, 2), [[3, 4], [0, 1], null])).toMatchObject({
    nulls: 1,
    distinct: null,
    histogram: { of: 'norms', from: 1, to: 5 },
  })
  expect(profile(list(types.string), [['a', 'b'], [], null]).histogram).toMatchObject({ from: 0, to: 2 })
  expect(profile(types.null, [null, null])).toMatchObject({ rows: 2, nulls: 2, distinct: null, histogram: null })
  expect(profile(types.float16, [1.5, Number.NaN, 1.5])).toMatchObject({ distinct: 2, min: 1.5, max: 1.5 })
  expect(profile(types.bool, [true, true, false, null])).toMatchObject({ nulls: 1, distinct: 2, min: false })
})

test('many different values are estimated within five percent', () => {
  const distinct = distinctValues()
  for (let i = 0; i < 60_000; i++) distinct.add(`value ${i % 50_000}`, () => i)
  expect(distinct.exact()).toBe(false)
  expect(Math.abs(distinct.count() - 50_000)).toBeLessThan(2500)
  const few = distinctValues()
  for (let i = 0; i < 60_000; i++) few.add(i % 4096, () => i)
  expect([few.count(), few.exact()]).toEqual([4096, true])
})
