import type { Comparison, TreeOf } from '../tree.ts'
import type { VectorOf } from '../vector.ts'
import { type Bits, bothValid, boxes, bytesFor, type Kernel, none, scratch, textsOf, type Vector } from '../vector.ts'
import { oneFinder } from './needles.ts'

/** `a < b` and its like. `>` and `>=` are `<` and `<=` with the sides changed, `!=` is `==` turned round. */
export function compareKernel(tree: TreeOf<'compare'>, first: Kernel, second: Kernel): Kernel {
  const { operator } = tree
  const swapped = operator === '>' || operator === '>='
  const [bits, valid] = [scratch(Uint8Array), scratch(Uint8Array)]
  const text = textComparer(tree, first, second)
  return (frame) => {
    const [a, b] = [first(frame), second(frame)]
    if (a.form === 'none' || b.form === 'none') return none
    const { rows } = frame
    const there = bothValid(a.valid, b.valid, rows, valid)
    const out = bits(bytesFor(rows))
    const [left, right] = swapped ? [b, a] : [a, b]
    if (left.form === 'number' && right.form === 'number') numbers(operator, left.values, right.values, out, rows)
    else if (left.form === 'bool' && right.form === 'bool') bools(operator, left.values, right.values, out, rows)
    else if (!text(a, b, out, rows)) others(tree, left, right, out, rows)
    if (operator === '!=') for (let i = 0; i < bytesFor(rows); i++) out[i] = ~(out[i] as number)
    return { form: 'bool', values: out, valid: there }
  }
}

/** Eight comparisons make a byte; the loop writes each byte once. */
function numbers(operator: Comparison, a: Float64Array, b: Float64Array, out: Bits, rows: number): void {
  const whole = rows & ~7
  let i = 0
  if (operator === '==' || operator === '!=') {
    for (; i < whole; i += 8) {
      out[i >> 3] =
        +(a[i] === b[i]) |
        (+(a[i + 1] === b[i + 1]) << 1) |
        (+(a[i + 2] === b[i + 2]) << 2) |
        (+(a[i + 3] === b[i + 3]) << 3) |
        (+(a[i + 4] === b[i + 4]) << 4) |
        (+(a[i + 5] === b[i + 5]) << 5) |
        (+(a[i + 6] === b[i + 6]) << 6) |
        (+(a[i + 7] === b[i + 7]) << 7)
    }
  } else if (operator === '<' || operator === '>') {
    for (; i < whole; i += 8) {
      out[i >> 3] =
        +((a[i] as number) < (b[i] as number)) |
        (+((a[i + 1] as number) < (b[i + 1] as number)) << 1) |
        (+((a[i + 2] as number) < (b[i + 2] as number)) << 2) |
        (+((a[i + 3] as number) < (b[i + 3] as number)) << 3) |
        (+((a[i + 4] as number) < (b[i + 4] as number)) << 4) |
        (+((a[i + 5] as number) < (b[i + 5] as number)) << 5) |
        (+((a[i + 6] as number) < (b[i + 6] as number)) << 6) |
        (+((a[i + 7] as number) < (b[i + 7] as number)) << 7)
    }
  } else {
    for (; i < whole; i += 8) {
      out[i >> 3] =
        +((a[i] as number) <= (b[i] as number)) |
        (+((a[i + 1] as number) <= (b[i + 1] as number)) << 1) |
        (+((a[i + 2] as number) <= (b[i + 2] as number)) << 2) |
        (+((a[i + 3] as number) <= (b[i + 3] as number)) << 3) |
        (+((a[i + 4] as number) <= (b[i + 4] as number)) << 4) |
        (+((a[i + 5] as number) <= (b[i + 5] as number)) << 5) |
        (+((a[i + 6] as number) <= (b[i + 6] as number)) << 6) |
        (+((a[i + 7] as number) <= (b[i + 7] as number)) << 7)
    }
  }
  tail(operator, a, b, out, i, rows)
}

function tail(
  operator: Comparison,
  a: ArrayLike<number | bigint | boolean>,
  b: ArrayLike<number | bigint | boolean>,
  out: Bits,
  from: number,
  rows: number,
): void {
  if (from < rows) out[from >> 3] = 0
  for (let i = from; i < rows; i++) {
    if ((i & 7) === 0) out[i >> 3] = 0
    const x = a[i] as number
    const y = b[i] as number
    const holds =
      operator === '==' || operator === '!=' ? x === y : operator === '<' || operator === '>' ? x < y : x <= y
    if (holds) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7))
  }
}

function bools(operator: Comparison, a: Bits, b: Bits, out: Bits, rows: number): void {
  for (let i = 0; i < bytesFor(rows); i++) {
    const x = a[i] as number
    const y = b[i] as number
    out[i] = operator === '==' || operator === '!=' ? ~(x ^ y) : operator === '<' || operator === '>' ? ~x & y : ~x | y
  }
}

/** Large whole numbers, and bytes: one after the other. */
function others(tree: TreeOf<'compare'>, left: Vector, right: Vector, out: Bits, rows: number): void {
  const int64 = { kind: 'int', bits: 64, signed: true } as const
  const binary = tree.left.type.kind === 'binary'
  const [a, b] = [left, right].map((vector) => boxes(vector, binary ? tree.left.type : int64, rows))
  const order = (x: unknown, y: unknown): number => {
    if (x === null || y === null) return 0
    if (binary) return Buffer.compare(x as Uint8Array, y as Uint8Array)
    return (x as bigint) < (y as bigint) ? -1 : x === y ? 0 : 1
  }
  const orders = Array.from({ length: rows }, (_, row) => order(a?.(row), b?.(row)))
  tail(tree.operator, orders, new Array(rows).fill(0), out, 0, rows)
}

/** Texts as bytes where both lie there as bytes: UTF-8's order is that of code points. */
function textComparer(tree: TreeOf<'compare'>, first: Kernel, second: Kernel) {
  const equality = tree.operator === '==' || tree.operator === '!='
  const finder = ({ constant }: Kernel) =>
    equality && typeof constant?.value === 'string' ? oneFinder(Buffer.from(constant.value), 'whole') : null
  const [isFirst, isSecond] = [finder(first), finder(second)]
  return (a: Vector, b: Vector, out: Bits, rows: number): boolean => {
    if (tree.left.type.kind !== 'string') return false
    out.fill(0, 0, bytesFor(rows))
    if (isSecond && a.form === 'bytes') isSecond(a, out, rows)
    else if (isFirst && b.form === 'bytes') isFirst(b, out, rows)
    else if (a.form === 'bytes' && b.form === 'bytes') bytewise(tree.operator, a, b, out, rows)
    else texts(tree.operator, textsOf(a as VectorOf<'texts'>, rows), textsOf(b as VectorOf<'texts'>, rows), out, rows)
    return true
  }
}

const accepts = (operator: Comparison, order: number): boolean => {
  switch (operator) {
    case '==':
    case '!=':
      return order === 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}

function bytewise(operator: Comparison, a: VectorOf<'bytes'>, b: VectorOf<'bytes'>, out: Bits, rows: number): void {
  for (let row = 0; row < rows; row++) {
    let x = a.offsets[row] as number
    let y = b.offsets[row] as number
    const xEnd = a.offsets[row + 1] as number
    const yEnd = b.offsets[row + 1] as number
    while (x < xEnd && y < yEnd && a.bytes[x] === b.bytes[y]) {
      x++
      y++
    }
    const order = x < xEnd && y < yEnd ? (a.bytes[x] as number) - (b.bytes[y] as number) : xEnd - x - (yEnd - y)
    if (accepts(operator, order)) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7))
  }
}

function texts(operator: Comparison, a: readonly string[], b: readonly string[], out: Bits, rows: number): void {
  for (let row = 0; row < rows; row++) {
    if (accepts(operator, codePointOrder(a[row] as string, b[row] as string)))
      out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7))
  }
}

/** The order of two texts by code points; JavaScript's own is by UTF-16 units, where U+FFFD lies behind U+1F600. */
function codePointOrder(a: string, b: string): number {
  if (a === b) return 0
  let i = 0
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++
  if (i === a.length || i === b.length) return a.length - b.length
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
  const surrogate = (unit: number) => (unit & 0xf800) === 0xd800
  return surrogate(x) === surrogate(y) ? x - y : surrogate(x) ? 1 : -1
}
