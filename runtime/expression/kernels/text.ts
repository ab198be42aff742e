import {
  type Bits,
  bothValid,
  has,
  isAscii,
  type Kernel,
  none,
  scratch,
  textEncoder,
  type Vector,
  type VectorOf,
} from '../vector.ts'

type Texts = VectorOf<'bytes'> | VectorOf<'texts'>

/** `a + b` of texts, byte by byte. */
export function concatKernel(first: Kernel, second: Kernel): Kernel {
  const [valid, places] = [scratch(Uint8Array), scratch(Int32Array)]
  const bytesOf = scratch(Uint8Array)
  const [encodeFirst, encodeSecond] = [textEncoder(), textEncoder()]
  return (frame) => {
    const [one, other] = [first(frame), second(frame)]
    if (one.form === 'none' || other.form === 'none') return none
    const { rows } = frame
    const [a, b] = [encodeFirst(one as Texts, rows), encodeSecond(other as Texts, rows)]
    const offsets = places(rows + 1)
    const bytes = bytesOf(lengthOf(a, rows) + lengthOf(b, rows))
    let end = (offsets[0] = 0)
    for (let row = 0; row < rows; row++) {
      end = copy(a, row, bytes, end)
      end = copy(b, row, bytes, end)
      offsets[row + 1] = end
    }
    return { form: 'bytes', offsets, bytes, valid: bothValid(one.valid, other.valid, rows, valid) }
  }
}

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
  const [least, most] = change === 'lower' ? [65, 90] : [97, 122]
  return (vector: Vector | undefined, rows: number): Vector | null => {
    if (vector?.form !== 'bytes') return null
    const [first, last] = [vector.offsets[0] as number, vector.offsets[rows] as number]
    if (!isAscii(vector.bytes, first, last)) return null
    const [bytes, offsets] = [bytesOf(last - first), places(rows + 1)]
    for (let i = first; i < last; i++) {
      const byte = vector.bytes[i] as number
      bytes[i - first] = byte >= least && byte <= most ? byte ^ 32 : byte
    }
    for (let row = 0; row <= rows; row++) offsets[row] = (vector.offsets[row] as number) - first
    return { form: 'bytes', offsets, bytes, valid: vector.valid }
  }
}
