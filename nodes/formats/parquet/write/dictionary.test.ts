import { expect, test } from 'vitest'
import { dictionaryOf, shareOfNew, shareOfNewCodes } from './dictionary.ts'
import type { Values } from './gathered.ts'

/** Behind the last there are some bytes, which are none of the value's. */
function textsOf(texts: readonly string[]): Values {
  const offsets = new Int32Array(texts.length + 1)
  const all = Buffer.from(`${texts.join('')}~~~~~~~~`, 'latin1')
  texts.forEach((text, i) => {
    offsets[i + 1] = (offsets[i] as number) + text.length
  })
  return { count: texts.length, width: 0, bytes: new Uint8Array(all), offsets }
}

function valueAt({ bytes, width, offsets }: Values, i: number): string {
  const start = offsets ? (offsets[i] as number) : i * width
  return Buffer.from(bytes.subarray(start, offsets ? offsets[i + 1] : start + width)).toString('latin1')
}

const all = (values: Values): string[] => Array.from({ length: values.count }, (_, i) => valueAt(values, i))

/** Each value once, in the order in which they come first, and for each value which it is. */
function expectDictionary(values: Values): void {
  const wanted = all(values)
  const made = dictionaryOf(values)
  const entries = all(made?.values as Values)
  expect(entries).toEqual([...new Set(wanted)])
  expect(Array.from(wanted, (_, i) => entries[made?.indices[i] as number])).toEqual(wanted)
}

test('texts of all lengths that differ in one place only are told apart', () => {
  const lengths = [0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 39, 40, 41, 64, 65, 66, 300]
  const texts = lengths.flatMap((length) => [
    'x'.repeat(length),
    ...Array.from({ length }, (_, i) => `${'x'.repeat(i)}y${'x'.repeat(length - i - 1)}`),
  ])
  expectDictionary(textsOf([...texts, ...texts.reverse()]))
})

test('a text of zeros is another one than a shorter or longer one', () => {
  const texts = Array.from({ length: 70 }, (_, length) => '\0'.repeat(length))
  expectDictionary(textsOf([...texts, ...texts]))
})

test('a table that grows while values are entered', () => {
  const texts = Array.from({ length: 60_000 }, (_, i) => `text ${(i * i) % 20_011}`)
  expectDictionary(textsOf(texts))
  expectDictionary(textsOf(['a', 'b', 'a']))
})

test.each([2, 4, 8, 9, 16])('numbers of %i bytes', (width) => {
  const bytes = new Uint8Array(20_000 * width + 8)
  const view = new DataView(bytes.buffer)
  // They differ in their last bytes.
  for (let i = 0; i < 20_000; i++) view.setUint16(i * width + width - 2, (i * 7919) % 6007, true)
  expectDictionary({ count: 20_000, width, bytes, offsets: null })
})

test('no dictionary of more than 4 MB, whatever the values are; the next one is as good as any', () => {
  const large = Array.from({ length: 9 }, (_, i) => `${i}`.repeat(500_000))
  expect(dictionaryOf(textsOf(large))).toBe(null)
  expect(dictionaryOf(textsOf(['a', 'b'.repeat(5_000_000)]))).toBe(null)
  const longs = new Uint8Array(BigInt64Array.from({ length: 600_000 }, (_, i) => BigInt(i)).buffer)
  expect(dictionaryOf({ count: 600_000, width: 8, bytes: longs, offsets: null })).toBe(null)
  expectDictionary(textsOf([...large.slice(0, 8), ...large.slice(0, 8)]))
  expectDictionary(textsOf(['a', '', 'a']))
})

test('the share of new values is that of some of them, by values and by codes', () => {
  const share = (count: number, of: (i: number) => number) => {
    const codes = Uint32Array.from({ length: count }, (_, i) => of(i))
    const found = shareOfNew(textsOf(Array.from(codes, (code) => `value ${code}`)))
    expect(shareOfNewCodes(codes, count, Math.max(0, ...codes) + 1)).toBe(found)
    return found
  }
  expect(share(0, () => 0)).toBe(0)
  expect(share(50_000, (i) => i)).toBe(1)
  expect(share(50_000, (i) => i >> 2)).toBe(0.25)
  expect(share(50_000, (i) => i % 1024)).toBeLessThan(0.1)
})
