import { expect, test } from 'vitest'
import { types } from '../pipeline/types.ts'
import { bitsOf, chooseRows, keptBits, newBits, otherBits, passingRows } from './bits.ts'
import { type Column, isValid } from './column.ts'
import { Pool } from './pool.ts'
import { Scope } from './scope.ts'
import { columnOf } from './values.ts'

const scope = new Scope(new Pool(1 << 22))

test.each([0, 1, 7, 8, 9, 64, 100])('a mask of %i rows names those in which it is true', (rows) => {
  for (const nulls of [false, true]) {
    const values = Array.from({ length: rows }, (_, i) => (nulls && i % 5 === 2 ? null : (i * i) % 3 === 1))
    const mask = columnOf(scope, types.bool, values)
    const expected = [...values.keys()].filter((i) => values[i] === true)
    const bits = keptBits(mask)
    expect([...passingRows(bits, rows)]).toEqual(expected)
    expect([...passingRows(bits, rows, 255)]).toEqual([...values.keys()].filter((i) => values[i] !== true))
    expect([...passingRows(otherBits(bits, rows), rows)]).toEqual([...passingRows(bits, rows, 255)])
    expect(bitsOf(expected, rows)).toEqual(bits)
    // What lies behind the last row, and under a null, does not count.
    const full: Column = { ...mask, values: new Uint8Array((rows + 7) >> 3).fill(255) }
    expect([...passingRows(keptBits(full), rows)]).toEqual([...values.keys()].filter((i) => isValid(mask, i)))
    const others = [...passingRows(bits, rows, 255)]
    const sides = [
      { some: expected, rest: others, set: bits },
      { some: others, rest: expected, set: otherBits(bits, rows) },
    ]
    for (const { some, rest, set } of sides) {
      const chosen = chooseRows(scope, set, rows, some.length)
      expect([...chosen.rows]).toEqual(some)
      expect([...chosen.fewer]).toEqual(some.length * 2 <= rows ? some : rest)
    }
  }
})

test('rows that were seen before are not new', () => {
  const seen = bitsOf([1, 9], 12)
  const bits = bitsOf([0, 3, 9], 12)
  expect([...passingRows(newBits(bits, seen), 12)]).toEqual([0, 3])
  expect([...passingRows(seen, 12)]).toEqual([0, 1, 3, 9])
  const others = bitsOf([2, 10], 12)
  expect(newBits(others, seen)).toBe(others)
})
