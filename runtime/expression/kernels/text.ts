import {
  type Bits,
  bothValid,
  has,
  type Kernel,
  none,
  scratch,
  textEncoder,
  type Vector,
  type VectorOf,
} from '../vector.ts'

type Texts = VectorOf<'bytes'> | VectorOf<'texts'>

/** A kernel for `a + "text"`: with what follows it is put together at once. */
interface Ending extends Kernel {
  readonly ending?: { readonly start: Kernel; readonly text: string }
}

/** `a + b` of texts; `a + "-" + b` in one pass. */
export function concatKernel(first: Ending, second: Kernel): Ending {
  const { start, text } = first.ending ?? { start: first, text: '' }
  const added = second.constant?.value
  if (typeof added !== 'string') return joinKernel(start, text, second)
  const ending = { start, text: text + added }
  return Object.assign(joinKernel(start, ending.text, null), { ending })
}

function joinKernel(first: Kernel, text: string, second: Kernel | null): Kernel {
  const between = Buffer.from(text)
  const [valid, places, bytesOf] = [scratch(Uint8Array), scratch(Int32Array), scratch(Uint8Array)]
  const [encodeFirst, encodeSecond] = [textEncoder(), textEncoder()]
  return (frame) => {
    const [one, other] = [first(frame), second?.(frame)]
    if (one.form === 'none' || other?.form === 'none') return none
    const { rows } = frame
    const a = encodeFirst(one as Texts, rows)
    const b = other ? encodeSecond(other as Texts, rows) : null
    const offsets = places(rows + 1)
    const bytes = bytesOf(lengthOf(a, rows) + between.length * rows + (b ? lengthOf(b, rows) : 0) + 8)
    join(a, between, b, offsets, bytes, rows)
    return { form: 'bytes', offsets, bytes, valid: bothValid(a.valid, b ? b.valid : null, rows, valid) }
  }
}

type Bytes = VectorOf<'bytes'>

function join(a: Bytes, between: Uint8Array, b: Bytes | null, places: Int32Array, to: Uint8Array, rows: number): void {
  const [viewA, viewB, target] = [viewOf(a.bytes), viewOf((b ?? a).bytes), viewOf(to)]
  const { length } = between
  const word = Buffer.concat([between, Buffer.alloc(8)]).readBigInt64LE()
  let end = (places[0] = 0)
  for (let row = 0; row < rows; row++) {
    end = append(a.bytes, viewA, a.offsets[row] as number, a.offsets[row + 1] as number, to, target, end)
    if (length > 8) to.set(between, end)
    else target.setBigInt64(end, word, true)
    end += length
    if (b) end = append(b.bytes, viewB, b.offsets[row] as number, b.offsets[row + 1] as number, to, target, end)
    places[row + 1] = end
  }
}

/** Copies eight bytes at once: up to seven too many, which the next text is written over. */
function append(
  from: Uint8Array,
  source: DataView,
  start: number,
  end: number,
  to: Uint8Array,
  target: DataView,
  at: number,
): number {
  const shift = at - start
  if (end - start > 128 || end + 8 > from.length) to.set(from.subarray(start, end), at)
  else for (let i = start; i < end; i += 8) target.setBigInt64(i + shift, source.getBigInt64(i, true), true)
  return end + shift
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const lengthOf = ({ offsets }: VectorOf<'bytes'>, rows: number): number =>
  (offsets[rows] as number) - (offsets[0] as number)

function copy(from: VectorOf<'bytes'>, row: number, to: Uint8Array, at: number): number {
  const start = from.offsets[row] as number
  const end = from.offsets[row + 1] as number
  if (end - start > 32) {
    to.set(from.bytes.subarray(start, end), at)
    return at + end - start
  }
  for (let i = start; i < end; i++) to[at++] = from.bytes[i] as number
  return at
}

/** Takes each row's text from `a` where `pick` is 1, else from `b`. */
export function textSelector(): (rows: number, pick: Bits, a: Texts, b: Texts, valid: Bits) => Vector {
  const [places, bytesOf] = [scratch(Int32Array), scratch(Uint8Array)]
  const [encodeFirst, encodeSecond] = [textEncoder(), textEncoder()]
  return (rows, pick, one, other, valid) => {
    const [a, b] = [encodeFirst(one, rows), encodeSecond(other, rows)]
    const offsets = places(rows + 1)
    const bytes = bytesOf(lengthOf(a, rows) + lengthOf(b, rows))
    let end = (offsets[0] = 0)
    for (let row = 0; row < rows; row++) {
      if (has(valid, row)) end = copy(has(pick, row) ? a : b, row, bytes, end)
      offsets[row + 1] = end
    }
    return { form: 'bytes', offsets, bytes, valid }
  }
}

/** `lower` and `upper` of a batch that is all ASCII: the lengths stay. */
export function asciiCase(change: 'lower' | 'upper') {
  const [bytesOf, places] = [scratch(Uint8Array), scratch(Int32Array)]
  const other = Uint8Array.from({ length: 256 }, (_, byte) => {
    const letter = String.fromCharCode(byte)
    return byte < 128 ? (change === 'lower' ? letter.toLowerCase() : letter.toUpperCase()).charCodeAt(0) : byte
  })
  return (vector: Vector | undefined, rows: number): Vector | null => {
    if (vector?.form !== 'bytes') return null
    const [first, last] = [vector.offsets[0] as number, vector.offsets[rows] as number]
    const [bytes, offsets] = [bytesOf(last - first), places(rows + 1)]
    if (!translate(vector.bytes, first, last, other, bytes)) return null
    for (let row = 0; row <= rows; row++) offsets[row] = (vector.offsets[row] as number) - first
    return { form: 'bytes', offsets, bytes, valid: vector.valid }
  }
}

/** Puts another byte in the place of each; false where not all were ASCII. */
function translate(from: Uint8Array, start: number, end: number, other: Uint8Array, to: Uint8Array): boolean {
  let seen = 0
  for (let i = start; i < end; i++) {
    const byte = from[i] as number
    seen |= byte
    to[i - start] = other[byte] as number
  }
  return seen < 128
}
