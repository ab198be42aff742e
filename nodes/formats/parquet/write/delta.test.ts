import { expect, test } from 'vitest'
import { fitsDelta, writeDelta } from './delta.ts'
import type { Values } from './gathered.ts'
import { Room } from './room.ts'

/** Reads parquet-format/Encodings.md's DELTA_BINARY_PACKED, bit by bit. */
function read({ bytes, length }: Room, bits: 32 | 64): bigint[] {
  let at = 0
  const varint = () => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const signed = (value = varint()) => (value >> 1n) ^ -(value & 1n)
  const [block, parts, count] = [Number(varint()), Number(varint()), Number(varint())]
  const found = [signed()]
  while (found.length < count) {
    const least = signed()
    const widths = bytes.subarray(at, at + parts)
    at += parts
    for (const width of widths) {
      for (let i = 0; i < block / parts; i++) {
        let more = 0n
        for (let bit = 0; bit < width; bit++) {
          const place = at * 8 + i * width + bit
          more |= BigInt(((bytes[place >> 3] as number) >> (place & 7)) & 1) << BigInt(bit)
        }
        found.push(BigInt.asIntN(bits, (found.at(-1) as bigint) + least + more))
      }
      at += (width * block) / parts / 8
    }
  }
  expect(at).toBe(length)
  return found.slice(0, count)
}

function valuesOf(numbers: readonly bigint[], bits: 32 | 64): Values {
  const values = bits === 64 ? BigInt64Array.from(numbers) : Int32Array.from(numbers, Number)
  return { count: numbers.length, width: bits / 8, bytes: new Uint8Array(values.buffer), offsets: null }
}

function written(numbers: readonly bigint[], bits: 32 | 64, from = 0, to = numbers.length): bigint[] {
  const out = new Room()
  writeDelta(out, valuesOf(numbers, bits), from, to)
  return read(out, bits)
}

/** Numbers that need up to `width` bits, from a seed. */
function some(count: number, width: number): bigint[] {
  let state = 0x9e3779b97f4a7c15n + BigInt(width)
  return Array.from({ length: count }, () => {
    state = BigInt.asUintN(64, (state ^ (state << 13n)) * 0xbf58476d1ce4e5b9n)
    return BigInt.asIntN(width, state >> BigInt(64 - width))
  })
}

test.each([32, 64] as const)('numbers of %i bits read as they were, for all widths of differences', (bits) => {
  for (let width = 1; width <= bits; width++)
    for (const count of [1, 2, 33, 128, 129, 130, 257]) {
      const numbers = some(count, width)
      expect(written(numbers, bits)).toEqual(numbers)
    }
})

test('a page of more numbers than the kernel takes at once, and one of a part of them', () => {
  const numbers = some(40_000, 20).map((number, i) => number + BigInt(i) * 1_000_000n)
  for (const [from, to] of [
    [0, 40_000],
    [0, 16_385],
    [0, 16_386],
    [7, 33_000],
    [39_999, 40_000],
  ])
    expect(written(numbers, 64, from, to)).toEqual(numbers.slice(from, to))
})

test('neighbours that lie so far apart that their difference is no double do not fit', () => {
  const fits = (...numbers: bigint[]) => {
    const order = [...numbers].sort((a, b) => (a < b ? -1 : 1))
    const [least, greatest] = [order[0], order.at(-1)].map((one) => valuesOf([one as bigint], 64).bytes)
    return fitsDelta(valuesOf(numbers, 64), least as Uint8Array, greatest as Uint8Array)
  }
  const far = 2n ** 62n
  expect(fits(5n, 1n, 2n)).toBe(true)
  expect(fits(-far, far)).toBe(false)
  expect(fits(0n, 2n ** 52n)).toBe(false)
  expect(fits(...Array.from({ length: 9 }, (_, i) => BigInt(i) * 2n ** 50n))).toBe(true)
})
