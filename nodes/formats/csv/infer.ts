import { type ColumnType, layout, type TypedArray, timestamp, types } from '@headrace/runtime/sdk'
import { nullTest } from './cells.ts'
import { fillFor, type Spans } from './column.ts'
import { dateFormatOf } from './date-format.ts'
import type { ColumnPlan, Dialect } from './dialect.ts'
import { isDigit } from './scan.ts'

/** A type that a column's values may be of, with the format of its dates. */
interface Candidate {
  readonly type: ColumnType
  readonly format: string | null
  readonly fits: (bytes: Uint8Array, start: number, end: number) => boolean
}

/** What a column's values are, and how else its dates could be read. */
export interface Guess {
  readonly type: ColumnType
  readonly format: string | null
  /** Another order of day and month that fits as well. */
  readonly rival: string | null
  readonly examples: readonly string[]
  /** For a column of texts: the type that nearly all values have, and one of those that have not. */
  readonly nearly: { readonly type: ColumnType; readonly values: number; readonly misfit: string } | null
}

/** A candidate that some values do not fit. */
interface Near {
  readonly candidate: Candidate
  readonly misfit: string
  misfits: number
}

const zoned = timestamp('us', 'UTC')
const dateOrders = ['%d/%m/%Y', '%m/%d/%Y', '%d-%m-%Y', '%m-%d-%Y', '%d.%m.%Y', '%Y/%m/%d', '%Y.%m.%d']
const timeEndings = ['', ' %H:%M', ' %H:%M:%S']

/** Finds the types that all values of a column fit; `add` every value, then `finish`. Uses the readers' own tests. */
export class TypeGuess {
  #alive: readonly Candidate[]
  readonly #isNull: ReturnType<typeof nullTest>
  readonly examples: string[] = []
  #near: Near[] = []
  #values = 0

  constructor(dialect: Dialect, dateFormat: string | null) {
    this.#alive = candidates(dialect, dateFormat)
    this.#isNull = nullTest(dialect.nulls)
  }

  /** No value can change the guess any more: it is a string. */
  get settled(): boolean {
    return this.#alive.length === 0 && this.#near.length === 0
  }

  add(bytes: Buffer, from: number, to: number): void {
    let [start, end] = [from, to]
    while (start < end && bytes[start] === 32) start++
    while (start < end && bytes[end - 1] === 32) end--
    if (this.#isNull(bytes, start, end)) return
    if (this.examples.length < 2) this.examples.push(bytes.toString('utf8', start, Math.min(end, start + 40)))
    this.#values++
    for (const near of this.#near) if (!near.candidate.fits(bytes, start, end)) near.misfits++
    const bearable = 2 + this.#values / 10
    if (this.#near.some(({ misfits }) => misfits > bearable))
      this.#near = this.#near.filter(({ misfits }) => misfits <= bearable)
    const gone = this.#alive.filter((candidate) => !candidate.fits(bytes, start, end))
    if (gone.length === 0) return
    this.#alive = this.#alive.filter((candidate) => !gone.includes(candidate))
    const misfit = bytes.toString('utf8', start, Math.min(end, start + 40))
    this.#near.push(...gone.map((candidate) => ({ candidate, misfit, misfits: 1 })))
  }

  /** `order`: whether other columns of the file show the day or the month first. `kind`: only types of this kind. */
  finish(order: 'day' | 'month' | null, kind?: ColumnType['kind']): Guess {
    const { examples } = this
    // A column whose type is set is read as most of its values show; the others are rejected.
    const alive = kind ? this.#ofKind(kind) : this.#alive
    const [best] = alive
    const none = { format: null, rival: null, examples, nearly: this.#nearly() }
    if (examples.length === 0 || !best) return { type: types.string, ...none }
    if (best.type.kind === 'float' && !examples.some((text) => /\d/.test(text))) return { type: types.string, ...none }
    const turned = alive.find(({ format }) => format !== null && format === turn(best.format))
    const chosen = turned && order === orderOf(turned.format) ? turned : best
    return {
      type: chosen.type,
      format: chosen.format,
      rival: turned && order === null ? turned.format : null,
      examples,
      nearly: null,
    }
  }

  #ofKind(kind: ColumnType['kind']): readonly Candidate[] {
    const alive = this.#alive.filter(({ type }) => type.kind === kind)
    if (alive.length) return alive
    const near = this.#near.filter(({ candidate }) => candidate.type.kind === kind)
    const least = Math.min(...near.map(({ misfits }) => misfits))
    return near.filter(({ misfits }) => misfits === least).map(({ candidate }) => candidate)
  }

  #nearly(): Guess['nearly'] {
    const few = this.#near.filter(({ misfits }) => misfits <= Math.max(1, this.#values / 50) && this.#values >= 4)
    const [first] = few.sort((a, b) => a.misfits - b.misfits)
    return first ? { type: first.candidate.type, values: this.#values - first.misfits, misfit: first.misfit } : null
  }

  /** The order of day and month that the values prove; null where they prove none. */
  get order(): 'day' | 'month' | null {
    if (this.examples.length === 0) return null
    const orders = new Set(this.#alive.map(({ format }) => orderOf(format)))
    return orders.size === 1 ? ([...orders][0] ?? null) : null
  }
}

/** The same format with day and month exchanged; null where it has no such twin. */
function turn(format: string | null): string | null {
  if (format === null || !/^%[dm][/-]/.test(format)) return null
  return format.replace(/^%([dm])(.)%[dm]/, (_, first, sign) => (first === 'd' ? `%m${sign}%d` : `%d${sign}%m`))
}

const orderOf = (format: string | null): 'day' | 'month' | null =>
  format === null || !/^%[dm][/-]/.test(format) ? null : format[1] === 'd' ? 'day' : 'month'

function candidates(dialect: Dialect, dateFormat: string | null): Candidate[] {
  const formats =
    dateFormat === null ? timeEndings.flatMap((time) => dateOrders.map((day) => day + time)) : [dateFormat]
  return [
    candidate({ type: types.bool, format: null }, dialect),
    candidate({ type: types.int64, format: null }, dialect, isPlainInteger),
    candidate({ type: types.float64, format: null }, dialect, isPlainNumber),
    ...formats.flatMap((format) => {
      const type = formatType(format, dialect)
      return type && type.kind !== 'time' ? [candidate({ type, format }, dialect)] : []
    }),
    candidate({ type: types.date, format: null }, dialect),
    ...(dialect.timezone === null ? [candidate({ type: types.timestamp, format: null }, dialect)] : []),
    candidate({ type: zoned, format: null }, dialect),
  ]
}

function candidate(
  { type, format }: Pick<ColumnPlan, 'type' | 'format'>,
  dialect: Dialect,
  also: (bytes: Uint8Array, start: number, end: number) => boolean = () => true,
): Candidate {
  const shape = layout(type)
  const scratch = shape ? new shape.array(new ArrayBuffer(16), 0, 1) : new Uint8Array(1)
  const fill = fillFor({ name: '', type, format, inferred: true }, dialect)
  const spans: Spans = { bytes: new Uint8Array(0), starts: new Int32Array(1), ends: new Int32Array(1) }
  let good = true
  const fits = (bytes: Uint8Array, start: number, end: number): boolean => {
    if (!also(bytes, start, end)) return false
    spans.bytes = bytes
    spans.starts[0] = start
    spans.ends[0] = end
    good = true
    fill(spans, 1, scratch as TypedArray, () => {
      good = false
    })
    return good
  }
  return { type, format, fits }
}

/** The type of a column whose values have a strptime format; null for a format that is none. */
export function formatType(format: string, dialect: Dialect): ColumnType | null {
  const compiled = dateFormatOf(format)
  if (typeof compiled === 'string') return null
  if (!compiled.time) return types.date
  if (!compiled.day) return types.time
  return compiled.zoned || dialect.timezone !== null ? zoned : types.timestamp
}

/** `+491234` is a telephone's number and `-0` would lose its sign. */
function isPlainInteger(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] !== 43 && !(end - start === 2 && bytes[start] === 45 && bytes[start + 1] === 48)
}

/** Whole numbers of more than 15 digits would be rounded. */
function isPlainNumber(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 43) return false
  if (end - start <= 15) return true
  for (let i = bytes[start] === 45 ? start + 1 : start; i < end; i++) if (!isDigit(bytes[i] as number)) return true
  return false
}
