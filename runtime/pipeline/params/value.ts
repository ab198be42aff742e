import type { Json } from '../../sdk/node.ts'
import { isoDate, isoTimestamp, newMoment } from '../../time/moment.ts'
import { isSecret, kindOf } from '../shape.ts'
import { type ColumnType, types } from '../types.ts'

/** What a parameter holds, as run.json and the report write it; a whole number beyond 2^53 is a text. */
export type ParamValue = string | number | boolean

/** The types of parameters, by the names under which they are written. */
export const paramTypes = {
  string: types.string,
  int64: types.int64,
  float64: types.float64,
  bool: types.bool,
  date: types.date,
  timestamp: types.timestamp,
} as const satisfies Record<string, ColumnType>

export type ParamType = keyof typeof paramTypes

const aliases: Readonly<Record<string, ParamType>> = {
  text: 'string',
  integer: 'int64',
  number: 'float64',
  boolean: 'bool',
}

/** Every name that a parameter's type may be written with. */
export const paramTypeNames: readonly string[] = [...Object.keys(paramTypes), ...Object.keys(aliases)]

/** The type that a name stands for; null where it is none. */
export function paramTypeOf(name: string): ParamType | null {
  if (Object.hasOwn(paramTypes, name)) return name as ParamType
  return (Object.hasOwn(aliases, name) && aliases[name]) || null
}

/** A value for people who are to give one. */
export const exampleOf: Readonly<Record<ParamType, string>> = {
  string: 'text',
  int64: '10',
  float64: '0.5',
  bool: 'true',
  date: '2026-11-24',
  timestamp: '2026-11-24T06:00:00',
}

const named: Readonly<Record<ParamType, string>> = {
  string: 'text',
  int64: 'whole number',
  float64: 'number',
  bool: 'true or false',
  date: 'date',
  timestamp: 'timestamp',
}

export interface Unread {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** Reads a value from JSON, or from the text of a flag or a variable; a problem where it is not of the type. */
export function readValue(type: ParamType, given: Json | undefined): { readonly value: ParamValue } | Unread {
  if (isSecret(given)) return secretParam(given.secret)
  const value = readers[type](given)
  if (value !== undefined) return { value }
  const what = type === 'bool' ? 'neither true nor false' : `no ${named[type]}`
  return { code: 'wrong-param', message: `${kindOf(given)} is ${what}`, hint: `Write it like ${exampleOf[type]}.` }
}

/** A secret never is a parameter's value. */
export const secretParam = (name: string): Unread => ({
  code: 'secret-param',
  message: `the secret ${name} cannot be a parameter: parameters are written into the run's folder and its report`,
  hint: `Write { "secret": "${name}" } in the setting that needs it.`,
})

const wholeText = /^[+-]?\d{1,19}$/
const numberText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

const readers: Readonly<Record<ParamType, (given: Json | undefined) => ParamValue | undefined>> = {
  string: (given) => (typeof given === 'string' ? given : undefined),
  int64(given) {
    if (typeof given === 'number') return Number.isSafeInteger(given) ? given : undefined
    if (typeof given !== 'string' || !wholeText.test(given)) return undefined
    const value = BigInt(given.replace('+', ''))
    if (BigInt.asIntN(64, value) !== value) return undefined
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  },
  float64(given) {
    if (typeof given === 'number') return Number.isFinite(given) ? given : undefined
    if (typeof given !== 'string' || !numberText.test(given)) return undefined
    return Number.isFinite(Number(given)) ? Number(given) : undefined
  },
  bool: (given) =>
    given === true || given === 'true' ? true : given === false || given === 'false' ? false : undefined,
  date: (given) => (typeof given === 'string' && daysOfText(given) !== null ? given : undefined),
  timestamp: (given) => (typeof given === 'string' && microsOfText(given) !== null ? given : undefined),
}

/** A date's days since 1970; null where the text is none. */
export function daysOfText(text: string): number | null {
  const bytes = new TextEncoder().encode(text)
  const days = isoDate(bytes, 0, bytes.length)
  return Number.isNaN(days) ? null : days
}

/** A timestamp's microseconds since 1970, an offset taken off; null where the text is none. */
export function microsOfText(text: string): bigint | null {
  const bytes = new TextEncoder().encode(text)
  const moment = newMoment()
  if (!isoTimestamp(bytes, 0, bytes.length, moment)) return null
  const minutes = Number.isNaN(moment.offset) ? 0 : moment.offset
  return (
    BigInt(moment.days * 86_400 + moment.seconds - minutes * 60) * 1_000_000n + BigInt(Math.floor(moment.nanos / 1000))
  )
}
