import {
  type ColumnType,
  decimal,
  type Field,
  isNumeric,
  list,
  nearest,
  type Report,
  type Schema,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { findColumn } from '../find-column.ts'
import { text } from './database.ts'
import { isKey } from './keys.ts'

/** One column of an aggregate: its name and type, and how SQL finds it among the staged columns. */
export interface Aggregate extends Field {
  /** The column it is made of, by its place; null for `count()`. */
  readonly of: number | null
  readonly sql: string
  /** Its last digits depend on the order of the rows: one thread adds them up, so that every run gives the same. */
  readonly ordered: boolean
}

/** The functions as people write them, for the help. */
export const functionHelp =
  'count(): rows; count(c): rows in which c is not null; countDistinct(c); sum(c), mean(c), min(c), max(c), median(c), ' +
  'quantile(c, 0.9), stddev(c); first(c), last(c): the first or last that is not null, in the order of the source; ' +
  'list(c): all of them, nulls too; any(c), all(c) of true and false; join(c, ", "): texts one after the other'

interface Given {
  /** `c3` */
  readonly column: string
  readonly place: number
  readonly type: ColumnType
  readonly parameter: string | undefined
}

/** A row's place among all rows. By one of another type `arg_min` goes by sort keys, in which -0 is 0. */
const order = 'g::BIGINT'

type Made = Pick<Aggregate, 'type' | 'sql'> & { readonly ordered?: boolean }

/** What a function makes of a column; a text where it takes no such column. */
type Function = (given: Given) => Made | string

const number = (type: ColumnType, make: () => Made): Made | string => (isNumeric(type) ? make() : 'takes numbers')
const ordered = (type: ColumnType, make: () => Made): Made | string =>
  isKey(type) ? make() : 'takes no lists and no structs'
const isFloat = (type: ColumnType): boolean => type.kind === 'float'
const double = (column: string) => `CAST(${column} AS DOUBLE)`

const functions: Readonly<Record<string, Function>> = {
  count: ({ column }) => ({ type: types.int64, sql: `count(${column})` }),
  countDistinct: ({ column, type }) => ordered(type, () => ({ type: types.int64, sql: `count(DISTINCT ${column})` })),
  sum: ({ column, type }) => number(type, () => sumOf(column, type)),
  mean: ({ column, type }) =>
    number(type, () => ({
      type: types.float64,
      sql: isFloat(type) ? `avg(${double(column)})` : `CAST(avg(${column}) AS DOUBLE)`,
      ordered: isFloat(type),
    })),
  min: ({ column, type }) => ordered(type, () => ({ type, sql: `min(${column})` })),
  max: ({ column, type }) => ordered(type, () => ({ type, sql: `max(${column})` })),
  median: ({ column, type }) =>
    number(type, () => ({ type: types.float64, sql: `quantile_cont(${double(column)}, 0.5)` })),
  quantile: ({ column, type, parameter }) =>
    number(type, () => ({ type: types.float64, sql: `quantile_cont(${double(column)}, ${Number(parameter)})` })),
  stddev: ({ column, type }) =>
    number(type, () => ({ type: types.float64, sql: `stddev_samp(${double(column)})`, ordered: true })),
  first: (given) => ({ type: given.type, sql: outermost('arg_min', given) }),
  last: (given) => ({ type: given.type, sql: outermost('arg_max', given) }),
  list: ({ column, type }) => ({ type: list(type), sql: `list(${column} ORDER BY ${order})` }),
  any: ({ column, type }) => (type.kind === 'bool' ? { type, sql: `bool_or(${column})` } : 'takes true and false'),
  all: ({ column, type }) => (type.kind === 'bool' ? { type, sql: `bool_and(${column})` } : 'takes true and false'),
  join: ({ column, type, parameter = ', ' }) =>
    type.kind === 'string'
      ? { type, sql: `string_agg(${column}, ${text(parameter)} ORDER BY ${order})` }
      : 'takes texts',
}

/** The value of the first or last row that has one; float32 goes as float64, since DuckDB makes a -0 of it 0. */
function outermost(pick: 'arg_min' | 'arg_max', { column, type }: Given): string {
  const there = `FILTER (WHERE ${column} IS NOT NULL)`
  if (holdsFloats(type)) return `(list(${column} ORDER BY ${order}) ${there})[${pick === 'arg_min' ? 1 : -1}]`
  if (type.kind === 'float')
    return `CAST(${pick}(${double(column)}, ${order}) ${there} AS ${type.bits === 64 ? 'DOUBLE' : 'FLOAT'})`
  return `${pick}(${column}, ${order}) ${there}`
}

/** Whether floats are in a list or struct. */
function holdsFloats(type: ColumnType): boolean {
  if (type.kind === 'list' || type.kind === 'fixed') return isFloat(type.item) || holdsFloats(type.item)
  return type.kind === 'struct' && type.fields.some((field) => isFloat(field.type) || holdsFloats(field.type))
}

/** Whole numbers add up exactly, to 64 bits: a sum that does not fit stops the run. */
function sumOf(column: string, type: ColumnType): Made {
  if (type.kind === 'int') {
    const wide = type.signed ? types.int64 : types.uint64
    return { type: wide, sql: `CAST(sum(${column}) AS ${type.signed ? 'BIGINT' : 'UBIGINT'})` }
  }
  if (type.kind === 'decimal') return { type: decimal(38, type.scale), sql: `sum(${column})` }
  return { type: types.float64, sql: `sum(${double(column)})`, ordered: true }
}

/** Reads a setting like `sum(price)`; reports what is wrong with it. `used`: the columns that are staged, by place. */
export function readAggregate(
  name: string,
  written: string,
  input: Schema,
  report: Report,
  used: readonly number[] = [],
): Aggregate | null {
  const setting = `columns.${name}`
  const parts = /^\s*([a-z]\w*)\s*\(\s*(.*?)\s*\)\s*$/is.exec(written)
  const called = parts?.[1] ?? ''
  const known = Object.keys(functions)
  const make = Object.hasOwn(functions, called) ? functions[called] : undefined
  if (!parts || !make) {
    const meant = nearest(called || written.trim(), known)
    const hint = meant ? `Did you mean "${meant}"?` : `There are ${known.join(', ')}.`
    const message = parts ? `there is no function "${called}"` : `"${written}" is no function of a column`
    report({ code: 'unknown-function', setting, message, hint: parts ? hint : 'It is written like sum(price).' })
    return null
  }
  const [column, parameter] = argumentsOf(parts[2] ?? '')
  if (called === 'count' && (column === '' || column === '*')) {
    return { name, type: types.int64, of: null, sql: 'count(*)', ordered: false }
  }
  const field = findColumn(input, column, setting, report)
  if (!field) return null
  if (called === 'quantile' && !(Number(parameter ?? Number.NaN) >= 0 && Number(parameter) <= 1)) {
    const message = `quantile takes a number from 0 to 1 behind the column, not "${parameter ?? ''}"`
    report({ code: 'bad-parameter', setting, message, hint: 'It is written like quantile(price, 0.9).' })
    return null
  }
  const place = input.indexOf(column)
  const made = make({ column: `c${used.indexOf(place)}`, place, type: field.type, parameter })
  if (typeof made !== 'string') return { name, of: place, ordered: false, ...made }
  const message = `${called} ${made}, column "${column}" is ${typeName(field.type)}`
  report({ code: 'wrong-type', setting, message, hint: 'Cast the column with a select before this node.' })
  return null
}

/** The column, bare or in double quotes, and the text behind the comma, which may be in quotes too. */
function argumentsOf(inside: string): [column: string, parameter: string | undefined] {
  const quoted = /^"((?:[^"]|"")*)"\s*(?:,\s*(.*))?$/s.exec(inside)
  const comma = inside.indexOf(',')
  const [column, rest] = quoted
    ? [(quoted[1] ?? '').replaceAll('""', '"'), quoted[2]]
    : comma < 0
      ? [inside, undefined]
      : [inside.slice(0, comma).trim(), inside.slice(comma + 1).trim()]
  const text = rest === undefined ? undefined : /^(["'])(.*)\1$/s.exec(rest)
  return [column, text ? text[2] : rest]
}
