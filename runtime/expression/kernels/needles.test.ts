import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf, Pool, Scope } from '../../memory/index.ts'
import { types } from '../../pipeline/types.ts'
import type { VectorOf } from '../vector.ts'
import { anyFinder, oneFinder, type TextFinder } from './needles.ts'

/** Texts that share lengths, beginnings and ends, of every length around words of four and eight bytes. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'ä'), maxLength: 14 }),
  fc.constantFrom('', '\0', 'a\0', 'aaaabbbb', 'aaaaxbbbb', 'aaaaybbbb', 'aaaaaaaaaaaab', 'baaaaaaaaaaaa'),
)
const texts = fc.array(text, { maxLength: 40 })

const vectorOf = (values: readonly string[], skipped: number): VectorOf<'bytes'> => {
  const { offsets, values: bytes } = columnOf(new Scope(new Pool(1 << 20)), types.string, values)
  return { form: 'bytes', offsets: (offsets as Int32Array).subarray(skipped), bytes: bytes as Uint8Array, valid: null }
}

function found(find: TextFinder, vector: VectorOf<'bytes'>, rows: number): boolean[] {
  // What was there before must not show.
  const out = new Uint8Array((rows + 7) >> 3).fill(0xaa)
  find(vector, out, rows)
  return Array.from({ length: rows }, (_, row) => (((out[row >> 3] as number) >> (row & 7)) & 1) === 1)
}

test('a text is found whole and at the start, whatever its length and where the buffer ends', () => {
  const property = fc.property(texts, text, fc.nat(9), (values, needle, skip) => {
    const skipped = Math.min(skip, values.length)
    const rest = values.slice(skipped)
    const bytes = Buffer.from(needle)
    const vector = vectorOf(values, skipped)
    const whole = found(oneFinder(bytes, 'whole'), vector, rest.length)
    expect(whole).toEqual(rest.map((value) => value === needle))
    const atStart = found(oneFinder(bytes, 'start'), vector, rest.length)
    expect(atStart).toEqual(rest.map((value) => Buffer.from(value).subarray(0, bytes.length).equals(bytes)))
  })
  fc.assert(property, { numRuns: 500, seed: 7 })
})

test('any of some texts is found, or the finder says beforehand that it cannot', () => {
  let without = 0
  const property = fc.property(texts, fc.uniqueArray(text, { maxLength: 12 }), (values, needles) => {
    const find = anyFinder(needles.map((needle) => Buffer.from(needle)))
    if (!find) without++
    else expect(found(find, vectorOf(values, 0), values.length)).toEqual(values.map((one) => needles.includes(one)))
  })
  fc.assert(property, { numRuns: 500, seed: 7 })
  // Two that differ in the middle only.
  expect(without).toBeGreaterThan(0)
  expect(without).toBeLessThan(200)
})

test('sixty texts fit, a thousand do not', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `text ${i}`)
  const find = anyFinder(numbered(60).map((one) => Buffer.from(one))) as TextFinder
  const values = numbered(100)
  expect(found(find, vectorOf(values, 0), 100)).toEqual(values.map((_, i) => i < 60))
  expect(anyFinder(numbered(1000).map((one) => Buffer.from(one)))).toBeNull()
})
