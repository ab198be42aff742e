import { type ArrayType, layout, type TypedArray } from '@headrace/runtime/sdk'
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
  const isNull = nullTest(dialect.nulls)
  const fill = fillFor(plan, dialect)
  const { array, perRow } = layout(type) as { array: unknown; perRow: number }
  const spans: Spans = { bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0) }
  return (cells, place, scope, fail) => {
    const { bytes, rows } = cells
    if (place < 0) return nullColumn(type, rows, scope)
    if (spans.starts.length < rows) {
      spans.starts = new Int32Array(rows)
      spans.ends = new Int32Array(rows)
    }
    spans.bytes = bytes
    const nulls = trimmed(cells, place, spans, isNull)
    const values = perRow ? scope.allocate(array as ArrayType<TypedArray>, rows * perRow) : scope.bits(rows)
    // Nulls have a value too; it is always 0.
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).fill(0)
    fill(spans, rows, values, fail)
    return { type, length: rows, ...nulls.finish(scope), offsets: null, values, children: [] }
  }
}

/** Finds a column's values and its nulls. */
function trimmed(cells: Cells, place: number, spans: Spans, isNull: ReturnType<typeof nullTest>): NullRows {
  const { bytes, fields, width, rows } = cells
  const { starts, ends } = spans
  const nulls = new NullRows(rows)
  for (let row = 0, at = place * 2; row < rows; row++, at += width * 2) {
    let start = (fields[at] as number) >> 2
    let end = fields[at + 1] as number
    while (start < end && bytes[start] === 32) start++
    while (start < end && bytes[end - 1] === 32) end--
    starts[row] = start
    ends[row] = end
    if (isNull(bytes, start, end)) {
      nulls.add(row)
      ends[row] = -1
    }
  }
  return nulls
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
