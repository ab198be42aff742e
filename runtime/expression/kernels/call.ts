import type { Column } from '../../memory/index.ts'
import { partOfDay, unitsPerSecond } from '../../time/calendar.ts'
import { roundTo } from '../functions/numbers.ts'
import { RowFailure, type Tree, type TreeOf, type Value } from '../tree.ts'
import {
  boxes,
  bytesFor,
  type Frame,
  has,
  type Kernel,
  none,
  scratch,
  type Vector,
  type VectorOf,
  vectorFrom,
} from '../vector.ts'
import { oneFinder } from './needles.ts'
import { asciiCase } from './text.ts'

/** A function row by row, or by a faster way for the forms that have one. */
export function callKernel(tree: TreeOf<'call'>, args: readonly Kernel[]): Kernel {
  const fast = shortcuts[tree.called.name]?.(tree, args)
  return (frame) => {
    const vectors = args.map((arg) => arg(frame))
    if (vectors.some((vector) => vector.form === 'none')) return none
    return fast?.(vectors, frame) ?? rowByRow(tree, vectors, frame)
  }
}

function rowByRow(tree: TreeOf<'call'>, vectors: readonly Vector[], frame: Frame): Vector {
  const types = tree.args.map((arg) => arg.type)
  const context = { types, now: frame.now }
  const all = vectors.map((vector, i) => boxes(vector, types[i] as Tree['type'], frame.rows))
  const given: Exclude<Value, null>[] = new Array(all.length)
  const rows: Value[] = new Array(frame.rows).fill(null)
  for (let row = 0; row < frame.rows; row++) {
    if (!has(frame.active, row)) continue
    let there = true
    for (let i = 0; i < all.length; i++) {
      const value = (all[i] as (row: number) => Value)(row)
      if (value === null) there = false
      else given[i] = value
    }
    const result = there ? (tree.called.value?.(given, context) ?? null) : null
    if (result instanceof RowFailure) frame.fail(row, result)
    else rows[row] = result
  }
  return vectorFrom(rows, tree.type)
}

/** Gives null where the vectors' forms are others than it knows. */
type Shortcut = (vectors: readonly Vector[], frame: Frame) => Vector | null

const shortcuts: Readonly<Record<string, (tree: TreeOf<'call'>, args: readonly Kernel[]) => Shortcut | null>> = {
  startsWith: (_, args) => search(args, 'start'),
  endsWith: (_, args) => search(args, 'end'),
  contains: (_, args) => search(args, 'anywhere'),
  size: sizes,
  string: wholeTexts,
  lower: () => {
    const change = asciiCase('lower')
    return ([vector], { rows }) => change(vector, rows)
  },
  upper: () => {
    const change = asciiCase('upper')
    return ([vector], { rows }) => change(vector, rows)
  },
  year: dateParts('year'),
  month: dateParts('month'),
  day: dateParts('day'),
  abs: doubles(Math.abs),
  floor: doubles(Math.floor),
  ceil: doubles(Math.ceil),
  round: (tree, args) => {
    const digits = args[1] ? Number(args[1].constant?.value) : 0
    return doubles((value) => roundTo(value, digits))(tree)
  },
}

function doubles(rule: (value: number) => number) {
  return (tree: TreeOf<'call'>): Shortcut | null => {
    const numbers = scratch(Float64Array)
    if (tree.args[0]?.type.kind === 'decimal') return null
    return ([vector], { rows }) => {
      if (vector?.form !== 'number') return null
      const out = numbers(rows)
      for (let i = 0; i < rows; i++) out[i] = rule(vector.values[i] as number)
      return { form: 'number', values: out, valid: vector.valid }
    }
  }
}

function dateParts(part: 'year' | 'month' | 'day') {
  return (tree: TreeOf<'call'>): Shortcut | null => {
    const numbers = scratch(Float64Array)
    const type = tree.args[0]?.type
    const local = type?.kind === 'timestamp' && type.zone !== null && type.zone !== 'UTC'
    if (local || (type?.kind !== 'date' && type?.kind !== 'timestamp')) return null
    const perDay = type.kind === 'date' ? 1 : 86_400 * unitsPerSecond[type.unit]
    return ([vector], { rows }) => {
      if (vector?.form !== 'number') return null
      const out = numbers(rows)
      for (let i = 0; i < rows; i++) out[i] = partOfDay(Math.floor((vector.values[i] as number) / perDay), part)
      return { form: 'number', values: out, valid: vector.valid }
    }
  }
}

/** Numbers as text without a bigint between. */
function wholeTexts(tree: TreeOf<'call'>): Shortcut | null {
  const kind = tree.args[0]?.type.kind
  if (kind !== 'int' && kind !== 'float') return null
  return ([vector], { rows }) => {
    if (vector?.form !== 'number') return null
    const texts = Array.from({ length: rows }, (_, row) => String((vector.values[row] as number) + 0))
    return { form: 'texts', values: texts, valid: vector.valid }
  }
}

function sizes(): Shortcut {
  const numbers = scratch(Float64Array)
  return ([vector], { rows }) => {
    const out = numbers(rows)
    if (vector?.form === 'bytes')
      return { form: 'number', values: sizesOfBytes(vector, out, rows), valid: vector.valid }
    if (vector?.form !== 'column') return null
    const { type, offsets } = vector.column as Column
    for (let row = 0; row < rows; row++)
      out[row] = type.kind === 'fixed' ? type.size : (offsets?.[row + 1] as number) - (offsets?.[row] as number)
    return { form: 'number', values: out, valid: vector.valid }
  }
}

function sizesOfBytes(vector: VectorOf<'bytes'>, out: Float64Array, rows: number): Float64Array {
  const { offsets, bytes } = vector
  for (let row = 0; row < rows; row++) {
    let count = 0
    // Every byte but those that continue a character begins one.
    for (let i = offsets[row] as number; i < (offsets[row + 1] as number); i++)
      if (((bytes[i] as number) & 0xc0) !== 0x80) count++
    out[row] = count
  }
  return out
}

/** Looks for a text that is written out in the expression among the bytes of all rows, without decoding one. */
function search(args: readonly Kernel[], where: 'start' | 'end' | 'anywhere'): Shortcut | null {
  const part = args[1]?.constant?.value
  if (typeof part !== 'string') return null
  const needle = Buffer.from(part)
  const atStart = oneFinder(needle, 'start')
  const bits = scratch(Uint8Array)
  return ([vector], { rows }) => {
    if (vector?.form !== 'bytes') return null
    const out = bits(bytesFor(rows)).fill(0, 0, bytesFor(rows))
    if (where === 'start') atStart(vector, out, rows)
    else if (where === 'end') findAtEnd(vector, needle, out, rows)
    else findAnywhere(vector, needle, out, rows)
    return { form: 'bool', values: out, valid: vector.valid }
  }
}

function findAtEnd({ offsets, bytes }: VectorOf<'bytes'>, needle: Uint8Array, out: Uint8Array, rows: number): void {
  const { length } = needle
  for (let row = 0; row < rows; row++) {
    const end = offsets[row + 1] as number
    if (end - (offsets[row] as number) < length) continue
    let same = 0
    while (same < length && bytes[end - length + same] === needle[same]) same++
    if (same === length) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7))
  }
}

function findAnywhere({ offsets, bytes }: VectorOf<'bytes'>, needle: Buffer, out: Uint8Array, rows: number): void {
  if (needle.length === 0) {
    out.fill(255, 0, bytesFor(rows))
    return
  }
  // A search by the library costs 150 ns a find, whatever the text's length: short texts are searched here.
  if (rows && ((offsets[rows] as number) - (offsets[0] as number)) / rows < 48) {
    findInShort(offsets, bytes, needle, out, rows)
    return
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const last = rows ? (offsets[rows] as number) : 0
  let at = rows ? text.indexOf(needle, offsets[0]) : -1
  let row = 0
  while (at >= 0 && at + needle.length <= last) {
    while ((offsets[row + 1] as number) <= at) row++
    const inside = at + needle.length <= (offsets[row + 1] as number)
    if (inside) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7))
    // One find is enough for a row; one across two rows is none.
    at = text.indexOf(needle, inside ? offsets[row + 1] : at + 1)
  }
}

function findInShort(offsets: Int32Array, bytes: Uint8Array, needle: Uint8Array, out: Uint8Array, rows: number): void {
  const { length } = needle
  const first = needle[0]
  for (let row = 0; row < rows; row++) {
    const last = (offsets[row + 1] as number) - length
    for (let start = offsets[row] as number; start <= last; start++) {
      if (bytes[start] !== first) continue
      let same = 1
      while (same < length && bytes[start + same] === needle[same]) same++
      if (same < length) continue
      out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7))
      break
    }
  }
}
