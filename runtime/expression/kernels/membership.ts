import { setBit } from '../../memory/index.ts'
import type { ColumnType } from '../../pipeline/types.ts'
import type { TreeOf, Value } from '../tree.ts'
import {
  type Bits,
  boxes,
  bytesFor,
  has,
  type Kernel,
  none,
  scratch,
  textsOf,
  type Vector,
  vectorFrom,
} from '../vector.ts'
import { anyFinder } from './needles.ts'

/** `item in list`: null where it is not found and the list has a null. */
export function inKernel(tree: TreeOf<'in'>, item: Kernel, list: Kernel): Kernel {
  const items = list.constant?.value as readonly Value[] | null | undefined
  return items ? inConstants(tree.item.type, item, items) : inLists(tree, item, list)
}

function inConstants(type: ColumnType, item: Kernel, items: readonly Value[]): Kernel {
  const [bits, valid] = [scratch(Uint8Array), scratch(Uint8Array)]
  const known = items.filter((one) => one !== null && !Number.isNaN(one))
  const find = finder(type, known)
  const unsure = items.includes(null)
  return (frame) => {
    const vector = item(frame)
    if (vector.form === 'none') return none
    const bytes = bytesFor(frame.rows)
    const out = bits(bytes).fill(0, 0, bytes)
    find(vector, out, frame.rows)
    if (!unsure) return { form: 'bool', values: out, valid: vector.valid }
    const found = valid(bytes)
    for (let i = 0; i < bytes; i++) found[i] = (out[i] as number) & (vector.valid ? (vector.valid[i] as number) : 255)
    return { form: 'bool', values: out, valid: found }
  }
}

function finder(type: ColumnType, known: readonly Value[]): (vector: Vector, out: Bits, rows: number) => void {
  const whole = type.kind === 'int' || type.kind === 'time' || type.kind === 'timestamp'
  const numbers = new Set(known.map((one) => (typeof one === 'bigint' ? Number(one) : one)) as number[])
  const values = new Set(type.kind === 'binary' ? known.map(keyOf) : known)
  const findText = type.kind === 'string' ? anyFinder(Array.from(values, (one) => Buffer.from(one as string))) : null
  return (vector, out, rows) => {
    if (vector.form === 'number') {
      const { values: given } = vector
      if (numbers.size <= 16) for (const wanted of numbers) addNumber(given, wanted, out, rows)
      else for (let row = 0; row < rows; row++) if (numbers.has(given[row] as number)) setBit(out, row)
    } else if (vector.form === 'bytes' && findText) {
      findText(vector, out, rows)
    } else if (type.kind === 'string' && (vector.form === 'bytes' || vector.form === 'texts')) {
      const texts = textsOf(vector, rows)
      for (let row = 0; row < rows; row++) if (values.has(texts[row] as string)) setBit(out, row)
    } else {
      const box = boxes(vector, whole ? { kind: 'int', bits: 64, signed: true } : type, rows)
      for (let row = 0; row < rows; row++) {
        const value = box(row)
        if (value !== null && values.has(keyOf(value))) setBit(out, row)
      }
    }
  }
}

/** Sets the bits of the rows that have this number: a pass for each of a few costs less than a look-up in a set. */
function addNumber(values: Float64Array, wanted: number, out: Bits, rows: number): void {
  const whole = rows & ~7
  for (let i = 0; i < whole; i += 8) {
    out[i >> 3] =
      (out[i >> 3] as number) |
      +(values[i] === wanted) |
      (+(values[i + 1] === wanted) << 1) |
      (+(values[i + 2] === wanted) << 2) |
      (+(values[i + 3] === wanted) << 3) |
      (+(values[i + 4] === wanted) << 4) |
      (+(values[i + 5] === wanted) << 5) |
      (+(values[i + 6] === wanted) << 6) |
      (+(values[i + 7] === wanted) << 7)
  }
  for (let row = whole; row < rows; row++) if (values[row] === wanted) setBit(out, row)
}

const keyOf = (value: Value): Value => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)

function inLists(tree: TreeOf<'in'>, item: Kernel, list: Kernel): Kernel {
  return (frame) => {
    const [one, all] = [item(frame), list(frame)]
    if (one.form === 'none' || all.form === 'none') return none
    const [value, items] = [boxes(one, tree.item.type, frame.rows), boxes(all, tree.list.type, frame.rows)]
    const found = Array.from({ length: frame.rows }, (_, row) => {
      const [wanted, given] = has(frame.active, row) ? [value(row), items(row)] : [null, null]
      if (wanted === null || given === null) return null
      const key = keyOf(wanted)
      if ((given as Value[]).some((other) => keyOf(other) === key)) return true
      return (given as Value[]).includes(null) ? null : false
    })
    return vectorFrom(found, tree.type)
  }
}
