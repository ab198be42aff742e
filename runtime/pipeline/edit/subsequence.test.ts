import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commonSubsequence } from './subsequence.ts'

test('a common subsequence is one, and the longest there is', () => {
  const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
  fc.assert(
    fc.property(list, list, (a, b) => {
      const pairs = commonSubsequence(a, b)
      for (const [n, [i, j]] of pairs.entries()) {
        expect(a[i]).toBe(b[j])
        const before = pairs[n - 1]
        if (before) expect(i > before[0] && j > before[1]).toBe(true)
      }
      expect(pairs.length).toBe(longest(a, b))
    }),
  )
})

/** Its length, the slow way. */
function longest(a: readonly string[], b: readonly string[]): number {
  const [x, ...rest] = a
  const at = x === undefined ? -1 : b.indexOf(x)
  if (x === undefined) return 0
  const without = longest(rest, b)
  return at < 0 ? without : Math.max(without, 1 + longest(rest, b.slice(at + 1)))
}

test('lists of thousands of like items are not compared for ever', () => {
  const many = Array<string>(5000).fill('x')
  expect(commonSubsequence(many, [...many, 'y'])).toEqual([])
})
