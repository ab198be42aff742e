import {
  type Column,
  type ColumnType,
  countBits,
  gather,
  isValid,
  list,
  type Scope,
  setBit,
  types,
} from '@headrace/runtime/sdk'
import { TextWriter } from '../text/writer.ts'
import type { Cast, Fail } from './numbers.ts'

type Between = (from: ColumnType, to: ColumnType) => Cast | null

/** Casts among lists, fixed-size lists and structs, and from JSON text to them; null where there is none. */
export function nestedCast(from: ColumnType, to: ColumnType, between: Between): Cast | null {
  if (from.kind === 'string') return fromJson(to, between)
  if (from.kind === 'struct' && to.kind === 'struct') return structCast(from, to, between)
  if (from.kind !== 'list' && from.kind !== 'fixed') return null
  if (to.kind !== 'list' && to.kind !== 'fixed') return null
  const items = between(from.item, to.item)
  if (!items || (from.kind === 'fixed' && to.kind === 'fixed' && from.size !== to.size)) return null
  return (scope, column, fail) => {
    const child = castItems(scope, column, items, fail)
    if (to.kind === 'fixed') return toFixed(scope, { ...column, children: [child] }, to, fail)
    return { ...column, type: to, offsets: column.offsets ?? evenOffsets(scope, column), children: [child] }
  }
}

/** Casts the items; an item that fails fails its row. */
function castItems(scope: Scope, column: Column, cast: Cast, fail: Fail): Column {
  const failed = new Map<number, string>()
  const child = cast(scope, column.children[0] as Column, (item, why) => failed.set(item, why))
  if (failed.size === 0) return child
  for (let row = 0; row < column.length; row++) {
    if (!isValid(column, row)) continue
    const [start, end] = itemsOf(column, row)
    for (let item = start; item < end; item++) {
      const why = failed.get(item)
      if (why === undefined) continue
      fail(row, `item ${item - start + 1}: ${why}`)
      break
    }
  }
  return child
}

function evenOffsets(scope: Scope, column: Column): Int32Array {
  const size = (column.type as ColumnType & { kind: 'fixed' }).size
  const offsets = scope.allocate(Int32Array, column.length + 1)
  for (let row = 0; row <= column.length; row++) offsets[row] = row * size
  return offsets
}

/** A list becomes a vector where its length is the vector's. */
function toFixed(scope: Scope, column: Column, to: ColumnType & { kind: 'fixed' }, fail: Fail): Column {
  if (!column.offsets) return { ...column, type: to }
  const { size } = to
  const rows = new Int32Array(column.length * size).fill(-1)
  const first = column.offsets[0] as number
  let even = true
  for (let row = 0; row < column.length; row++) {
    const [start, end] = itemsOf(column, row)
    even &&= start === first + row * size && end - start === size
    if (!isValid(column, row)) continue
    if (end - start !== size) fail(row, `it has ${end - start} items, not ${size}`)
    else for (let k = 0; k < size; k++) rows[row * size + k] = start + k
  }
  const items = column.children[0] as Column
  // A list whose rows all have the length and lie from 0 is a vector already.
  const child = even && first === 0 && items.length === rows.length ? items : gather(scope, items, rows)
  return { ...column, type: to, offsets: null, children: [child] }
}

/** Fields are found by name; one that is not there is null. */
function structCast(
  from: ColumnType & { kind: 'struct' },
  to: ColumnType & { kind: 'struct' },
  between: Between,
): Cast | null {
  const parts = to.fields.map((field) => {
    const at = from.fields.findIndex(({ name }) => name === field.name)
    return {
      name: field.name,
      at,
      cast: between(at < 0 ? types.null : (from.fields[at]?.type ?? types.null), field.type),
    }
  })
  if (parts.some(({ cast }) => !cast) || parts.every(({ at }) => at < 0)) return null
  return (scope, column, fail) => ({
    ...column,
    type: to,
    children: parts.map(({ name, at, cast }) =>
      (cast as Cast)(scope, column.children[at] ?? nothing(column.length), (row, why) => {
        if (isValid(column, row)) fail(row, `field "${name}": ${why}`)
      }),
    ),
  })
}

const nothing = (length: number): Column => ({
  type: types.null,
  length,
  nulls: length,
  validity: null,
  offsets: null,
  values: null,
  children: [],
})

/** JSON text is read into texts first, numbers with all their digits, and those are cast to what is wanted. */
function fromJson(to: ColumnType, between: Between): Cast | null {
  if (to.kind === 'struct') return null
  if (to.kind !== 'list' && to.kind !== 'fixed') return null
  const texts = between(list(types.string), to)
  if (!texts) return null
  return (scope, column, fail) => {
    const writer = new TextWriter()
    const offsets = scope.allocate(Int32Array, column.length + 1)
    const validity = scope.bits(column.length)
    offsets[0] = 0
    for (let row = 0; row < column.length; row++) {
      if (isValid(column, row)) {
        const items = jsonArray(textAt(column, row))
        if (!items) fail(row, 'it is not a JSON array')
        else {
          setBit(validity, row)
          for (const item of items) item === null ? writer.writeNull() : writer.write(item)
        }
      }
      offsets[row + 1] = writer.rows
    }
    const { length } = column
    const nulls = length - countBits(validity, length)
    const children = [writer.finish(scope)]
    const lists = { type: list(types.string), length, nulls, validity, offsets, values: null, children }
    return texts(scope, lists, fail)
  }
}

const textAt = (column: Column, row: number): string =>
  Buffer.from((column.values as Uint8Array).subarray(column.offsets?.[row], column.offsets?.[row + 1])).toString('utf8')

function jsonArray(text: string): (string | null)[] | null {
  try {
    // The source text of a number keeps digits that a float would lose.
    const parsed: unknown = JSON.parse(text, (_, value, context?: { source?: string }) =>
      typeof value === 'number' ? (context?.source ?? String(value)) : value,
    )
    if (!Array.isArray(parsed)) return null
    return parsed.map((item) => (item === null ? null : typeof item === 'string' ? item : JSON.stringify(item)))
  } catch {
    return null
  }
}

/** Where a row's items begin and end in the child of a list or fixed-size list column. */
export function itemsOf(column: Column, row: number): [number, number] {
  if (column.type.kind === 'fixed') return [row * column.type.size, (row + 1) * column.type.size]
  return [column.offsets?.[row] as number, column.offsets?.[row + 1] as number]
}
