import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareLines, folded } from './lines.ts'

const drawn = (left: string, right: string) =>
  compareLines(left, right).map(({ left, right, same }) => `${left?.text ?? ''}${same ? '=' : '|'}${right?.text ?? ''}`)

test('equal lines stand beside each other, changed ones in the place of the other', () => {
  expect(drawn('a\nb\nc\n', 'a\nx\nc\n')).toEqual(['a=a', 'b|x', 'c=c'])
  expect(drawn('a\nc', 'a\nb\nc')).toEqual(['a=a', '|b', 'c=c'])
  expect(drawn('a\nb\nc\nd', 'a\nd')).toEqual(['a=a', 'b|', 'c|', 'd=d'])
  expect(drawn('', 'a')).toEqual(['|a'])
  expect(drawn('a\r\nb\r\n', 'a\nb\n')).toEqual(['a=a', 'b=b'])
})

test('every line of both texts comes once, in order, whatever they are', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '{', '}'), { minLength: 1 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (left, right) => {
      const rows = compareLines(left, right)
      expect(rows.flatMap((row) => row.left?.text ?? []).join('\n')).toBe(left)
      expect(rows.flatMap((row) => row.right?.text ?? []).join('\n')).toBe(right)
      for (const row of rows) if (row.same) expect(row.left?.text).toBe(row.right?.text)
      if (left === right) expect(rows.every(({ same }) => same)).toBe(true)
    }),
  )
})

test('equal lines far from a difference are counted, not shown', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i}`)
  const parts = folded(compareLines(lines.join('\n'), lines.with(10, 'x').join('\n')), 1)
  expect(parts.map((part) => ('hidden' in part ? part.hidden : part.rows.map(({ right }) => right?.text)))).toEqual([
    9,
    ['9', 'x', '11'],
    8,
  ])
})
