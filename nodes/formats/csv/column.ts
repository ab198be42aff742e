import { type ArrayType, layout, type TypedArray } from '@headrace/runtime/sdk'
import { unitsPerSecond } from '@headrace/runtime/time'
import type { Kernels } from '../simd/kernels.ts'
import { type Cells, NullRows, nullColumn, nullTest, type ReadColumn } from './cells.ts'
import type { ColumnPlan, Dialect } from './dialect.ts'
import { fillDates, fillMoments } from './moments.ts'
import { fillBooleans, fillDecimals, fillFloats, fillIntegers } from './numbers.ts'
import { ungroup } from './scan.ts'
import { binaryReader, highBytes, stringReader } from './strings.ts'

/** Where the values of a column's rows are, without the blanks around them; an end of -1 is a null. */
export interface Spans {
  bytes: Uint8Array
  starts: Int32Array
  ends: Int32Array
}

/**
 * Reads the values of rows 0 to `rows` into an array of zeros; `fail` gets each row whose text is no value. Each type has
 * a loop of its own, so that the engine can inline what it calls: a shared loop with a callback took three times as long.
 */
export type Fill = (spans: Spans, rows: number, values: TypedArray, fail: (row: number) => void) => void

/** How a column is read, made once for a split. In columns that are not text a quoted null counts as well. */
export function columnReader(plan: ColumnPlan, dialect: Dialect): ReadColumn {
  const { type } = plan
  if (type.kind === 'string') return stringReader(dialect)
  if (type.kind === 'binary') return binaryReader(dialect)
  const fill = fillFor(plan, dialect)
  const kernel = kernelFor(plan, dialect)
  const isNull = nullTest(dialect.nulls)
  const { array, perRow } = layout(type) as { array: ArrayType<TypedArray>; perRow: number }
  return (cells, place, scope, fail) => {
    const { bytes, rows, memory } = cells
    if (place < 0) return nullColumn(type, rows, scope)
    const values = perRow ? scope.allocate(array, rows * perRow) : scope.allocate(Uint8Array, (rows + 7) >> 3)
    // Nulls have a value too; it is always 0.
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).fill(0)
    const column = { type, length: rows, offsets: null, values, children: [] }
    if (!memory || !kernel) {
      const { spans, nulls } = trimmed(cells, place, isNull)
      fill(spans, rows, values, fail)
      return { ...column, ...nulls.finish(scope) }
    }
    memory.begin(place, rows, values.byteLength)
    kernel(memory.kernels)
    values.set(memory.values(perRow ? array : Uint8Array, values.length) as never)
    if (memory.kernels.left.value > 0) fill({ bytes, ...memory.spans }, rows, values, fail)
    return { ...column, ...memory.nulls(rows, scope) }
  }
}

/** Finds a column's values and its nulls. */
function trimmed({ bytes, fields, width, rows }: Cells, place: number, isNull: ReturnType<typeof nullTest>) {
  const spans: Spans = { bytes, starts: new Int32Array(rows), ends: new Int32Array(rows) }
  const nulls = new NullRows(rows)
  for (let row = 0, at = place * 2; row < rows; row++, at += width * 2) {
    let start = (fields[at] as number) >> 2
    let end = fields[at + 1] as number
    while (start < end && bytes[start] === 32) start++
    while (start < end && bytes[end - 1] === 32) end--
    spans.starts[row] = start
    spans.ends[row] = end
    if (isNull(bytes, start, end)) {
      nulls.add(row)
      spans.ends[row] = -1
    }
  }
  return { spans, nulls }
}

/** Reads the usual texts of a type into the kernels' memory and leaves the others. */
type Kernel = (kernels: Kernels) => void

/** The kernel for a column; null where JavaScript reads every text. What it reads, it reads as `fillFor` does. */
function kernelFor({ type, format, inferred }: ColumnPlan, dialect: Dialect): Kernel | null {
  const decimal = dialect.decimal.charCodeAt(0)
  switch (type.kind) {
    case 'int': {
      const { bits, signed } = type
      const most = (1n << BigInt(signed || bits === 64 ? bits - 1 : bits)) - 1n
      return (kernels) => kernels.integers(bits / 8, signed ? -most - 1n : 0n, most, inferred)
    }
    case 'float':
      return type.bits === 16 ? null : (kernels) => kernels.floats(type.bits / 8, decimal, inferred)
    case 'decimal': {
      const most = type.precision > 18 ? (1n << 63n) - 1n : 10n ** BigInt(type.precision)
      return (kernels) => kernels.decimals(type.scale, decimal, most)
    }
    case 'bool':
      return (kernels) => kernels.booleans()
    case 'date':
      return format === null ? (kernels) => kernels.dates() : null
    case 'timestamp': {
      if (format !== null) return null
      const scale = unitsPerSecond[type.unit]
      return (kernels) => kernels.timestamps(scale, type.zone !== null, type.unit === 'ns' ? 100_000 : 1e9)
    }
    default:
      return null
  }
}

/** How the values of a fixed size are read; also the test of whether a sample's values fit a type. */
export function fillFor(plan: ColumnPlan, dialect: Dialect): Fill {
  const { type } = plan
  const decimal = dialect.decimal.charCodeAt(0)
  switch (type.kind) {
    case 'int':
      return ungrouped(dialect, fillIntegers(type, plan.inferred))
    case 'float':
      return ungrouped(dialect, fillFloats(type.bits, decimal, plan.inferred))
    case 'decimal':
      return ungrouped(dialect, fillDecimals(type, decimal))
    case 'bool':
      return fillBooleans
    case 'date':
      return fillDates(plan.format)
    case 'time':
    case 'timestamp':
      return fillMoments(type, plan.format, dialect.timezone)
    default:
      throw new TypeError(`a CSV column cannot be ${type.kind}`)
  }
}

/** Takes the separators of thousands out before numbers are read. */
function ungrouped(dialect: Dialect, fill: Fill): Fill {
  if (dialect.thousands === '') return fill
  const separator = Buffer.from(dialect.thousands, highBytes(dialect.encoding) ? 'latin1' : 'utf8')
  return (spans, rows, values, fail) => {
    const { bytes, starts, ends } = spans
    let size = 0
    for (let row = 0; row < rows; row++) size += Math.max(0, (ends[row] as number) - (starts[row] as number))
    const digits = new Uint8Array(size)
    let out = 0
    for (let row = 0; row < rows; row++) {
      if ((ends[row] as number) < 0) continue
      const end = ungroup(bytes, starts[row] as number, ends[row] as number, separator, digits, out)
      if (end < 0) fail(row)
      starts[row] = out
      ends[row] = end
      if (end >= 0) out = end
    }
    fill({ bytes: digits, starts, ends }, rows, values, fail)
  }
}
