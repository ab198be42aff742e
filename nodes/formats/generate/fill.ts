import { type Column, type Scope, setBit } from '@headrace/runtime/sdk'
import { normal, random, unit } from './hash.ts'
import { type Kind, kindType } from './kinds.ts'
import { texts } from './texts.ts'

/** Rows `first` to `first + rows` of a column, counted from 0. */
export function fill(scope: Scope, kind: Kind, seed: number, first: number, rows: number): Column {
  const base = {
    type: kindType(kind),
    length: rows,
    nulls: 0,
    validity: null,
    offsets: null,
    values: null,
    children: [],
  }
  switch (kind.kind) {
    case 'sequence':
      return { ...base, values: int64s(scope, rows, (row) => kind.from + first + row) }
    case 'int': {
      const count = kind.most - kind.least + 1
      return {
        ...base,
        values: int64s(scope, rows, (row) => kind.least + Math.floor(unit(seed, first + row, 0) * count)),
      }
    }
    case 'float':
      return {
        ...base,
        values: float64s(scope, rows, (row) => kind.least + unit(seed, first + row, 0) * (kind.most - kind.least)),
      }
    case 'normal':
      return {
        ...base,
        values: float64s(scope, rows, (row) => kind.mean + normal(seed, first + row, 0) * kind.deviation),
      }
    case 'bool': {
      const values = scope.bits(rows)
      for (let row = 0; row < rows; row++) if (unit(seed, first + row, 0) < kind.share) setBit(values, row)
      return { ...base, values }
    }
    case 'date': {
      const values = scope.allocate(Int32Array, rows)
      const count = kind.most - kind.least + 1
      for (let row = 0; row < rows; row++) values[row] = kind.least + Math.floor(unit(seed, first + row, 0) * count)
      return { ...base, values }
    }
    case 'timestamp': {
      // Whole milliseconds: microseconds since 1970 would be more than a double counts.
      const count = (kind.most - kind.least + 1) * 86_400_000
      const start = kind.least * 86_400_000
      return {
        ...base,
        values: int64s(scope, rows, (row) => (start + Math.floor(unit(seed, first + row, 0) * count)) * 1000),
      }
    }
    case 'vector':
      return { ...base, children: [vectors(scope, kind.size, seed, first, rows)] }
    case 'null':
      return withNulls(scope, fill(scope, kind.of, seed, first, rows), kind.share, seed, first)
    default:
      return { ...base, ...texts(scope, kind, seed, first, rows) }
  }
}

/** Whole numbers up to 2^53 as int64, written in halves: a BigInt a value would take five times as long. */
function int64s(scope: Scope, rows: number, value: (row: number) => number): BigInt64Array {
  const values = scope.allocate(BigInt64Array, rows)
  const halves = new Int32Array(values.buffer, values.byteOffset, rows * 2)
  for (let row = 0; row < rows; row++) {
    const number = value(row)
    halves[row * 2] = number | 0
    halves[row * 2 + 1] = Math.floor(number / 2 ** 32)
  }
  return values
}

function float64s(scope: Scope, rows: number, value: (row: number) => number): Float64Array {
  const values = scope.allocate(Float64Array, rows)
  for (let row = 0; row < rows; row++) values[row] = value(row)
  return values
}

/** Unit vectors of random direction, near enough: numbers from -1 to 1, scaled. */
function vectors(scope: Scope, size: number, seed: number, first: number, rows: number): Column {
  const values = scope.allocate(Float32Array, rows * size)
  for (let row = 0; row < rows; row++) {
    const start = row * size
    let squares = 0
    for (let i = 0; i < size; i++) {
      const value = random(seed, first + row, i) / 2 ** 31 - 1
      values[start + i] = value
      squares += value * value
    }
    const length = Math.sqrt(squares) || 1
    for (let i = start; i < start + size; i++) values[i] = (values[i] as number) / length
  }
  const type = { kind: 'float', bits: 32 } as const
  return { type, length: rows * size, nulls: 0, validity: null, offsets: null, values, children: [] }
}

const nullDraw = 0x7fffffff

function withNulls(scope: Scope, column: Column, share: number, seed: number, first: number): Column {
  const validity = scope.bits(column.length)
  let nulls = column.length
  for (let row = 0; row < column.length; row++) {
    const isNull = random(seed, first + row, nullDraw) / 2 ** 32 < share
    const wasNull = column.validity !== null && ((column.validity[row >> 3] as number) & (1 << (row & 7))) === 0
    if (isNull || wasNull) continue
    setBit(validity, row)
    nulls--
  }
  return { ...column, nulls, validity: nulls ? validity : null }
}
