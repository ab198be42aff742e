import { bitAt, countBits } from '@headrace/runtime/sdk'
import type { Room } from './room.ts'

/** Which of the rows gathered so far are not null, as bits, lowest first. They take memory from the first null on. */
export class Bits {
  readonly #room: Room
  length = 0
  zeros = 0

  constructor(room: Room) {
    this.#room = room
  }

  /** Adds `count` bits from place `from` on; null: all are 1. */
  add(bits: Uint8Array | null, from: number, count: number): void {
    const zeros = bits ? count - onesBetween(bits, from, from + count) : 0
    if (this.zeros === 0 && zeros > 0) this.#append(null, 0, this.length, 0)
    if (this.zeros + zeros > 0) this.#append(zeros ? bits : null, from, count, this.length)
    this.length += count
    this.zeros += zeros
  }

  #append(bits: Uint8Array | null, from: number, count: number, at: number): void {
    const room = this.#room
    const end = (at + count + 7) >> 3
    const before = room.length
    if (end > before) room.take(end - before)
    const { bytes } = room
    bytes.fill(0, before, end)
    if ((at & 7) === 0 && (from & 7) === 0) {
      const whole = count >> 3
      if (bits) bytes.set(bits.subarray(from >> 3, (from >> 3) + whole), at >> 3)
      else bytes.fill(255, at >> 3, (at >> 3) + whole)
      at += whole * 8
      from += whole * 8
      count -= whole * 8
    }
    for (let i = 0; i < count; i++)
      if (!bits || bitAt(bits, from + i))
        bytes[(at + i) >> 3] = (bytes[(at + i) >> 3] as number) | (1 << ((at + i) & 7))
  }

  /** The bits, `length` of them; null where all are 1. */
  get bits(): Uint8Array | null {
    return this.zeros ? this.#room.bytes : null
  }

  clear(): void {
    this.#room.clear()
    this.length = this.zeros = 0
  }
}

/** How many bits of a range are 1. */
export function onesBetween(bits: Uint8Array, from: number, to: number): number {
  let ones = 0
  let at = from
  for (; at < to && at & 7; at++) if (bitAt(bits, at)) ones++
  return at < to ? ones + countBits(bits.subarray(at >> 3), to - at) : ones
}

/** Visits the stretches of 1 in a range of bits. */
export function eachRun(
  bits: Uint8Array | null,
  from: number,
  to: number,
  visit: (start: number, end: number) => void,
): void {
  if (!bits) {
    if (from < to) visit(from, to)
    return
  }
  for (let at = from; at < to; ) {
    while (at < to && !bitAt(bits, at)) at += (at & 7) === 0 && bits[at >> 3] === 0 ? 8 : 1
    const start = at
    while (at < to && bitAt(bits, at)) at += (at & 7) === 0 && bits[at >> 3] === 255 ? 8 : 1
    if (start < to) visit(start, Math.min(at, to))
  }
}
