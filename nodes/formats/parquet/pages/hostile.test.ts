import { seededRandom } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { readDelta } from './delta.ts'
import { readPageHeader } from './header.ts'
import { readHybrid, readLevels } from './hybrid.ts'
import { NotOurs } from './notours.ts'
import { plainTexts } from './plain.ts'
import { slack } from './rooms.ts'
import { unpackers } from './unpack.ts'

const next = seededRandom(77)
const below = (most: number) => Math.floor(next() * most)

/** Random bytes, mostly small ones, with room behind them. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const few = next() < 0.5
  return new Uint8Array(length + slack).map(() => (few ? below(9) : below(256))).subarray(0, length)
}

/** Nothing but "not ours" may come of bytes that mean nothing; returns whether they were read. */
function isRead(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (error instanceof NotOurs) return false
    throw error
  }
}

/** A body of values as a page has it. */
const bodyOf = (bytes: Uint8Array<ArrayBuffer>, count: number) => ({
  ...{ bytes, count, start: 0, dense: true },
  view: new DataView(bytes.buffer, 0, bytes.length + slack),
  take: (size: number) => new ArrayBuffer((size + slack + 7) & ~7),
})

test('bytes that mean nothing are not ours, whatever reads them, or end where they should', () => {
  const read = { packed: 0, runs: 0, levels: 0, delta: 0, texts: 0, headers: 0 }
  for (let i = 0; i < 20_000; i++) {
    const bytes = noise(below(60))
    const body = bodyOf(bytes, below(40))
    const { view, count } = body
    const [codec, length] = [[1, 7, 2, 4, 6][below(i % 50 ? 2 : 5)] as number, below(i % 3 ? 12 : 200)]
    const target = new Uint8Array(length + slack)
    // Snappy begins with the length: else it is refused at once.
    const packed = codec === 1 ? Uint8Array.from([length & 127, ...bytes.subarray(0, 1 + below(12))]) : bytes
    if (isRead(() => unpackers[codec]?.(packed, target.subarray(0, length & 127)))) read.packed++
    const numbers = new Int32Array(count + 1).fill(-9)
    const [width, most, from] = [below(33), below(1000), below(count + 1)]
    if (isRead(() => readHybrid(view, 0, bytes.length, width, most, numbers, from, count))) {
      read.runs++
      expect(numbers.subarray(0, count - from).every((number) => number >= 0 && number <= most)).toBe(true)
      expect(numbers[count - from]).toBe(-9)
    }
    const most2 = 1 + below(3)
    if (
      isRead(() => {
        const levels = readLevels(view, 0, bytes.length, count, (size) => new Uint8Array(size), most2)
        expect(levels?.every((level) => level <= most2) ?? true).toBe(true)
      })
    ) {
      read.levels++
    }
    const size = next() < 0.5 ? 4 : 8
    if (isRead(() => readDelta(body, size, new Int32Array((count * size) / 4)))) read.delta++
    if (isRead(() => plainTexts(next() < 0.5 ? 0 : 6, body))) read.texts++
    if (isRead(() => readPageHeader(bytes))) read.headers++
  }
  console.log('read:', read)
  // Some are read, so that what was tried is not just refused at its first byte.
  expect(read.runs).toBeGreaterThan(100)
  expect(read.levels).toBeGreaterThan(100)
  expect(read.packed).toBeGreaterThan(10)
})

test('counts that would take any memory are refused', () => {
  const huge = new Uint8Array([0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  for (const codec of [1, 7])
    expect(isRead(() => unpackers[codec]?.(huge.subarray(0, 8), new Uint8Array(4)))).toBe(false)
  // A run of 2^30 values ends with what is asked for.
  const run = new Uint8Array([0x80, 0x80, 0x80, 0x80, 0x04, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  const numbers = new Int32Array(3)
  readHybrid(new DataView(run.buffer), 0, 6, 1, 1, numbers, 0, 3)
  expect([...numbers]).toEqual([1, 1, 1])
})

test('Snappy copies that reach into what they write, and long literals, unpack as they should', () => {
  const text = Uint8Array.from({ length: 300 }, (_, i) => i)
  // 300 bytes as one literal whose length takes two bytes, then 40 from 3 bytes back, then 20 from 9 and 64 from 200.
  const copies = [(39 << 2) | 2, 3, 0, (19 << 2) | 2, 9, 0, (63 << 2) | 2, 200, 0]
  const packed = Uint8Array.from([0xa8, 0x03, 61 << 2, 43, 1, ...text, ...copies])
  const whole = [...text]
  for (const [length, back] of [
    [40, 3],
    [20, 9],
    [64, 200],
  ] as const) {
    for (let i = 0; i < length; i++) whole.push(whole[whole.length - back] as number)
  }
  const target = new Uint8Array(424 + slack)
  unpackers[1]?.(packed, target.subarray(0, 424))
  expect([...target.subarray(0, 424)]).toEqual(whole)
})
