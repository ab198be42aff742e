import { type ColumnType, sameType } from '../../pipeline/types.ts'
import { asInt64, convertMoment, convertValue } from '../convert.ts'
import { unitsPerDay } from '../textvalue.ts'
import { type Calculation, RowFailure, type Tree, type TreeOf } from '../tree.ts'
import {
  bothValid,
  boxes,
  type Frame,
  has,
  type Kernel,
  none,
  scratch,
  type Vector,
  type VectorOf,
  vectorFrom,
} from '../vector.ts'

/** Fills `out` with a operator b; one loop an operator, as a function called for each row would cost more than the row. */
function calculate(operator: Calculation, a: Float64Array, b: Float64Array, out: Float64Array, rows: number): void {
  switch (operator) {
    case '+':
      for (let i = 0; i < rows; i++) out[i] = (a[i] as number) + (b[i] as number)
      return
    case '-':
      for (let i = 0; i < rows; i++) out[i] = (a[i] as number) - (b[i] as number)
      return
    case '*':
      for (let i = 0; i < rows; i++) out[i] = (a[i] as number) * (b[i] as number)
      return
    case '/':
      for (let i = 0; i < rows; i++) out[i] = (a[i] as number) / (b[i] as number)
      return
    case '%':
      for (let i = 0; i < rows; i++) out[i] = (a[i] as number) % (b[i] as number)
      return
    default:
      for (let i = 0; i < rows; i++) out[i] = Math.trunc((a[i] as number) / (b[i] as number))
  }
}

/** True where all results are exact as doubles. Turns -0, which whole numbers do not have, into 0, up to one that is not. */
function exact(out: Float64Array, rows: number): boolean {
  for (let i = 0; i < rows; i++) {
    const value = (out[i] = (out[i] as number) + 0)
    // Written so that NaN does not fit.
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return false
  }
  return true
}

/** `+ - * / % div` of two doubles, or of two whole numbers within int64. */
export function arithmeticKernel(tree: TreeOf<'arithmetic'>, left: Kernel, right: Kernel): Kernel {
  const { operator } = tree
  const numbers = scratch(Float64Array)
  const valid = scratch(Uint8Array)
  const whole = tree.type.kind === 'int'
  const divides = operator === '%' || operator === 'div'
  return (frame) => {
    const [a, b] = [left(frame), right(frame)]
    if (a.form === 'none' || b.form === 'none') return none
    const { rows } = frame
    if (a.form === 'number' && b.form === 'number') {
      const out = numbers(rows)
      calculate(operator, a.values, b.values, out, rows)
      // A division by zero shows as an infinity or NaN, so that it, too, is looked into one row after the other.
      if (!whole || exact(out, rows))
        return { form: 'number', values: out, valid: bothValid(a.valid, b.valid, rows, valid) }
    }
    return wholeNumbers(frame, operator, divides, a, b)
  }
}

function wholeNumbers(frame: Frame, operator: Calculation, divides: boolean, a: Vector, b: Vector): Vector {
  const int64: ColumnType = { kind: 'int', bits: 64, signed: true }
  const [lefts, rights] = [boxes(a, int64, frame.rows), boxes(b, int64, frame.rows)]
  const bothThere = bothValid(validOf(a), validOf(b), frame.rows, () => new Uint8Array(frame.rows))
  const results = Array.from({ length: frame.rows }, (_, row) => {
    if (!has(bothThere, row) || !has(frame.active, row)) return null
    const [x, y] = [lefts(row) as bigint, rights(row) as bigint]
    const result = divides && y === 0n ? byZero(operator, x) : fitting(operator, x, y)
    if (!(result instanceof RowFailure)) return result
    frame.fail(row, result)
    return null
  })
  return vectorFrom(results, int64)
}

const validOf = (vector: Vector) => (vector.form === 'none' ? null : vector.valid)

function byZero(operator: Calculation, x: bigint): RowFailure {
  return new RowFailure('division-by-zero', `${operator === '%' ? `${x} % 0` : `div(${x}, 0)`} has no result`)
}

function fitting(operator: Calculation, x: bigint, y: bigint): bigint | RowFailure {
  const result = {
    '+': () => x + y,
    '-': () => x - y,
    '*': () => x * y,
    '%': () => x % y,
    div: () => x / y,
    '/': () => x / y,
  }[operator]()
  const fits = asInt64(result)
  if (!(fits instanceof RowFailure)) return fits
  const text = operator === 'div' ? `div(${x}, ${y})` : `${x} ${operator} ${y}`
  return new RowFailure('overflow', `${text} = ${result} does not fit into int64`)
}

/** `-x`. */
export function negateKernel(tree: Tree, value: Kernel): Kernel {
  const numbers = scratch(Float64Array)
  const whole = tree.type.kind === 'int'
  return (frame) => {
    const vector = value(frame)
    if (vector.form === 'number') {
      const out = numbers(frame.rows)
      // 0 - x has no -0, which whole numbers do not have and doubles do.
      if (whole) for (let i = 0; i < frame.rows; i++) out[i] = 0 - (vector.values[i] as number)
      else for (let i = 0; i < frame.rows; i++) out[i] = -(vector.values[i] as number)
      return { form: 'number', values: out, valid: vector.valid }
    }
    return eachRow(frame, vector, tree, (one) => asInt64(-(one as bigint)), tree.type)
  }
}

/** One value after the other, for what is rare. */
function eachRow(
  frame: Frame,
  vector: Vector,
  tree: Tree,
  work: (value: NonNullable<ReturnType<ReturnType<typeof boxes>>>) => ReturnType<ReturnType<typeof boxes>> | RowFailure,
  from: ColumnType,
): Vector {
  const box = boxes(vector, from, frame.rows)
  const results = Array.from({ length: frame.rows }, (_, row) => {
    const value = has(frame.active, row) ? box(row) : null
    const result = value === null ? null : work(value)
    if (!(result instanceof RowFailure)) return result
    frame.fail(row, result)
    return null
  })
  return vectorFrom(results, tree.type)
}

/** A value as another type: numbers as doubles, dates as timestamps, lists item by item. */
export function convertKernel(tree: TreeOf<'convert'>, value: Kernel): Kernel {
  const [from, to] = [tree.value.type, tree.type]
  const numbers = scratch(Float64Array)
  const moments = to.kind === 'timestamp' && from.kind !== 'null'
  const factor = moments ? Number(unitsPerDay(to)) / Number(unitsPerDay(from)) : 1
  return (frame) => {
    const vector = value(frame)
    if (vector.form === 'none' || sameType(from, to)) return vector
    if (to.kind === 'float' && vector.form === 'number') return vector
    if (to.kind === 'float' && vector.form === 'big') {
      const out = numbers(frame.rows)
      for (let i = 0; i < frame.rows; i++) out[i] = Number(vector.values[i])
      return { form: 'number', values: out, valid: vector.valid }
    }
    if (to.kind === 'int' && (vector.form === 'number' || from.kind !== 'int' || from.signed)) return vector
    if (moments && vector.form === 'number') {
      if (factor === 1) return vector
      const scaled = scale(vector, factor, numbers(frame.rows), frame.rows)
      if (scaled) return scaled
    }
    if (moments) return eachRow(frame, vector, tree, (one) => convertMoment(BigInt(one as bigint), from, to), from)
    return eachRow(frame, vector, tree, (one) => convertValue(one, from, to), from)
  }
}

function scale(
  { values, valid }: VectorOf<'number'>,
  factor: number,
  out: Float64Array,
  rows: number,
): VectorOf<'number'> | null {
  if (factor >= 1) for (let i = 0; i < rows; i++) out[i] = (values[i] as number) * factor
  else for (let i = 0; i < rows; i++) out[i] = Math.floor((values[i] as number) / Math.round(1 / factor))
  return exact(out, rows) ? { form: 'number', values: out, valid } : null
}
