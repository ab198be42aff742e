import { type Column, type ColumnType, decodeText, isValid, setBit, toHalf } from '@headrace/runtime/sdk'
import {
  isoTimeCut,
  isoTimestampCut,
  type Moment,
  newMoment,
  type ReadMoment,
  wholeUnitsPerSecond,
} from '@headrace/runtime/time'
import { type Cast, rangeOf, rescale, setDecimal, valuesFor, withValues } from './numbers.ts'

/** Casts from text to a type that is no list or struct: surrounding blanks do not matter; null where there is none. */
export function parseCast(to: ColumnType): Cast | null {
  switch (to.kind) {
    case 'int':
      return parseInts(to)
    case 'float':
      return parseFloats(to)
    case 'bool':
      return (scope, column, fail) => {
        const bits = scope.bits(column.length)
        eachText(column, (row, text) => {
          const word = text.toLowerCase()
          if (word === 'true' || word === 'yes' || word === '1') setBit(bits, row)
          else if (word !== 'false' && word !== 'no' && word !== '0')
            fail(row, 'only true, false, yes, no, 1 and 0 are')
        })
        return withValues(column, to, bits)
      }
    case 'decimal':
      return (scope, column, fail) => {
        const values = valuesFor(scope, to, column.length) as BigInt64Array
        eachText(column, (row, text) => {
          const found = number.exec(text)
          if (!found || found[3]) return fail(row, notNumber)
          const places = found[2] ?? ''
          const unscaled = rescale(BigInt((found[1] as string).replace('+', '') + places), places.length, to)
          if (typeof unscaled === 'string') fail(row, unscaled)
          else setDecimal(values, row, unscaled)
        })
        return withValues(column, to, values)
      }
    case 'date':
    case 'time':
    case 'timestamp':
      return parseTimes(to)
    default:
      return null
  }
}

const notNumber = 'it is not a number'
const number = /^([+-]?\d+)(?:\.(\d*))?([eE][+-]?\d+)?$/
const float = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const special: Record<string, number> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '-infinity': -Infinity,
}

function eachText(column: Column, use: (row: number, text: string) => void): void {
  const bytes = column.values as Uint8Array
  const offsets = column.offsets as Int32Array
  for (let row = 0; row < column.length; row++) {
    if (isValid(column, row)) use(row, decodeText(bytes, offsets[row] as number, offsets[row + 1] as number).trim())
  }
}

function parseInts(to: ColumnType & { kind: 'int' }): Cast {
  const [least, most] = rangeOf(to)
  const [low, high] = [Number(least), Number(most)]
  const why = `it is not between ${least} and ${most}`
  return (scope, column, fail) => {
    const values = valuesFor(scope, to, column.length)
    const bytes = column.values as Uint8Array
    const offsets = column.offsets as Int32Array
    for (let row = 0; row < column.length; row++) {
      if (!isValid(column, row)) continue
      const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
      // Most numbers are short and plain: their digits are read from the bytes, without a string.
      const short = shortNumber(bytes, start, end)
      if (Number.isInteger(short)) {
        if (short < low || short > high) fail(row, why)
        else values[row] = to.bits === 64 ? BigInt(short) : short
        continue
      }
      const found = number.exec(decodeText(bytes, start, end).trim())
      if (!found || found[3]) fail(row, notNumber)
      else if (/[1-9]/.test(found[2] ?? '')) fail(row, 'it is not a whole number')
      else {
        const value = BigInt((found[1] as string).replace('+', ''))
        if (value < least || value > most) fail(row, why)
        else values[row] = to.bits === 64 ? value : Number(value)
      }
    }
    return withValues(column, to, values)
  }
}

function parseFloats(to: ColumnType & { kind: 'float' }): Cast {
  return (scope, column, fail) => {
    const values = valuesFor(scope, to, column.length)
    const bytes = column.values as Uint8Array
    const offsets = column.offsets as Int32Array
    for (let row = 0; row < column.length; row++) {
      if (!isValid(column, row)) continue
      const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
      let value = shortNumber(bytes, start, end)
      if (Number.isNaN(value)) {
        const text = decodeText(bytes, start, end).trim()
        const word = text.toLowerCase()
        if (float.test(text)) value = Number(text)
        else if (Object.hasOwn(special, word)) value = special[word] as number
        else fail(row, notNumber)
      }
      values[row] = to.bits === 16 ? toHalf(value) : value
    }
    return withValues(column, to, values)
  }
}

/** `-12.5` from its bytes where it has at most 15 digits (then the quotient of two exact floats is exact); else NaN. */
function shortNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const negative = bytes[at] === 45
  if (negative) at++
  if (end - at > 16) return Number.NaN
  let digits = 0
  let count = 0
  let point = -1
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 48
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      count++
    } else if (digit === -2 && point < 0 && count > 0) point = at
    else return Number.NaN
  }
  if (count === 0 || count > 15) return Number.NaN
  const value = point < 0 ? digits : digits / 10 ** (end - point - 1)
  return negative ? -value : value
}

function parseTimes(to: ColumnType & { kind: 'date' | 'time' | 'timestamp' }): Cast {
  const why =
    to.kind === 'time'
      ? 'it is not a time of day like 23:59:59'
      : `it is not a ${to.kind} as ISO 8601 writes it; use derive with date(text, format)`
  return (scope, column, fail) => {
    const values = valuesFor(scope, to, column.length)
    const moment = newMoment()
    const read = to.kind === 'time' ? isoTimeCut : isoTimestampCut
    eachMoment(column, read, moment, (row, good, timed) => {
      if (!good) fail(row, why)
      else if (to.kind === 'time') values[row] = BigInt(moment.seconds * 1e6 + Math.floor(moment.nanos / 1e3))
      else if (to.kind === 'date') {
        if (timed) fail(row, 'it has a time of day; make it a timestamp first')
        else values[row] = moment.days
      } else {
        const unit = wholeUnitsPerSecond[to.unit]
        const seconds = moment.days * 86_400 + moment.seconds - (moment.offset || 0) * 60
        const value = BigInt(seconds) * unit + (BigInt(moment.nanos) * unit) / 1_000_000_000n
        if (value !== BigInt.asIntN(64, value)) fail(row, `it is out of the range of ${to.unit} in 64 bits`)
        else values[row] = value
      }
    })
    return withValues(column, to, values)
  }
}

/** Reads each text from its bytes; one with blanks around it, of whatever alphabet, once more without them. */
function eachMoment(
  column: Column,
  read: ReadMoment,
  moment: Moment,
  use: (row: number, good: boolean, timed: boolean) => void,
): void {
  const bytes = column.values as Uint8Array
  const offsets = column.offsets as Int32Array
  for (let row = 0; row < column.length; row++) {
    if (!isValid(column, row)) continue
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
    if (read(bytes, start, end, moment)) use(row, true, hasTime(bytes, start, end))
    else {
      const trimmed = Buffer.from(decodeText(bytes, start, end).trim())
      const good = trimmed.length < end - start && read(trimmed, 0, trimmed.length, moment)
      use(row, good, good && hasTime(trimmed, 0, trimmed.length))
    }
  }
}

const hasTime = (bytes: Uint8Array, start: number, end: number): boolean => bytes.subarray(start, end).includes(58)
