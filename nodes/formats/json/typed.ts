import {
  type Column,
  type ColumnType,
  layout,
  type Scope,
  type TypedArray,
  toHalf,
  typeName,
} from '@headrace/runtime/sdk'
import { isoDate, isoTime, isoTimestamp, newMoment, wholeUnitsPerSecond } from '@headrace/runtime/time'
import { Bytes } from './bytes.ts'
import { type Builder, Present } from './rows.ts'
import type { Scanner } from './scanner.ts'

/** A value from its text, or null where the text is none of the type. */
type Parse = (bytes: Buffer, start: number, end: number) => number | bigint | null

/** Values of a type that the setting `types` names: numbers, true and false, or texts that hold them or a date. */
export class TypedBuilder implements Builder {
  readonly type: ColumnType
  readonly #path: string
  readonly #parse: Parse
  readonly #present = new Present()
  readonly #text = new Bytes()
  readonly #values: (number | bigint)[] = []

  constructor(path: string, type: ColumnType) {
    this.#path = path
    this.type = type
    this.#parse = parserOf(type)
  }

  get length(): number {
    return this.#values.length
  }

  read(scanner: Scanner): boolean {
    const first = scanner.peek()
    const start = scanner.at
    let value: number | bigint | null = null
    if (first === 34) {
      this.#text.end = 0
      if (!scanner.takeText(this.#text)) return false
      value = this.#parse(Buffer.from(this.#text.bytes.buffer), 0, this.#text.end)
    } else if (first !== 123 && first !== 91) {
      if (!scanner.skipValue()) return false
      value = this.#parse(scanner.bytes, start, scanner.at)
    }
    if (value === null) return scanner.wrongType(this.#path, `a ${typeName(this.type)}`, start)
    this.#values.push(value)
    this.#present.add(1)
    return true
  }

  addNull(): void {
    this.#values.push(0)
    this.#present.add(0)
  }

  cut(length: number): void {
    this.#values.length = length
    this.#present.length = length
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const values = place(scope, this.type, this.#values)
    this.#values.length = 0
    return { type: this.type, ...rows, offsets: null, values, children: [] }
  }
}

function place(scope: Scope, type: ColumnType, from: readonly (number | bigint)[]): TypedArray {
  const { array, perRow } = layout(type) as NonNullable<ReturnType<typeof layout>>
  if (type.kind === 'bool') {
    const bits = scope.bits(from.length)
    for (let row = 0; row < from.length; row++)
      if (from[row]) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7))
    return bits
  }
  // A cast: which array it is follows from the type, at run time.
  const values = scope.allocate(array as unknown as typeof BigInt64Array, from.length * perRow)
  if (type.kind === 'decimal') {
    for (let row = 0; row < from.length; row++) {
      const unscaled = BigInt(from[row] as bigint)
      values[row * 2] = BigInt.asIntN(64, unscaled)
      values[row * 2 + 1] = BigInt.asIntN(64, unscaled >> 64n)
    }
  } else if (array === BigInt64Array || (array as unknown) === BigUint64Array) {
    for (let row = 0; row < from.length; row++) values[row] = BigInt(from[row] as bigint)
  } else {
    const numbers = values as unknown as Float64Array
    const half = type.kind === 'float' && type.bits === 16
    for (let row = 0; row < from.length; row++) numbers[row] = half ? toHalf(Number(from[row])) : Number(from[row])
  }
  return values
}

const aNumber = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/

function parserOf(type: ColumnType): Parse {
  const moment = newMoment()
  switch (type.kind) {
    case 'bool':
      return (bytes, start, end) => {
        const text = bytes.toString('latin1', start, end).trim().toLowerCase()
        return text === 'true' ? 1 : text === 'false' ? 0 : null
      }
    case 'int': {
      const least = type.signed ? -(2n ** BigInt(type.bits - 1)) : 0n
      const most = 2n ** BigInt(type.signed ? type.bits - 1 : type.bits) - 1n
      return (bytes, start, end) => {
        const value = scaled(bytes.toString('latin1', start, end), 0)
        return value !== null && value >= least && value <= most ? value : null
      }
    }
    case 'float':
      return (bytes, start, end) => {
        const text = bytes.toString('latin1', start, end)
        const value = aNumber.test(text) ? Number(text) : Number.NaN
        return Number.isFinite(value) ? value : null
      }
    case 'decimal': {
      const most = 10n ** BigInt(type.precision)
      return (bytes, start, end) => {
        const value = scaled(bytes.toString('latin1', start, end), type.scale)
        return value !== null && value < most && value > -most ? value : null
      }
    }
    case 'date':
      return (bytes, start, end) => {
        const days = isoDate(bytes, start, end)
        return Number.isNaN(days) ? null : days
      }
    case 'time':
      return (bytes, start, end) =>
        isoTime(bytes, start, end, moment) ? Math.floor(moment.seconds * 1e6 + moment.nanos / 1000) : null
    case 'timestamp': {
      const unit = wholeUnitsPerSecond[type.unit]
      return (bytes, start, end) => {
        if (!isoTimestamp(bytes, start, end, moment)) return null
        const minutes = Number.isNaN(moment.offset) ? 0 : moment.offset
        const seconds = moment.days * 86_400 + moment.seconds - minutes * 60
        return BigInt(seconds) * unit + (BigInt(moment.nanos) * unit) / 1_000_000_000n
      }
    }
    default:
      return () => null
  }
}

/** A number times 10^scale, exactly; null where that is not whole. */
function scaled(text: string, scale: number): bigint | null {
  if (!aNumber.test(text)) return null
  const [mantissa = '', exponent = '0'] = text.trim().toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const shift = Number(exponent) + scale - fraction.length
  if (Math.abs(shift) > 400) return null
  const digits = BigInt(`${whole}${fraction}`.replace(/^\+/, '') || '0')
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return digits % divisor === 0n ? digits / divisor : null
}
