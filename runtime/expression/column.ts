import type { ArrayType, TypedArray } from '../memory/index.ts'
import { type Column, columnOf, countBits, fromHalf, layout, type Scope } from '../memory/index.ts'
import type { ColumnType } from '../pipeline/types.ts'
import { type Bits, boxes, bytesFor, has, none, scratch, textEncoder, type Vector, type VectorOf } from './vector.ts'

/** Makes vectors of a type's columns: numbers as doubles, texts and bools as they lie there. */
export function columnReader(type: ColumnType): (column: Column) => Vector {
  switch (type.kind) {
    case 'null':
      return () => none
    case 'bool':
      return ({ values, validity }) => ({ form: 'bool', values: values as Uint8Array, valid: validity })
    case 'string':
    case 'binary':
      return ({ offsets, values, validity }) => ({
        form: 'bytes',
        offsets: offsets as Int32Array,
        bytes: (values ?? noBytes) as Uint8Array,
        valid: validity,
      })
    case 'date':
      return numberReader(type)
    case 'float':
      if (type.bits === 64)
        return ({ values, validity }) => ({ form: 'number', values: values as Float64Array, valid: validity })
      return numberReader(type)
    case 'int':
      return type.bits === 64 ? wholeReader(type.signed) : numberReader(type)
    case 'time':
    case 'timestamp':
      return wholeReader(true)
    default:
      return (column) => ({ form: 'column', column, valid: column.validity })
  }
}

/** For a column of no rows that has no buffers. */
const noBytes = new Uint8Array(0)

function numberReader(type: ColumnType): (column: Column) => Vector {
  const numbers = scratch(Float64Array)
  const half = type.kind === 'float' && type.bits === 16
  return ({ values, length, validity }) => {
    const out = numbers(length)
    const from = values as Float64Array
    if (half) for (let i = 0; i < length; i++) out[i] = fromHalf(from[i] as number)
    else out.set(from.length === length ? from : from.subarray(0, length))
    return { form: 'number', values: out, valid: validity }
  }
}

/** Reads 64-bit numbers by their halves, which makes no bigint, as long as all lie within 2^53. */
function wholeReader(signed: boolean): (column: Column) => Vector {
  const numbers = scratch(Float64Array)
  return ({ values, length, validity }) => {
    const big = values as BigInt64Array
    const out = numbers(length)
    const halves = new Int32Array(big.buffer, big.byteOffset, length * 2)
    const least = signed ? -(2 ** 21) : 0
    for (let i = 0; i < length; i++) {
      const high = halves[i * 2 + 1] as number
      if (high < least || high >= 2 ** 21) return { form: 'big', values: big, valid: validity }
      out[i] = high * 4_294_967_296 + ((halves[i * 2] as number) >>> 0)
    }
    return { form: 'number', values: out, valid: validity }
  }
}

/** Puts a vector into the scope's memory as a column; rows in `failed` become null. */
export function toColumn(
  vector: Vector,
  type: ColumnType,
  rows: number,
  scope: Scope,
  failed: ReadonlyMap<number, unknown>,
): Column {
  if (vector.form === 'none' || type.kind === 'null') return columnOf(scope, type, new Array(rows).fill(null))
  const { validity, nulls } = validityOf(vector.valid, rows, scope, failed)
  const base = { type, length: rows, nulls, validity, offsets: null, values: null, children: [] }
  switch (vector.form) {
    case 'column':
      return nulls === vector.column.nulls ? vector.column : { ...vector.column, validity, nulls }
    case 'bool': {
      const values = scope.bits(rows)
      values.set(vector.values.subarray(0, values.length))
      return { ...base, values }
    }
    case 'number':
      return { ...base, values: numbersOf(vector, type, rows, scope) }
    case 'texts':
      return { ...base, ...bytesColumn(textEncoder()(vector, rows), rows, scope) }
    case 'bytes':
      return { ...base, ...bytesColumn(vector, rows, scope) }
    default: {
      const box = boxes(vector, type, rows)
      return columnOf(
        scope,
        type,
        Array.from({ length: rows }, (_, row) => (has(validity, row) ? box(row) : null)),
      )
    }
  }
}

function validityOf(
  valid: Bits | null,
  rows: number,
  scope: Scope,
  failed: ReadonlyMap<number, unknown>,
): { validity: Uint8Array | null; nulls: number } {
  if (!valid && failed.size === 0) return { validity: null, nulls: 0 }
  const validity = scope.bits(rows)
  if (valid) validity.set(valid.subarray(0, bytesFor(rows)))
  else validity.fill(255)
  for (const row of failed.keys()) validity[row >> 3] = (validity[row >> 3] as number) & ~(1 << (row & 7))
  const nulls = rows - countBits(validity, rows)
  return nulls ? { validity, nulls } : { validity: null, nulls }
}

function numbersOf(vector: VectorOf<'number'>, type: ColumnType, rows: number, scope: Scope): TypedArray {
  const from = vector.values
  const values = scope.allocate(layout(type)?.array as unknown as ArrayType<TypedArray>, rows)
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const halves = new Int32Array(values.buffer, values.byteOffset, rows * 2)
    for (let i = 0; i < rows; i++) {
      const value = from[i] as number
      // The low half is taken modulo 2^32, as `| 0` does.
      halves[i * 2] = value | 0
      halves[i * 2 + 1] = Math.floor(value / 4_294_967_296)
    }
  } else {
    values.set(from.subarray(0, rows) as never)
  }
  return values
}

function bytesColumn(vector: VectorOf<'bytes'>, rows: number, scope: Scope) {
  const [first, last] = [vector.offsets[0] as number, vector.offsets[rows] as number]
  const offsets = scope.allocate(Int32Array, rows + 1)
  for (let row = 0; row <= rows; row++) offsets[row] = (vector.offsets[row] as number) - first
  const values = scope.allocate(Uint8Array, last - first)
  values.set(vector.bytes.subarray(first, last))
  return { offsets, values }
}
