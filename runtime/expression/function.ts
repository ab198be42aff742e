import type { ColumnType, Field } from '../pipeline/types.ts'
import type { RowFailure, Tree, TreeOf, Value } from './tree.ts'

/** What an argument may be. */
export interface Parameter {
  readonly name: string
  /** In words, for messages: `a text`. */
  readonly wanted: string
  readonly accepts: (type: ColumnType) => boolean
  readonly optional?: boolean
  /** Must be written out in the expression: the result's type, or a pattern's compilation, depends on it. */
  readonly literal?: boolean
  /** The argument is converted to this first. */
  readonly as?: ColumnType
}

/** What a function's call knows besides its arguments. */
export interface CallContext {
  readonly types: readonly ColumnType[]
  /** The run's time. */
  readonly now: Date
}

/** A function of the dialect: its check, its documentation and its tests come from this one entry. */
export interface ExpressionFunction {
  readonly name: string
  /** As the reference shows it: `replace(text, from, to)`. */
  readonly signature: string
  /** One sentence. */
  readonly description: string
  /** Runs as a test. The result is as `valueAt` gives it: int64 as BigInt, a date as days, a timestamp as microseconds. */
  readonly example: {
    readonly expression: string
    readonly columns?: readonly Field[]
    readonly row?: Readonly<Record<string, unknown>>
    readonly result: unknown
  }
  readonly parameters: readonly Parameter[]
  /** The last parameter may come any number of times. */
  readonly variadic?: boolean
  /** The result's type; a RowFailure where a literal argument is wrong. */
  readonly result: ColumnType | ((args: readonly Tree[]) => ColumnType | RowFailure)
  /** Becomes operators instead of a call, where the function is one under another name. */
  readonly becomes?: (args: readonly Tree[], place: { start: number; end: number }) => Tree | RowFailure | null
  /** The value of one row; a null argument gives null before it is asked. */
  readonly value?: (args: readonly Exclude<Value, null>[], context: CallContext) => Value | RowFailure
}

/** The value of an argument that is written out in the expression; undefined where it is not. */
export function literalOf(tree: Tree | undefined): Value | undefined {
  if (tree?.op === 'convert') return literalOf(tree.value)
  return tree?.op === 'literal' ? (tree as TreeOf<'literal'>).value : undefined
}

const kinds =
  (...wanted: ColumnType['kind'][]) =>
  (type: ColumnType) =>
    wanted.includes(type.kind)

/** The kinds of parameters that the functions share. */
export const parameter = {
  any: (name: string): Parameter => ({ name, wanted: 'any value', accepts: () => true }),
  text: (name: string): Parameter => ({ name, wanted: 'a text', accepts: kinds('string') }),
  number: (name: string): Parameter => ({ name, wanted: 'a number', accepts: kinds('int', 'float', 'decimal') }),
  whole: (name: string): Parameter => ({
    name,
    wanted: 'a whole number',
    accepts: kinds('int'),
    as: { kind: 'int', bits: 64, signed: true },
  }),
  day: (name: string): Parameter => ({ name, wanted: 'a date or timestamp', accepts: kinds('date', 'timestamp') }),
  of: (name: string, wanted: string, ...accepted: ColumnType['kind'][]): Parameter => ({
    name,
    wanted,
    accepts: kinds(...accepted),
  }),
}

export const optional = (one: Parameter): Parameter => ({ ...one, optional: true })
export const literal = (one: Parameter): Parameter => ({ ...one, literal: true })
