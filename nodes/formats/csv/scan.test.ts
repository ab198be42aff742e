import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boolean, decimalNumber, shortInteger, ungroup, unscaled } from './scan.ts'

const bytes = (text: string) => Buffer.from(text)
const number = (text: string, decimal = '.') => decimalNumber(bytes(text), 0, text.length, decimal.charCodeAt(0))

test('decimals are rounded as JavaScript rounds them', () => {
  const texts = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.integer(), fc.nat(), fc.integer({ min: -330, max: 310 })).map(([a, b, c]) => `${a}.${b}e${c}`),
    fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat()).map(([a, b]) => `${a}.${b}`),
    fc.stringMatching(/^[+-]?0{0,20}\d{0,3}\.?0{0,25}\d{1,4}$/),
  )
  fc.assert(
    fc.property(texts, (text) => {
      expect(number(text)).toBe(Number(text))
      expect(number(text.replace('.', ','), ',')).toBe(Number(text))
    }),
    { numRuns: 2000 },
  )
})

test('what is no number', () => {
  for (const text of ['', '-', '.', 'e5', '1e', '1e+', '1.2.3', '1,2', '0x10', '1 2', 'nan', 'infinit', '--1']) {
    expect(number(text), text).toBeNaN()
  }
  expect([number('5.'), number('.5'), number('-inf'), number('Infinity')]).toEqual([5, 0.5, -Infinity, Infinity])
  expect(shortInteger(bytes('1a'), 0, 2)).toBeNaN()
  expect([' true', 'TRUE', 'False', 'yes'].map((text) => boolean(bytes(text), 0, text.length))).toEqual([-1, 1, 0, -1])
})

test('decimals are exact', () => {
  const read = (text: string, scale: number) => unscaled(bytes(text), 0, text.length, 46, scale)
  expect(read('-12345678901234567890.10', 3)).toBe(-12345678901234567890100n)
  expect([read('1.005', 2), read('1.500', 1), read('1,5', 2), read('.', 2)]).toEqual([null, 15n, null, null])
})

test('signs between thousands stand between groups of three', () => {
  const read = (text: string, separator = ',') => {
    const out = new Uint8Array(40)
    const end = ungroup(bytes(text), 0, text.length, bytes(separator), out, 0)
    return end < 0 ? null : Buffer.from(out.subarray(0, end)).toString()
  }
  expect(['1,234', '-1,234,567.5', '12', '1234.5'].map((text) => read(text))).toEqual([
    '1234',
    '-1234567.5',
    '12',
    '1234.5',
  ])
  expect(['1,23', '1234,567', ',123', '1,234,56', '1,,234'].map((text) => read(text))).toEqual(Array(5).fill(null))
})
