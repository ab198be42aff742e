import { expect, test } from 'vitest'
import { inAnyOrder, inOrder, type Likeness } from './align.ts'

/** Rows as texts; each character is a value. */
const likenessOf = (expected: readonly string[], found: readonly string[]): Likeness => ({
  same: (e, f) => expected[e] === found[f],
  alike: (e, f) => [...(expected[e] ?? '')].filter((one, i) => one === found[f]?.[i]).length,
})

const pairs = (way: typeof inOrder, expected: readonly string[], found: readonly string[]) =>
  way(expected.length, found.length, likenessOf(expected, found)).map(
    ({ expected: e, found: f, same }) =>
      `${e === undefined ? '' : expected[e]}${same ? '=' : '~'}${f === undefined ? '' : found[f]}`,
  )

test('the same rows are found again around those that are missing or too many', () => {
  expect(pairs(inOrder, ['ab', 'cd', 'ef', 'gh'], ['ab', 'ef', 'gh'])).toEqual(['ab=ab', 'cd~', 'ef=ef', 'gh=gh'])
  expect(pairs(inOrder, ['ab', 'ef'], ['xy', 'ab', 'zz', 'ef', 'ww'])).toEqual(['~xy', 'ab=ab', '~zz', 'ef=ef', '~ww'])
  expect(pairs(inOrder, [], ['ab'])).toEqual(['~ab'])
  expect(pairs(inOrder, ['ab'], [])).toEqual(['ab~'])
})

test('a row that changed is compared with the one in its place, or with the likest', () => {
  expect(pairs(inOrder, ['ab', 'cd', 'ef'], ['ab', 'cx', 'ef'])).toEqual(['ab=ab', 'cd~cx', 'ef=ef'])
  expect(pairs(inOrder, ['abc', 'def'], ['xyz', 'abx', 'dex'])).toEqual(['~xyz', 'abc~abx', 'def~dex'])
})

test('in any order each row is taken once', () => {
  expect(pairs(inAnyOrder, ['ab', 'cd', 'cd'], ['cd', 'ab', 'cd'])).toEqual(['ab=ab', 'cd=cd', 'cd=cd'])
  expect(pairs(inAnyOrder, ['ab', 'cd'], ['cx', 'ab', 'cd'])).toEqual(['ab=ab', 'cd=cd', '~cx'])
  expect(pairs(inAnyOrder, ['ab', 'cd'], ['cx', 'ab'])).toEqual(['ab=ab', 'cd~cx'])
})

test('thousands of rows that all differ are compared in turn', () => {
  const expected = Array.from({ length: 3000 }, (_, i) => `a${i}`)
  const found = expected.map((one) => `b${one}`)
  expect(pairs(inOrder, expected, found)).toHaveLength(3000)
})
