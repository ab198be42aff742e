import { expect, test } from 'vitest'
import { Runs, writeHybrid } from './hybrid.ts'
import { Room } from './room.ts'

/** Reads parquet-format/Encodings.md's "RLE/Bit-Packing Hybrid", bit by bit. */
function read({ bytes, length }: Room, width: number): { numbers: number[]; runs: number } {
  const numbers: number[] = []
  let [at, runs] = [0, 0]
  const varint = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  const bitsAt = (place: number, count: number) => {
    let number = 0
    for (let bit = 0; bit < count; bit++)
      number += (((bytes[(place + bit) >> 3] as number) >> ((place + bit) & 7)) & 1) * 2 ** bit
    return number
  }
  while (at < length) {
    const head = varint()
    const count = Math.floor(head / 2)
    if (head % 2 === 0) {
      const number = bitsAt(at * 8, Math.ceil(width / 8) * 8)
      for (let i = 0; i < count; i++) numbers.push(number)
      at += Math.ceil(width / 8)
      runs++
    } else {
      for (let i = 0; i < count * 8; i++) numbers.push(bitsAt(at * 8 + i * width, width))
      at += count * width
    }
  }
  expect(at).toBe(length)
  return { numbers, runs }
}

/** Stretches of one number, up to `longest`, of numbers of up to `width` bits. */
function some(count: number, width: number, longest: number): Uint32Array {
  let state = width * 7919 + longest
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return (state ^ (state >>> 13)) >>> 0
  }
  const numbers = new Uint32Array(count)
  for (let i = 0; i < count; ) {
    const end = i + 1 + (next() % longest)
    numbers.fill(next() >>> (32 - width), i, end)
    i = end
  }
  return numbers
}

/** Behind the last there may be numbers that fill up a group. */
function expectRead(out: Room, width: number, written: Uint32Array): number {
  const { numbers, runs } = read(out, width)
  expect(numbers.slice(0, written.length)).toEqual([...written])
  expect(numbers.length - written.length).toBeLessThan(8)
  return runs
}

test('numbers of all widths read as they were, with and without runs', () => {
  for (let width = 1; width <= 32; width++)
    for (const count of [0, 1, 7, 8, 9, 100, 1003])
      for (const longest of [1, 12, 300]) {
        const numbers = some(count, width, longest)
        const out = new Room()
        writeHybrid(out, numbers, 0, count, width)
        expectRead(out, width, numbers)
      }
})

test('more numbers than the kernel takes at once, and a part of them', () => {
  for (const longest of [1, 20, 90_000]) {
    const numbers = some(100_000, 13, longest)
    for (const [from, to] of [
      [0, 100_000],
      [5, 65_541],
      [99_999, 100_000],
    ] as const) {
      const out = new Room()
      writeHybrid(out, numbers, from, to, 13)
      const runs = expectRead(out, 13, numbers.subarray(from, to))
      if (longest === 90_000) expect(runs).toBeLessThan(8)
    }
  }
})

test('numbers that come as runs are written as they would be one by one', () => {
  for (const longest of [1, 12, 300]) {
    const numbers = some(2000, 2, longest)
    const out = new Room()
    const runs = new Runs(out, 2)
    for (const number of numbers) runs.add(number, 1)
    runs.end()
    expectRead(out, 2, numbers)
  }
})
