import type { Tree } from '../tree.ts'
import {
  type Bits,
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
import { textSelector } from './text.ts'

/** `&&` and `||` with three values, eight rows at a time; what the left decides, the right cannot fail. */
export function logicKernel(op: 'and' | 'or', left: Kernel, right: Kernel): Kernel {
  const [values, valid, active] = [scratch(Uint8Array), scratch(Uint8Array), scratch(Uint8Array)]
  const asLeft = asBits()
  const asRight = asBits()
  // `||` is `&&` with both sides and the result turned round.
  const turn = op === 'or' ? 255 : 0
  return (frame) => {
    const bytes = bytesFor(frame.rows)
    const a = asLeft(left(frame), bytes)
    const open = active(bytes)
    for (let i = 0; i < bytes; i++) {
      const decided = ~((a.values[i] as number) ^ turn) & (a.valid ? (a.valid[i] as number) : 255)
      open[i] = ~decided & (frame.active ? (frame.active[i] as number) : 255)
    }
    const b = asRight(within(frame, open, right), bytes)
    const [out, outValid] = [values(bytes), valid(bytes)]
    for (let i = 0; i < bytes; i++) {
      const aHas = a.valid ? (a.valid[i] as number) : 255
      const bHas = b.valid ? (b.valid[i] as number) : 255
      const aIs = (a.values[i] as number) ^ turn
      const bIs = (b.values[i] as number) ^ turn
      const both = aIs & aHas & bIs & bHas
      const either = (~aIs & aHas) | (~bIs & bHas)
      out[i] = both ^ turn
      outValid[i] = both | either
    }
    return { form: 'bool', values: out, valid: a.valid || b.valid ? outValid : null }
  }
}

/** Runs a kernel where only the `open` rows count. */
function within(frame: Frame, open: Bits | null, kernel: Kernel): Vector {
  const before = frame.active
  frame.active = open
  const vector = kernel(frame)
  frame.active = before
  return vector
}

function asBits(): (vector: Vector, bytes: number) => { values: Bits; valid: Bits | null } {
  const zeros = scratch(Uint8Array)
  return (vector, bytes) => {
    if (vector.form === 'bool') return vector
    const nothing = zeros(bytes)
    return { values: nothing, valid: nothing }
  }
}

/** `!`. */
export function notKernel(value: Kernel): Kernel {
  const bits = scratch(Uint8Array)
  return (frame) => {
    const vector = value(frame)
    if (vector.form !== 'bool') return none
    const bytes = bytesFor(frame.rows)
    const out = bits(bytes)
    for (let i = 0; i < bytes; i++) out[i] = ~(vector.values[i] as number)
    return { form: 'bool', values: out, valid: vector.valid }
  }
}

/** `x == null`. */
export function isNullKernel(value: Kernel): Kernel {
  const bits = scratch(Uint8Array)
  return (frame) => {
    const vector = value(frame)
    const bytes = bytesFor(frame.rows)
    const out = bits(bytes)
    const valid = vector.form === 'none' ? null : vector.valid
    if (!valid) out.fill(vector.form === 'none' ? 255 : 0, 0, bytes)
    else for (let i = 0; i < bytes; i++) out[i] = ~(valid[i] as number)
    return { form: 'bool', values: out, valid: null }
  }
}

/** `c ? a : b`: a null condition gives null. */
export function chooseKernel(tree: Tree, condition: Kernel, yes: Kernel, no: Kernel): Kernel {
  const [open, closed, pick] = [scratch(Uint8Array), scratch(Uint8Array), scratch(Uint8Array)]
  const bitsOf = asBits()
  const select = selector(tree)
  return (frame) => {
    const bytes = bytesFor(frame.rows)
    const asked = bitsOf(condition(frame), bytes)
    const [forYes, forNo, picked] = [open(bytes), closed(bytes), pick(bytes)]
    for (let i = 0; i < bytes; i++) {
      const known = asked.valid ? (asked.valid[i] as number) : 255
      const active = known & (frame.active ? (frame.active[i] as number) : 255)
      picked[i] = asked.values[i] as number
      forYes[i] = active & (asked.values[i] as number)
      forNo[i] = active & ~(asked.values[i] as number)
    }
    const known = asked.valid
    const a = within(frame, forYes, yes)
    const b = within(frame, forNo, no)
    return select(frame.rows, picked, a, b, known)
  }
}

/** The first value that is not null; later ones are worked out where the ones before are null. */
export function coalesceKernel(tree: Tree, values: readonly Kernel[]): Kernel {
  const selects = values.map(() => ({ select: selector(tree), open: scratch(Uint8Array), pick: scratch(Uint8Array) }))
  return (frame) => {
    let vector = (values[0] as Kernel)(frame)
    for (let n = 1; n < values.length; n++) {
      if (vector.form !== 'none' && vector.valid === null) return vector
      const { select, open, pick } = selects[n] as (typeof selects)[number]
      const bytes = bytesFor(frame.rows)
      const [rest, picked] = [open(bytes), pick(bytes)]
      for (let i = 0; i < bytes; i++) {
        picked[i] = vector.form === 'none' ? 0 : (vector.valid?.[i] as number)
        rest[i] = ~(picked[i] as number) & (frame.active ? (frame.active[i] as number) : 255)
      }
      vector = select(frame.rows, picked, vector, within(frame, rest, values[n] as Kernel), null)
    }
    return vector
  }
}

/** Takes each row from `a` where `pick` is 1, else from `b`; no value where `known` is 0. */
function selector(tree: Tree) {
  const [valid, numbers, bits] = [scratch(Uint8Array), scratch(Float64Array), scratch(Uint8Array)]
  const texts = textSelector()
  return (rows: number, pick: Bits, a: Vector, b: Vector, known: Bits | null): Vector => {
    const bytes = bytesFor(rows)
    const outValid = valid(bytes)
    for (let i = 0; i < bytes; i++) {
      const fromA = (pick[i] as number) & validByte(a, i)
      const fromB = ~(pick[i] as number) & validByte(b, i)
      outValid[i] = (fromA | fromB) & (known ? (known[i] as number) : 255)
    }
    if (a.form === 'number' && b.form === 'number') {
      const out = numbers(rows)
      for (let row = 0; row < rows; row++) {
        const from = ((pick[row >> 3] as number) >> (row & 7)) & 1 ? a.values : b.values
        out[row] = from[row] as number
      }
      return { form: 'number', values: out, valid: outValid }
    }
    if (a.form === 'bool' && b.form === 'bool') {
      const out = bits(bytes)
      for (let i = 0; i < bytes; i++)
        out[i] = ((a.values[i] as number) & (pick[i] as number)) | ((b.values[i] as number) & ~(pick[i] as number))
      return { form: 'bool', values: out, valid: outValid }
    }
    if (tree.type.kind === 'string' && a.form !== 'none' && b.form !== 'none')
      return texts(rows, pick, a as VectorOf<'texts'>, b as VectorOf<'texts'>, outValid)
    const [yes, no] = [boxes(a, tree.type, rows), boxes(b, tree.type, rows)]
    const chosen = Array.from({ length: rows }, (_, row) =>
      has(outValid, row) ? (has(pick, row) ? yes(row) : no(row)) : null,
    )
    return vectorFrom(chosen, tree.type)
  }
}

const validByte = (vector: Vector, at: number): number =>
  vector.form === 'none' ? 0 : vector.valid ? (vector.valid[at] as number) : 255
