import { letGo } from '@headrace/runtime/sdk'
import type { Instance } from '../../wasm/instance.ts'
import type { Values } from './gathered.ts'
import { dropKernel, type Kernel, kernelOfThread } from './kernel/kernel.ts'
import { mostBytes, mostValues, places } from './kernel/places.ts'
import { mostEntries } from './kernel/table.ts'
import { Room } from './room.ts'

/** The distinct values of a column as they come first, and which of them each value is; the next dictionary destroys it. */
export interface Dictionary {
  readonly values: Values
  /** As long as the column's values, or longer. */
  readonly indices: Uint32Array
}

/** Bytes of values that are entered at once, but where one alone is longer. */
const windowBytes = 128 << 10
const fewestSlots = 1 << 12
/** What was made for a very large row group does not stay: tables and indices of this length do. */
const mostKept = 1 << 20

let slots = 0
let indices = new Uint32Array(0)
const found = new Room()

/** Makes a dictionary of values; null where it would become too large. */
export function dictionaryOf(values: Values): Dictionary | null {
  const { count, width, offsets } = values
  if (indices.length < count) indices = new Uint32Array(count)
  const { memory } = begin()
  const entered = enter(values, 0, count, indices)
  const made = entered ? { values: { width, ...foundIn(memory, offsets !== null) }, indices } : null
  if (slots > mostKept) {
    letGo(slots * 4 + mostBytes)
    dropKernel()
  }
  if (count > mostKept) indices = new Uint32Array(0)
  return made
}

/** So many values in each 2,048 are looked at. */
const [stretch, distance] = [256, 2048]
const mostSamples = 16_384

/** Goes to stretches of values: one shows those that repeat nearby; that they lie apart shows those that repeat far off. */
function* stretches(count: number): Generator<readonly [from: number, to: number, samples: number]> {
  for (let at = 0, samples = 0; at < count && samples < mostSamples; at += distance) {
    const end = Math.min(at + stretch, count, at + mostSamples - samples)
    samples += end - at
    yield [at, end, samples]
  }
}

/** The share of some of the values that were new among them; 0 where there is none. */
export function shareOfNew(values: Values): number {
  const { memory } = begin()
  let share = 0
  for (const [from, to, samples] of stretches(values.count)) {
    // What is too large for a dictionary mostly differs.
    if (!enter(values, from, to, null)) return 1
    share = sizeOf(memory) / samples
  }
  return share
}

/** The same of values by the first `count` of their codes, which are below `size`. */
export function shareOfNewCodes(codes: Uint32Array, count: number, size: number): number {
  const seen = new Uint8Array(size)
  let [share, distinct] = [0, 0]
  for (const [from, to, samples] of stretches(count)) {
    for (let i = from; i < to; i++) {
      const code = codes[i] as number
      distinct += 1 - (seen[code] as number)
      seen[code] = 1
    }
    share = distinct / samples
  }
  return share
}

/** The greatest share that `shareOfNewCodes` can find, without a look at the codes. */
export function mostShareOfNew(count: number, size: number): number {
  let all = 0
  for (const [, , samples] of stretches(count)) all = samples
  return size / Math.max(1, all)
}

/** The kernel with an empty table. */
function begin(): Instance<Kernel> {
  const table = kernelOfThread()
  new Int32Array(table.memory.buffer, places.size, 2).fill(0)
  widen(table, fewestSlots)
  return table
}

const sizeOf = (memory: Memory): number => new Int32Array(memory.buffer, places.size, 1)[0] as number
type Memory = Instance<Kernel>['memory']

/** Enters values `from` to `to`, some at a time, and says which entries they are; false where the entries become too large. */
function enter(values: Values, from: number, to: number, into: Uint32Array | null): boolean {
  const { memory, kernel } = kernelOfThread()
  const { width } = values
  const add = width === 4 ? kernel.words : width === 8 ? kernel.longs : kernel.texts
  for (let at = from; at < to; ) {
    const some = chunkAt(values, at, to)
    const base = place(memory, values, at, some, add !== kernel.texts)
    if (base === null) return false
    for (let row = 0; ; ) {
      row = add(row, some, base, slots)
      if (row === some) break
      if (sizeOf(memory) < mostEntries(slots)) return false
      widen(kernelOfThread(), slots * 2)
    }
    into?.set(new Uint32Array(memory.buffer, places.codes, some), at)
    at += some
  }
  return true
}

/** How many values from number `at` on are entered at once. */
function chunkAt({ width, offsets }: Values, at: number, to: number): number {
  let some = Math.min(mostValues, to - at)
  if (!offsets) return Math.min(some, Math.floor(windowBytes / width))
  const end = (offsets[at] as number) + windowBytes
  while (some > 1 && (offsets[at + some] as number) > end) some >>= 1
  return some
}

/** Copies values to where the kernel reads them; gives the address from which it counts, null where they are too large. */
function place(memory: Memory, values: Values, at: number, some: number, numbers: boolean): number | null {
  const { bytes, width, offsets } = values
  const start = offsets ? (offsets[at] as number) : at * width
  const end = offsets ? (offsets[at + some] as number) : (at + some) * width
  if (end - start > mostBytes) return null
  new Uint8Array(memory.buffer).set(bytes.subarray(start, end), places.window)
  if (numbers) return places.window
  const into = new Int32Array(memory.buffer, places.offsets, some + 1)
  if (offsets) into.set(offsets.subarray(at, at + some + 1))
  else for (let i = 0; i <= some; i++) into[i] = start + i * width
  return places.window - start
}

/** Makes a table with the same entries of `count` slots. */
function widen({ memory, kernel }: Instance<Kernel>, count: number): void {
  const missing = places.slots + count * 4 - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  new Int32Array(memory.buffer, places.slots, count).fill(0)
  kernel.widen(count)
  slots = count
}

/** The entries' values, copied out of the kernel. */
function foundIn(memory: Memory, texts: boolean): Omit<Values, 'width'> {
  const [count, length] = new Int32Array(memory.buffer, places.size, 2) as ArrayLike<number> as [number, number]
  found.clear()
  found.take(length)
  found.bytes.set(new Uint8Array(memory.buffer, places.found, length))
  const offsets = texts ? new Int32Array(memory.buffer, places.ends, count + 1).slice() : null
  return { count, bytes: found.bytes, offsets }
}
