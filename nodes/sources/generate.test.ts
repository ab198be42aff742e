import { Bench, readSource } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import generate from './generate.ts'

const every = {
  id: 'sequence',
  int: 'int(-3, 3)',
  float: 'float(10, 20)',
  normal: 'normal(100, 15)',
  bool: 'bool(0.25)',
  day: 'date(2024-02-28, 2024-03-01)',
  moment: 'timestamp(1969-12-31, 1970-01-01)',
  word: 'word',
  words: 'words(2, 4)',
  sentence: 'sentence',
  text: 'text(10, 30)',
  choice: 'choice(a, ä b, c)',
  vector: 'vector(8)',
  uuid: 'uuid',
  gaps: 'null(0.5, choice(x))',
}

const read = (rows: number, columns: Record<string, string>, seed = 1) =>
  readSource(generate, { rows, columns, seed }, new Bench())

test('each kind keeps to its range', async () => {
  const { rows, identities } = await read(2000, every)
  expect(identities[1999]).toBe('test::2000')
  const column = <T>(name: string) => rows.map((row) => row[name] as T)
  expect(new Set(column('int'))).toEqual(new Set([-3n, -2n, -1n, 0n, 1n, 2n, 3n]))
  for (const value of column<number>('float')) expect(value >= 10 && value < 20).toBe(true)
  const mean = column<number>('normal').reduce((sum, value) => sum + value, 0) / 2000
  expect(Math.abs(mean - 100)).toBeLessThan(2)
  expect(Math.abs(column('bool').filter(Boolean).length - 500)).toBeLessThan(100)
  expect(new Set(column('day'))).toEqual(new Set([19781, 19782, 19783]))
  for (const value of column<bigint>('moment'))
    expect(value >= -86_400_000_000n && value < 86_400_000_000n && value % 1000n === 0n).toBe(true)
  for (const value of column<string>('words')) expect(value).toMatch(/^\S+( \S+){1,3}$/)
  for (const value of column<string>('sentence')) expect(value).toMatch(/^\S+( \S+){4,14}\.$/u)
  for (const value of column<string>('text')) {
    const { length } = Buffer.from(value)
    expect(length >= 10 && length <= 30 && !value.includes('\ufffd'), value).toBe(true)
  }
  expect(new Set(column('choice'))).toEqual(new Set(['a', 'ä b', 'c']))
  for (const value of column<number[]>('vector')) expect(Math.hypot(...value)).toBeCloseTo(1, 5)
  for (const value of column('uuid'))
    expect(value).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(column('uuid')).size).toBe(2000)
  expect(Math.abs(column('gaps').filter((value) => value === null).length - 1000)).toBeLessThan(150)
})

test('rows depend on seed, column and row number alone, not on how many there are or what stands beside', async () => {
  const all = (await read(20_000, every)).rows
  const few = (await read(9000, { vector: every.vector, uuid: every.uuid, text: every.text })).rows
  expect(few).toEqual(all.slice(0, 9000).map(({ vector, uuid, text }) => ({ vector, uuid, text })))
  const other = (await read(10, { int: 'int(0, 1000000)' }, 2)).rows
  expect(other).not.toEqual((await read(10, { int: 'int(0, 1000000)' }, 1)).rows)
})

test('splits hold at most 100,000 rows', async () => {
  const { splits, rows } = await read(100_001, { id: 'sequence' })
  expect([splits, rows.length, rows.at(-1)]).toEqual([2, 100_001, { id: 100_001n }])
  expect((await read(0, { id: 'sequence' })).rows).toEqual([])
})

test('a kind that does not exist or does not fit is a problem under its column', async () => {
  const problem = async (kind: string) => {
    const [first] = (await read(1, { a: kind })).problems
    return [first?.code, first?.place.setting, first?.message, first?.hint?.split('.')[0]]
  }
  expect(await problem('vectr(3)')).toEqual([
    'unknown-kind',
    'columns.a',
    '"vectr(3)" is no kind of column.',
    'Did you mean "vector"? There are sequence, int, float, normal, bool, date, timestamp, word, words, sentence, text, choice, vector, uuid, null',
  ])
  expect((await problem('int(5, 1)'))[2]).toBe('"int(5, 1)": 5 is more than 1.')
  expect((await problem('date(2024-13-01)'))[2]).toBe('"date(2024-13-01)": "2024-13-01" is no day such as 2024-12-31.')
  expect((await problem('null(0.1, nit)'))[2]).toBe('"nit" is no kind of column.')
  expect((await problem('uuid(3)'))[2]).toBe('"uuid(3)": it takes 0 parameters, not 1.')
})

test('any text as a kind is read or a problem, never a crash', () => {
  return fc.assert(
    fc.asyncProperty(fc.string(), fc.constantFrom('int', 'null', 'choice', 'date'), async (text, name) => {
      await read(1, { a: `${name}(${text})` })
    }),
    { numRuns: 50 },
  )
})
