import { type ColumnType, types } from '../../pipeline/types.ts'
import { asInt64, convert, widened } from '../convert.ts'
import { type ExpressionFunction, literalOf, optional, parameter } from '../function.ts'
import { decimalNumber } from '../textvalue.ts'
import { RowFailure, type Tree, type Value } from '../tree.ts'

/** Whole numbers stay as they are under `round`, `floor` and `ceil`; decimals are doubles. */
const asNumber = (type: ColumnType | undefined): ColumnType =>
  type?.kind === 'int' || type?.kind === 'null' ? types.int64 : types.float64
const sameKind = (args: readonly Tree[]): ColumnType => asNumber(args[0]?.type)

/** A number rounded away from 0 at one half, at a place behind the decimal point. */
export function roundTo(value: number, digits: number): number {
  const scale = 10 ** digits
  const scaled = Math.abs(value) * scale
  // Beyond 2^52 there is nothing behind the point.
  if (!(scaled < 4_503_599_627_370_496)) return value
  return (Math.sign(value) * Math.floor(scaled + 0.5)) / scale
}

const wholeAsIs: ExpressionFunction['becomes'] = ([value]) =>
  value?.type.kind === 'int' ? convert(value, types.int64) : null

function decimals(type: ColumnType | undefined, value: Value): number {
  return type?.kind === 'decimal' ? decimalNumber(value as bigint, type) : Number(value)
}

/** Functions of numbers. */
export const numberFunctions: readonly ExpressionFunction[] = [
  {
    name: 'div',
    signature: 'div(a, b)',
    description: 'The whole part of a / b; for whole numbers a whole number, and a division by zero rejects the row.',
    example: { expression: 'div(-7, 2)', result: -3n },
    parameters: [parameter.number('a'), parameter.number('b')],
    result: types.int64,
    becomes: ([left, right], place) => {
      const whole = [left, right].every((arg) => arg?.type.kind === 'int' || arg?.type.kind === 'null')
      const type = whole ? types.int64 : types.float64
      const operands = { left: convert(left as Tree, type), right: convert(right as Tree, type) }
      return { op: 'arithmetic', operator: 'div', type, ...operands, ...place }
    },
  },
  {
    name: 'abs',
    signature: 'abs(number)',
    description: 'The number without its sign.',
    example: { expression: 'abs(-3)', result: 3n },
    parameters: [parameter.number('number')],
    result: sameKind,
    value: ([value], { types: [type] }) => {
      if (type?.kind === 'int') return asInt64((value as bigint) < 0n ? -(value as bigint) : (value as bigint))
      return Math.abs(decimals(type, value as Value))
    },
  },
  {
    name: 'round',
    signature: 'round(number, digits?)',
    description: 'Rounds to the nearest, one half away from zero; `digits` are the places behind the point.',
    example: { expression: 'round(2.346, 2)', result: 2.35 },
    parameters: [parameter.number('number'), optional(parameter.whole('digits'))],
    result: (args) => {
      const digits = literalOf(args[1])
      if (args[1] && (typeof digits !== 'bigint' || digits < 0n || digits > 15n))
        return new RowFailure('wrong-arguments', 'the digits of round are a number from 0 to 15, written out')
      return sameKind(args)
    },
    becomes: wholeAsIs,
    value: ([value, digits], { types: [type] }) => roundTo(decimals(type, value as Value), Number(digits ?? 0)),
  },
  {
    name: 'floor',
    signature: 'floor(number)',
    description: 'The next whole number below, as a float64; an int64 stays as it is.',
    example: { expression: 'floor(-2.5)', result: -3 },
    parameters: [parameter.number('number')],
    result: sameKind,
    becomes: wholeAsIs,
    value: ([value], { types: [type] }) => Math.floor(decimals(type, value as Value)),
  },
  {
    name: 'ceil',
    signature: 'ceil(number)',
    description: 'The next whole number above, as a float64; an int64 stays as it is.',
    example: { expression: 'ceil(2.1)', result: 3 },
    parameters: [parameter.number('number')],
    result: sameKind,
    becomes: wholeAsIs,
    value: ([value], { types: [type] }) => Math.ceil(decimals(type, value as Value)),
  },
  {
    name: 'number',
    signature: 'number(value)',
    description: 'A float64 from a text, bool or number; a text that is no number rejects the row.',
    example: {
      expression: 'number(text) * 2',
      columns: [{ name: 'text', type: types.string }],
      row: { text: ' 1.5e1 ' },
      result: 30,
    },
    parameters: [parameter.of('value', 'a text, bool or number', 'string', 'bool', 'int', 'float', 'decimal')],
    result: types.float64,
    becomes: ([value]) =>
      value?.type.kind === 'string' || value?.type.kind === 'bool' ? null : convert(value as Tree, types.float64),
    value: ([value]) => (typeof value === 'string' ? readNumber(value) : Number(value)),
  },
  {
    name: 'int',
    signature: 'int(value)',
    description:
      'An int64 from a text, bool or number (cut towards zero); what is no whole number or too large rejects the row.',
    example: { expression: 'int("42") + int(-1.9)', result: 41n },
    parameters: [parameter.of('value', 'a text, bool or number', 'string', 'bool', 'int', 'float', 'decimal')],
    result: types.int64,
    becomes: ([value]) => (value?.type.kind === 'int' ? convert(value, widened(value.type)) : null),
    value: ([value], { types: [type] }) => {
      if (type?.kind === 'decimal') return asInt64((value as bigint) / 10n ** BigInt(Math.max(type.scale, 0)))
      return typeof value === 'string' ? readInteger(value) : wholeOf(Number(value))
    },
  },
]

const numberText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function readNumber(text: string): number | RowFailure {
  const trimmed = text.trim()
  if (numberText.test(trimmed)) return Number(trimmed)
  if (/^[+-]?(nan|inf(inity)?)$/i.test(trimmed)) {
    if (/nan/i.test(trimmed)) return Number.NaN
    return trimmed.startsWith('-') ? -Infinity : Infinity
  }
  return new RowFailure('not-a-number', `${shown(text)} is not a number`)
}

function readInteger(text: string): bigint | RowFailure {
  const trimmed = text.trim()
  if (!/^[+-]?\d{1,400}$/.test(trimmed)) return new RowFailure('not-an-integer', `${shown(text)} is not a whole number`)
  return asInt64(BigInt(trimmed.replace(/^\+/, '')))
}

/** A double's whole part as int64. */
function wholeOf(value: number): bigint | RowFailure {
  if (!Number.isFinite(value)) return new RowFailure('overflow', `${value} does not fit into int64`)
  return asInt64(BigInt(Math.trunc(value)))
}

/** A text as messages show it, cut where it is long. */
export const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
