import { letGo } from '@headrace/runtime/sdk'
import type { Values } from './gathered.ts'
import { copyWords, Room } from './room.ts'

/** The distinct values of a column as they come first, and which of them each value is; the next dictionary destroys it. */
export interface Dictionary {
  readonly values: Values
  /** As long as the column's values, or longer. */
  readonly indices: Uint32Array
}

/** Bytes of a dictionary at most: a larger one no longer saves what it costs. */
const mostBytes = 4 << 20

/** The dictionary's values; a text is compared with the one here: it stays near, the column does not. */
const found = new Room()

/** Numbers that an entry takes in `entries`: its hash, and where its value begins in `found`; it ends where the next begins. */
const stride = 2

/**
 * Scratch memory of the thread: a hash table of entries' numbers plus 1, and what is known of each entry. The loops below
 * hold both in variables of their own, and both are small, as what counts is how much of them is near: half of the time.
 */
let slots = new Int32Array(1 << 10)
let entries = new Int32Array(stride << 10)
let indices = new Uint32Array(0)
const mostKept = 1 << 20

/** Makes a dictionary of values; null where it would become too large. */
export function dictionaryOf(values: Values): Dictionary | null {
  if (indices.length < values.count) indices = new Uint32Array(values.count)
  slots.fill(0)
  entries[1] = 0
  found.clear()
  const { count, width } = values
  const size = width === 4 ? enterWords(values) : width === 8 ? enterLongs(values) : enterBytes(values)
  const ends = values.offsets && size >= 0 ? endsOf(size) : null
  const made = { values: { count: size, width, bytes: found.bytes, offsets: ends }, indices }
  forget(count)
  return size < 0 ? null : made
}

/** What was made for one very large row group does not stay. */
function forget(count: number): void {
  if (slots.length > mostKept) {
    letGo(slots.byteLength + entries.byteLength)
    slots = new Int32Array(1 << 10)
    entries = new Int32Array(stride << 10)
  }
  if (count > mostKept) indices = new Uint32Array(0)
}

/** Each of these enters a column's values and gives the number of entries, or -1 where they would be too many. */
function enterWords({ bytes, count }: Values): number {
  const words = new Int32Array(bytes.buffer, 0, count)
  let table = slots
  let known = foundWords()
  const numbers = indices
  let size = 0
  for (let i = 0; i < count; i++) {
    const word = words[i] as number
    const hash = mix(Math.imul(word, 0x9e3779b1))
    let at = hash & (table.length - 1)
    let entry = table[at] as number
    while (entry !== 0 && known[entry - 1] !== word) {
      at = (at + 1) & (table.length - 1)
      entry = table[at] as number
    }
    if (entry === 0) {
      if (size * 4 >= mostBytes) return -1
      const place = found.take(4)
      found.view.setInt32(place, word, true)
      enter(at, size++, hash)
      table = slots
      if (known.buffer !== found.bytes.buffer) known = foundWords()
      entry = size
    }
    numbers[i] = entry - 1
  }
  return size
}

function enterLongs({ bytes, count }: Values): number {
  const words = new Int32Array(bytes.buffer, 0, count * 2)
  let table = slots
  let known = foundWords()
  const numbers = indices
  let size = 0
  for (let i = 0; i < count; i++) {
    const low = words[2 * i] as number
    const high = words[2 * i + 1] as number
    const hash = mix(Math.imul(low, 0x9e3779b1) ^ mix(Math.imul(high, 0x85ebca6b)))
    let at = hash & (table.length - 1)
    let entry = table[at] as number
    while (entry !== 0 && (known[entry * 2 - 2] !== low || known[entry * 2 - 1] !== high)) {
      at = (at + 1) & (table.length - 1)
      entry = table[at] as number
    }
    if (entry === 0) {
      if (size * 8 >= mostBytes) return -1
      const place = found.take(8)
      found.view.setInt32(place, low, true)
      found.view.setInt32(place + 4, high, true)
      enter(at, size++, hash)
      table = slots
      if (known.buffer !== found.bytes.buffer) known = foundWords()
      entry = size
    }
    numbers[i] = entry - 1
  }
  return size
}

/** Looks at four bytes at once: what is gathered, and what is found, has some bytes behind it. */
function enterBytes({ bytes, count, width, offsets }: Values): number {
  const view = new DataView(bytes.buffer)
  let table = slots
  let known = entries
  let foundView = found.view
  const numbers = indices
  let size = 0
  let end = 0
  for (let i = 0; i < count; i++) {
    const start = end
    end = offsets ? (offsets[i + 1] as number) : start + width
    const length = end - start
    const whole = start + (length & ~3)
    const restMask = (1 << ((length & 3) * 8)) - 1
    const rest = view.getInt32(whole, true) & restMask
    let hash = length
    for (let k = start; k < whole; k += 4) hash = (Math.imul(hash, 0x9e3779b1) + view.getInt32(k, true)) | 0
    hash = mix((Math.imul(hash, 0x9e3779b1) + rest) | 0)
    let at = hash & (table.length - 1)
    let entry = table[at] as number
    for (; entry !== 0; entry = table[at] as number) {
      const about = (entry - 1) * stride
      if (known[about] === hash && (known[about + 3] as number) - (known[about + 1] as number) === length) {
        let a = start
        let b = known[about + 1] as number
        for (; a < whole && view.getInt32(a, true) === foundView.getInt32(b, true); a += 4) b += 4
        if (a === whole && (foundView.getInt32(b, true) & restMask) === rest) break
      }
      at = (at + 1) & (table.length - 1)
    }
    if (entry === 0) {
      if (found.length + size * 4 + length > mostBytes) return -1
      const place = found.take(length)
      if (length > 256) found.bytes.set(bytes.subarray(start, end), place)
      else copyWords(found.view, place, view, start, length)
      enter(at, size++, hash)
      table = slots
      known = entries
      foundView = found.view
      entry = size
    }
    numbers[i] = entry - 1
  }
  return size
}

/** The finaliser of a multiplicative hash: the low bits become as good as the high ones. */
function mix(word: number): number {
  const hash = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

const foundWords = (): Int32Array => new Int32Array(found.bytes.buffer, 0, found.bytes.length >> 2)

/** Writes down entry number `entry`, whose value is the last one in `found`, at its place in the table. */
function enter(at: number, entry: number, hash: number): void {
  if ((entry + 2) * stride > entries.length) {
    const more = new Int32Array(entries.length * 2)
    more.set(entries)
    entries = more
  }
  entries[entry * stride] = hash
  entries[entry * stride + 3] = found.length
  slots[at] = entry + 1
  if (entry * 2 >= slots.length) widen(entry + 1)
}

function widen(size: number): void {
  slots = new Int32Array(slots.length * 2)
  const mask = slots.length - 1
  for (let entry = 0; entry < size; entry++) {
    let at = (entries[entry * stride] as number) & mask
    while (slots[at] !== 0) at = (at + 1) & mask
    slots[at] = entry + 1
  }
}

function endsOf(size: number): Int32Array {
  const ends = new Int32Array(size + 1)
  for (let entry = 1; entry <= size; entry++) ends[entry] = entries[entry * stride + 1] as number
  return ends
}
