import { fromHalf } from '@headrace/runtime/sdk'
import type { ThriftStruct } from '../thrift.ts'
import type { Values } from './gathered.ts'
import { kernelOfThread } from './kernel/kernel.ts'
import { places } from './kernel/places.ts'
import type { Physical } from './physical.ts'
import { binary, bool, i64, structOf } from './thrift-values.ts'

/** The least and the greatest of a column chunk, as they stand in its statistics. */
export interface Extremes {
  readonly least: Uint8Array
  readonly greatest: Uint8Array
}

/** A column chunk's statistics as arrow-rs writes them; `utf8`: long texts are cut between characters. */
export function statisticsOf(physical: Physical, found: Extremes | null, nulls: number, utf8: boolean): ThriftStruct {
  const least = found && cut(found.least, physical, utf8)
  const greatest = found && cutUp(found.greatest, physical, utf8)
  // The older fields are for values that compare as signed numbers do.
  const old = physical.order !== 'bytes' && physical.order !== 'unsigned'
  return structOf({
    1: old && greatest ? binary(greatest) : undefined,
    2: old && least ? binary(least) : undefined,
    3: i64(nulls),
    5: greatest ? binary(greatest) : undefined,
    6: least ? binary(least) : undefined,
    7: bool(greatest !== null && greatest === found?.greatest),
    8: bool(least !== null && least === found?.least),
  })
}

/** The extremes of values; null where there is none, or they do not compare. */
export function extremesOf({ order, width }: Physical, values: Values): Extremes | null {
  if (values.count === 0) return null
  switch (order) {
    case null:
      return null
    case 'bytes':
    case 'number':
      return extremeBytes(values, order === 'number')
    case 'float':
      return extremeFloats(values)
    default:
      return width === 8 ? extremeLongs(values, order === 'signed') : extremeNumbers(values, order === 'signed')
  }
}

function extremeNumbers({ bytes, count, width }: Values, signed: boolean): Extremes {
  if (width === 1) {
    const some = bytes.subarray(0, count)
    return { least: Uint8Array.of(some.includes(0) ? 0 : 1), greatest: Uint8Array.of(some.includes(1) ? 1 : 0) }
  }
  const numbers = signed ? new Int32Array(bytes.buffer, 0, count) : new Uint32Array(bytes.buffer, 0, count)
  let [least, greatest] = [numbers[0] as number, numbers[0] as number]
  for (let i = 1; i < count; i++) {
    const number = numbers[i] as number
    if (number < least) least = number
    if (number > greatest) greatest = number
  }
  return {
    least: new Uint8Array(Int32Array.of(least).buffer),
    greatest: new Uint8Array(Int32Array.of(greatest).buffer),
  }
}

/** So many are handed to the kernel at once. */
const mostAtOnce = 1 << 14

function extremeLongs({ bytes, count }: Values, signed: boolean): Extremes {
  const { memory, kernel } = kernelOfThread()
  const into = new Uint8Array(memory.buffer)
  for (const place of [places.least, places.greatest]) into.set(bytes.subarray(0, 8), place)
  for (let at = 0; at < count; at += mostAtOnce) {
    const some = Math.min(mostAtOnce, count - at)
    into.set(bytes.subarray(at * 8, (at + some) * 8), places.window)
    kernel.extremes(some, signed)
  }
  const at = (place: number) => into.slice(place, place + 8)
  return { least: at(places.least), greatest: at(places.greatest) }
}

function extremeFloats({ bytes, count, width }: Values): Extremes | null {
  if (width === 8) {
    const found = extremesOfFloats(new Float64Array(bytes.buffer, 0, count))
    return found && { least: bytesOf(Float64Array.of(found[0])), greatest: bytesOf(Float64Array.of(found[1])) }
  }
  const halves = width === 2 && Float32Array.from(new Uint16Array(bytes.buffer, 0, count), fromHalf)
  const found = extremesOfFloats(halves || new Float32Array(bytes.buffer, 0, count))
  if (!found) return null
  const Floats = halves ? Float16Array : Float32Array
  return { least: bytesOf(Floats.of(found[0])), greatest: bytesOf(Floats.of(found[1])) }
}

const bytesOf = ({ buffer }: { readonly buffer: ArrayBuffer }): Uint8Array => new Uint8Array(buffer)

/** Not-a-number counts for nothing; of the zeros the least is the negative one, the greatest the other. */
function extremesOfFloats(numbers: Float32Array | Float64Array): [number, number] | null {
  const { memory, kernel } = kernelOfThread()
  const isDouble = numbers instanceof Float64Array
  const [Floats, visit] = isDouble ? [Float64Array, kernel.extremeDoubles] : [Float32Array, kernel.extremeFloats]
  const lanes = 16 / numbers.BYTES_PER_ELEMENT
  const leasts = new Floats(memory.buffer, places.leastFloats, lanes).fill(Number.POSITIVE_INFINITY)
  const greatests = new Floats(memory.buffer, places.greatestFloats, lanes).fill(Number.NEGATIVE_INFINITY)
  for (let at = 0; at < numbers.length; at += mostAtOnce) {
    const some = numbers.subarray(at, at + mostAtOnce)
    const window = new Floats(memory.buffer, places.window, Math.ceil(some.length / lanes) * lanes)
    window.set(some)
    window.fill(Number.NaN, some.length)
    visit(window.byteLength)
  }
  const [least, greatest] = [Math.min(...leasts), Math.max(...greatests)]
  return least > greatest ? null : [least || -0, greatest || 0]
}

/** `numbers`: signed ones, high bytes first; else as texts are ordered. */
function extremeBytes(values: Values, numbers: boolean): Extremes {
  const { bytes, count, width } = values
  const offsets = values.offsets ?? Int32Array.from({ length: count + 1 }, (_, i) => i * width)
  const flip = numbers ? 128 : 0
  const view = new DataView(bytes.buffer)
  // The first four bytes, high ones first, mostly say that a value lies in between. Behind a short value are others' bytes.
  const prefixOf = (i: number, start: number) => {
    const length = (offsets[i + 1] as number) - start
    const prefix = (view.getInt32(start) ^ (flip << 24)) >>> 0
    return length >= 4 ? prefix : length === 0 ? 0 : (prefix >>> (32 - 8 * length)) * 2 ** (32 - 8 * length)
  }
  let least = 0
  let greatest = 0
  let leastPrefix = count ? prefixOf(0, offsets[0] as number) : 0
  let greatestPrefix = leastPrefix
  for (let i = 1; i < count; i++) {
    const prefix = prefixOf(i, offsets[i] as number)
    if (prefix > leastPrefix && prefix < greatestPrefix) continue
    if (compare(bytes, offsets, i, least, flip) < 0) {
      least = i
      leastPrefix = prefix
    }
    if (compare(bytes, offsets, i, greatest, flip) > 0) {
      greatest = i
      greatestPrefix = prefix
    }
  }
  const at = (i: number) => bytes.slice(offsets[i], offsets[i + 1])
  return { least: at(least), greatest: at(greatest) }
}

function compare(bytes: Uint8Array, offsets: Int32Array, a: number, b: number, flip: number): number {
  const startA = offsets[a] as number
  const startB = offsets[b] as number
  const lengthA = (offsets[a + 1] as number) - startA
  const lengthB = (offsets[b + 1] as number) - startB
  const length = Math.min(lengthA, lengthB)
  if (length > 0) {
    const first = ((bytes[startA] as number) ^ flip) - ((bytes[startB] as number) ^ flip)
    if (first !== 0) return first
  }
  for (let i = 1; i < length; i++) {
    const difference = (bytes[startA + i] as number) - (bytes[startB + i] as number)
    if (difference !== 0) return difference
  }
  return lengthA - lengthB
}

/** Longer values are cut to so many bytes. */
const mostBytes = 64

function cut(least: Uint8Array, { order }: Physical, utf8: boolean): Uint8Array {
  if (order !== 'bytes' || least.length <= mostBytes) return least
  return least.subarray(0, utf8 ? characterAt(least, mostBytes) : mostBytes)
}

/** A greatest value that is cut must become greater: its last character or byte that can goes up by one. */
function cutUp(greatest: Uint8Array, { order }: Physical, utf8: boolean): Uint8Array {
  if (order !== 'bytes' || greatest.length <= mostBytes) return greatest
  for (let end = utf8 ? characterAt(greatest, mostBytes) : mostBytes; end > 0; ) {
    const start = utf8 ? characterAt(greatest, end - 1) : end - 1
    const next = utf8 ? nextCharacter(greatest.subarray(start, end)) : nextByte(greatest[start] as number)
    if (next) return Buffer.concat([greatest.subarray(0, start), next])
    end = start
  }
  return greatest
}

const nextByte = (byte: number): Uint8Array | null => (byte < 255 ? Uint8Array.of(byte + 1) : null)

/** The character behind one; null where it would take more bytes, or there is none. */
function nextCharacter(character: Uint8Array): Uint8Array | null {
  const code = Buffer.from(character).toString().codePointAt(0) as number
  const surrogates = code + 1 >= 0xd800 && code + 1 <= 0xdfff
  if (code === 0x10ffff || surrogates) return null
  const next = Buffer.from(String.fromCodePoint(code + 1))
  return next.length === character.length ? next : null
}

/** The last place up to `at` where a character of UTF-8 begins. */
function characterAt(bytes: Uint8Array, at: number): number {
  while (at > 0 && ((bytes[at] as number) & 0xc0) === 0x80) at--
  return at
}
