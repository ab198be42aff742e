import { type Field, sameType, typeName } from '../pipeline/types.ts'
import type { Drift, Header } from '../sdk/source.ts'
import type { Pin } from './pin.ts'
import { widening } from './widen.ts'

/** What differs in one file; `bad` where it cannot be read all the same. */
export type Difference = Drift & { readonly bad: boolean }

/** Compares one file's columns with what is pinned: names decide, their order does not matter. */
export function compare({ columns, adapt }: Pin, { path, columns: found }: Header): Difference[] {
  const differences: Difference[] = []
  const note = (what: Drift['what'], column: string, expected: string, there: string, bad: boolean) =>
    differences.push({ file: path, column, what, expected, found: there, bad })
  for (const { name, type } of columns) {
    const field = found.find((one) => one.name === name)
    if (!field) note('missing', name, typeName(type), 'no such column', !adapt)
    else if (field.type && !sameType(field.type, type)) {
      const wider = widening(field.type, type) !== null
      note(wider ? 'widened' : 'type', name, typeName(type), typeName(field.type), !adapt || !wider)
    }
  }
  for (const { name, type } of found) {
    if (columns.some((one) => one.name === name)) continue
    note('new', name, 'no such column', type ? typeName(type) : 'one', !adapt)
  }
  return differences
}

/** A difference for people: file, column, expected, found. */
export function inWords({ file, column, what, expected, found }: Drift): string {
  const pinned = what === 'new' ? 'pin' : `pin.${column}`
  return `${file ? `${file}, column` : 'column'} "${column}": expected ${expected} (${pinned}), found ${found}`
}

/** Columns whose types nobody knows before a row is read. */
export const namesOnly = (columns: readonly Field[]): Header['columns'] =>
  columns.map(({ name }) => ({ name, type: null }))
