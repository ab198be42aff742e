import {
  type Batch,
  type Column,
  columnOf,
  type Failure,
  type Field,
  fixed,
  gather,
  isValid,
  list,
  type Scope,
  types,
  valueAt,
} from '@headrace/runtime/sdk'
import { convert } from './numbers.ts'
import { cellOf, type InputPlan, shapeFor } from './onnx-fit.ts'
import type { Mapping } from './onnx-mapping.ts'
import { requestElement, shaped, shapeText, valuesText } from './tensor.ts'
import type { Prepared } from './window.ts'

/** The values of a column, one row after the other: row r has those from `starts[r]` to `starts[r + 1]`. */
interface Items {
  readonly values: Column
  readonly starts: Int32Array
  readonly shape: (row: number) => readonly number[]
}

const plain = { nulls: 0, validity: null, offsets: null, values: null, children: [] as Column[] }

/** Makes a model's request of a batch; a row that a tensor cannot take is rejected with the reason. */
export function packBatch(batch: Batch, mapping: Mapping, scope: Scope): Prepared {
  const failures = new Map<number, Failure>()
  const costs = new Uint32Array(batch.rows).fill(1)
  const request = mapping.inputs.map((plan): [Field, Column] => {
    const column = packInput(batch, plan, scope, failures, costs)
    return [{ name: plan.tensor.name, type: column.type }, column]
  })
  if (failures.size === 0) return { batch, request, rows: null, costs }
  const good = Int32Array.from(Array.from(costs.keys()).filter((row) => !failures.has(row)))
  return {
    batch: batch.reject([...failures.values()]),
    request: request.map(([field, column]) => [field, gather(scope, column, good)]),
    rows: null,
    costs: Uint32Array.from(good, (row) => costs[row] as number),
  }
}

function packInput(
  batch: Batch,
  plan: InputPlan,
  scope: Scope,
  failures: Map<number, Failure>,
  costs: Uint32Array,
): Column {
  const parts = plan.columns.map((name) => {
    const items = itemsOf(batch.column(name), batch.rows, (row, message) =>
      failures.set(row, { row, code: 'null-input', message: `"${name}" ${message}.`, column: name }),
    )
    return castItems(scope, items, plan, name, failures)
  })
  const items = parts.length === 1 ? (parts[0] as Items) : interleave(scope, parts, batch.rows)
  for (let row = 0; row < batch.rows; row++) {
    const count = (items.starts[row + 1] as number) - (items.starts[row] as number)
    costs[row] = Math.max(costs[row] as number, count)
  }
  const { perRow } = plan
  if (perRow !== null) {
    const values = { ...items.values, type: requestElement(plan.tensor.type) }
    return { ...plain, type: fixed(values.type, perRow), length: batch.rows, children: [values] }
  }
  return withShapes(batch, plan, scope, items, failures)
}

/** A column's innermost values and where each row's lie; `missing` hears of nulls and of ragged lists. */
function itemsOf(column: Column, rows: number, missing: (row: number, message: string) => void): Items {
  const { type } = column
  if (type.kind === 'struct' && cellOf(type).dims === null) return shapedItems(column, rows, missing)
  const starts = Int32Array.from({ length: rows + 1 }, (_, row) => row)
  if (column.nulls) for (let row = 0; row < rows; row++) if (!isValid(column, row)) missing(row, 'is null')
  const levels: Column[] = []
  let level = column
  while (level.type.kind === 'fixed' || level.type.kind === 'list') {
    levels.push(level)
    const { type, offsets } = level
    for (let row = 0; row <= rows; row++) {
      const at = starts[row] as number
      starts[row] = type.kind === 'fixed' ? at * type.size : (offsets?.[at] as number)
    }
    level = level.children[0] as Column
    if (level.nulls) findNulls(level, starts, rows, missing)
  }
  const shape = (row: number) => shapeAt(levels, row)
  for (let row = 0; levels.length > 1 && row < rows; row++) {
    const count = shape(row).reduce((all, size) => all * size, 1)
    if (count !== (starts[row + 1] as number) - (starts[row] as number)) missing(row, 'has lists of different lengths')
  }
  return { values: level, starts, shape }
}

function findNulls(items: Column, starts: Int32Array, rows: number, missing: (row: number, message: string) => void) {
  for (let row = 0; row < rows; row++) {
    for (let item = starts[row] as number; item < (starts[row + 1] as number); item++) {
      if (!isValid(items, item)) missing(row, 'has a null in it')
    }
  }
}

/** A row's dimensions, by the first list of each level. */
function shapeAt(levels: readonly Column[], row: number): number[] {
  let at = row
  return levels.map(({ type, offsets }) => {
    if (type.kind === 'fixed') {
      at *= type.size
      return type.size
    }
    const start = offsets?.[at] as number
    const size = (offsets?.[at + 1] ?? start) - start
    at = start
    return size
  })
}

/** A struct {shape, data}: a tensor as one cell. */
function shapedItems(column: Column, rows: number, missing: (row: number, message: string) => void): Items {
  const fields = column.type.kind === 'struct' ? column.type.fields : []
  const part = (name: string) => column.children[fields.findIndex((field) => field.name === name)] as Column
  const shapes = part('shape')
  const items = itemsOf(part('data'), rows, missing)
  const shape = (row: number) => ((valueAt(shapes, row) as (number | bigint)[] | null) ?? []).map(Number)
  for (let row = 0; row < rows; row++) {
    if (!isValid(column, row)) missing(row, 'is null')
    else if (!isValid(shapes, row)) missing(row, 'has a null in it')
  }
  return { ...items, shape }
}

function castItems(scope: Scope, items: Items, plan: InputPlan, name: string, failures: Map<number, Failure>): Items {
  if (plan.tensor.type === 'string') return items
  const { values, bad } = convert(scope, items.values, plan.tensor.type)
  if (bad.size) {
    for (let row = 0; row + 1 < items.starts.length; row++) {
      for (let item = items.starts[row] as number; item < (items.starts[row + 1] as number); item++) {
        const why = bad.get(item)
        // What lies under a null is nobody's number.
        if (why && !failures.has(row)) failures.set(row, { row, code: 'bad-number', message: `${why}.`, column: name })
      }
    }
  }
  const type = requestElement(plan.tensor.type)
  return { ...items, values: { ...plain, type, length: values.length, values } }
}

/** Several columns of a fixed size as one: the values of a row side by side. */
function interleave(scope: Scope, parts: readonly Items[], rows: number): Items {
  const widths = parts.map(({ starts }) => (rows ? (starts[1] as number) - (starts[0] as number) : 0))
  const total = widths.reduce((sum, width) => sum + width, 0)
  const type = parts[0]?.values.type as Column['type']
  const starts = Int32Array.from({ length: rows + 1 }, (_, row) => row * total)
  const shape = () => [total]
  if (type.kind === 'string') return { values: interleaveTexts(scope, parts, rows), starts, shape }
  const Values = parts[0]?.values.values?.constructor as never
  const values = scope.allocate(Values, rows * total) as Float64Array
  let offset = 0
  for (const [i, part] of parts.entries()) {
    const width = widths[i] as number
    const from = part.values.values as Float64Array
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < width; k++) values[row * total + offset + k] = from[row * width + k] as number
    }
    offset += width
  }
  return { values: { ...plain, type, length: rows * total, values }, starts, shape }
}

function interleaveTexts(scope: Scope, parts: readonly Items[], rows: number): Column {
  const texts: unknown[] = []
  for (let row = 0; row < rows; row++) {
    for (const { values, starts } of parts) {
      for (let item = starts[row] as number; item < (starts[row + 1] as number); item++)
        texts.push(valueAt(values, item))
    }
  }
  return columnOf(scope, types.string, texts)
}

/** The values with a shape for each row: struct {shape, data}. */
function withShapes(
  batch: Batch,
  plan: InputPlan,
  scope: Scope,
  { values, starts, shape }: Items,
  failures: Map<number, Failure>,
): Column {
  const shapes: bigint[][] = []
  for (let row = 0; row < batch.rows; row++) {
    const count = (starts[row + 1] as number) - (starts[row] as number)
    const observed = failures.has(row) ? [] : shape(row)
    const whole = observed.reduce((all, size) => all * size, 1) === count
    const found = whole ? shapeFor(observed, count, plan.dims) : null
    if (!found && !failures.has(row)) {
      const message = `"${plan.tensor.name}" takes ${shapeText(plan.dims)}; the cell has ${valuesText(count)} as ${shapeText(observed)}.`
      failures.set(row, { row, code: 'wrong-shape', message, column: plan.columns[0] as string })
    }
    shapes.push((found ?? []).map(BigInt))
  }
  const offsets = scope.allocate(Int32Array, starts.length)
  offsets.set(starts)
  const type = requestElement(plan.tensor.type)
  const data: Column = { ...plain, type: list(type), length: batch.rows, offsets, children: [{ ...values, type }] }
  const shapeColumn = columnOf(scope, list(types.int64), shapes)
  return { ...plain, type: shaped(type), length: batch.rows, children: [shapeColumn, data] }
}
