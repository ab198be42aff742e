import type { Checked } from '../catalogue/check.ts'
import { nearest } from '../pipeline/problem.ts'
import { isRecord, kindOf } from '../pipeline/shape.ts'
import type { TestRow } from '../pipeline/tests/index.ts'
import { type ColumnType, type Field, list, parseType, typeName, types } from '../pipeline/types.ts'
import type { Json } from '../sdk/node.ts'
import { valueFromJson } from '../text/parsevalue.ts'
import type { Notes } from './notes.ts'
import type { PutSpot } from './spots.ts'

/** A test's rows as columns: `values[i]` are those of `fields[i]`, as `columnOf` takes them. */
export interface TypedRows {
  readonly fields: readonly Field[]
  readonly values: readonly (readonly unknown[])[]
  readonly rows: number
}

/** Gives rows their types: those that the test names, else those of the pipeline, else what their values look like. */
export function typedRows(spot: PutSpot, checked: Checked, notes: Notes): TypedRows | null {
  const { at, put } = spot
  if (put.kind !== 'rows') return null
  const named = namedColumns(put.columns, [...put.path.slice(0, -1), 'columns'], notes)
  if (named === null) return null
  const fields = named.length ? named : (columnsInto(spot, checked) ?? likely(put.rows))
  if (fields.length === 0) {
    const hint = `Name them: "${at}": { "columns": { "id": "int64" }, "rows": [] }.`
    notes.at(put.path, { code: 'no-columns', message: `the columns of ${at} are not known`, hint })
    return null
  }
  return read(put.rows, fields, put.path, at, notes)
}

/** The columns that the pipeline has there, from its files or from what is pinned. */
function columnsInto({ node, isSource, input }: PutSpot, { nodes, pipeline }: Checked): readonly Field[] | undefined {
  const there = nodes[node]
  if (isSource) return pinned(pipeline?.nodes[node]?.config['pin']) ?? there?.output?.fields
  return (there?.inputSchemas[input] ?? (input === '' ? there?.input : null))?.fields
}

/** The columns of a source's `pin`; what is wrong with it is said where the pipeline is checked. */
function pinned(pin: Json | undefined): readonly Field[] | undefined {
  if (!isRecord(pin)) return undefined
  const fields = Object.entries(pin).flatMap(([name, text]): Field[] => {
    const type = parseType(aliases[String(text)] ?? String(text))
    return type ? [{ name, type }] : []
  })
  return fields.length ? fields : undefined
}

type Path = readonly (string | number)[]

/** Columns as a test names them; null where a type is none. */
export function namedColumns(columns: { readonly [name: string]: string }, path: Path, notes: Notes): Field[] | null {
  let wrong = false
  const fields = Object.entries(columns).flatMap(([name, text]): Field[] => {
    const type = parseType(aliases[text] ?? text)
    if (type) return [{ name, type }]
    wrong = true
    const meant = nearest(text, [...Object.keys(types), ...Object.keys(aliases)])
    const hint = meant
      ? `Did you mean "${meant}"?`
      : 'Types are written like int64, float64, string, date, decimal(10, 2).'
    notes.at([...path, name], { code: 'unknown-type', message: `"${text}" is no type of a column`, hint })
    return []
  })
  return wrong ? null : fields
}

const aliases: { readonly [name: string]: string } = {
  text: 'string',
  integer: 'int64',
  number: 'float64',
  boolean: 'bool',
}

function read(rows: readonly TestRow[], fields: readonly Field[], path: Path, at: string, notes: Notes) {
  const before = notes.problems.length
  const known = fields.map(({ name }) => name)
  for (const [i, row] of rows.entries())
    for (const name of Object.keys(row))
      if (!known.includes(name)) notes.key([...path, i], name, unknownColumn(name, known, `the rows of ${at}`))
  const values = fields.map(({ name, type }) =>
    rows.map((row, i) => {
      try {
        return valueFromJson(type, row[name])
      } catch (error) {
        notes.at([...path, i, name], wrongValue(name, type, row[name], error))
        return null
      }
    }),
  )
  return notes.problems.length > before ? null : { fields, values, rows: rows.length }
}

/** A problem for a column that is not there. */
export function unknownColumn(name: string, known: readonly string[], where: string) {
  const meant = nearest(name, known)
  const hint = meant ? `Did you mean "${meant}"?` : `The columns are ${known.join(', ')}.`
  return { code: 'unknown-column', message: `${where} have no column "${name}"`, hint }
}

/** A problem for a value that is none of its column's type. */
export function wrongValue(name: string, type: ColumnType, value: Json | undefined, error: unknown) {
  const why = error instanceof TypeError ? error.message : `${kindOf(value)} is no ${typeName(type)}`
  return { code: 'wrong-value', message: `column "${name}": ${why}`, hint: `Write it as ${exampleOf(type)}.` }
}

function exampleOf(type: ColumnType): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false'
    case 'string':
      return 'a text in quotes'
    case 'int':
      return 'a whole number'
    case 'float':
      return 'a number, or "NaN"'
    case 'decimal':
      return `a text like "12.50", with at most ${type.scale} places`
    case 'date':
      return '"2026-11-05"'
    case 'time':
      return '"08:30:00"'
    case 'timestamp':
      return type.zone === null ? '"2026-11-05T08:30:00"' : '"2026-11-05T08:30:00Z"'
    case 'binary':
      return 'base64'
    default:
      return 'JSON'
  }
}

/** The types that values look like, where nobody says them. */
function likely(rows: readonly TestRow[]): Field[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return names.map((name) => ({ name, type: typeLike(rows.map((row) => row[name] ?? null)) }))
}

function typeLike(values: readonly Json[]): ColumnType {
  const known = values.filter((value) => value !== null)
  if (known.length && known.every((value) => typeof value === 'boolean')) return types.bool
  if (known.length && known.every((value) => typeof value === 'number'))
    return known.every((value) => Number.isSafeInteger(value)) ? types.int64 : types.float64
  if (known.length && known.every((value) => Array.isArray(value)))
    return list(typeLike((known as readonly (readonly Json[])[]).flat()))
  // A date is a text in JSON; whoever means the text names the column's type.
  const looks = (pattern: RegExp) => known.length > 0 && known.every((value) => pattern.test(String(value)))
  if (looks(/^\d{4}-\d\d-\d\d$/)) return types.date
  return looks(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/) ? types.timestamp : types.string
}
