import {
  type Column,
  type ColumnType,
  type Failure,
  isValid,
  type Scope,
  sameType,
  typeName,
  types,
  valueAt,
} from '@headrace/runtime/sdk'
import { isFiniteAt, jsonWriter, scalarWriter, textBy } from '@headrace/runtime/text'
import { TextWriter } from '../text/writer.ts'
import { nestedCast } from './nested.ts'
import { type Cast, numberCast, valuesFor } from './numbers.ts'
import { parseCast } from './parse.ts'
import { timeCast } from './times.ts'

/** The way from one type to another, or null where there is none. */
export function castBetween(from: ColumnType, to: ColumnType): Cast | null {
  if (sameType(from, to)) return (_, column) => column
  if (from.kind === 'null') return (scope, column) => allNull(scope, to, column.length)
  if (to.kind === 'null') return null
  if (to.kind === 'string') return from.kind === 'binary' ? utf8 : toText(from)
  if (to.kind === 'binary') return from.kind === 'string' ? (_, column) => ({ ...column, type: types.binary }) : null
  if (from.kind === 'string' && to.kind !== 'list' && to.kind !== 'fixed' && to.kind !== 'struct') return parseCast(to)
  return numberCast(from, to) ?? timeCast(from, to) ?? nestedCast(from, to, castBetween)
}

/** Casts a column; `failures` name the rows whose value has no place in the new type, with the value and the type. */
export function castColumn(
  scope: Scope,
  cast: Cast,
  column: Column,
  name: string,
  to: ColumnType,
): { column: Column; failures: Failure[] } {
  const failures: Failure[] = []
  const casted = cast(scope, column, (row, why) => {
    const message = `column "${name}": ${shown(column, row)} (${typeName(column.type)}) is no ${typeName(to)}: ${why}`
    failures.push({ row, code: 'bad-cast', message, column: name })
  })
  return { column: casted, failures }
}

function shown(column: Column, row: number): string {
  if (column.type.kind === 'float') return String(valueAt(column, row))
  const text = textBy((out) => jsonWriter(column, { notFinite: 0 })(out, row))
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** The text that the sinks write too: nested values as JSON; NaN and infinities, which have none, become null. */
function toText(from: ColumnType): Cast {
  const nested = from.kind === 'list' || from.kind === 'fixed' || from.kind === 'struct'
  const writer = new TextWriter()
  return (scope, column) => {
    const write = nested ? jsonWriter(column, { notFinite: 0 }) : scalarWriter(column)
    for (let row = 0; row < column.length; row++) {
      if (!isValid(column, row) || (from.kind === 'float' && !isFiniteAt(column, row))) writer.writeNull()
      else {
        write(writer.out, row)
        writer.endRow()
      }
    }
    return writer.finish(scope)
  }
}

/** Bytes become text without being copied, where they are valid UTF-8. */
const utf8: Cast = (_, column, fail) => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const offsets = column.offsets as Int32Array
  for (let row = 0; row < column.length; row++) {
    if (!isValid(column, row)) continue
    try {
      decoder.decode((column.values as Uint8Array).subarray(offsets[row], offsets[row + 1]))
    } catch {
      fail(row, 'its bytes are not valid UTF-8')
    }
  }
  return { ...column, type: types.string }
}

/** A column of nulls of any type. */
export function allNull(scope: Scope, type: ColumnType, length: number): Column {
  const base = { type, length, nulls: length, offsets: null, values: null, children: [] as Column[] }
  if (type.kind === 'null') return { ...base, validity: null }
  const validity = scope.bits(length)
  const offsets = () => scope.allocate(Int32Array, length + 1).fill(0)
  switch (type.kind) {
    case 'string':
    case 'binary':
      return { ...base, validity, offsets: offsets(), values: scope.allocate(Uint8Array, 0) }
    case 'list':
      return { ...base, validity, offsets: offsets(), children: [allNull(scope, type.item, 0)] }
    case 'fixed':
      return { ...base, validity, children: [allNull(scope, type.item, length * type.size)] }
    case 'struct':
      return { ...base, validity, children: type.fields.map((field) => allNull(scope, field.type, length)) }
    case 'bool':
      return { ...base, validity, values: scope.bits(length) }
    default:
      return { ...base, validity, values: valuesFor(scope, type, length) }
  }
}
