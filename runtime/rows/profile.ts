import { type Batch, bitAt, type Column, decodeText, fromHalf, int128, isValid } from '../memory/index.ts'
import type { Field } from '../pipeline/types.ts'
import type { Cell, ColumnProfile } from '../server/api/rows.ts'
import { cellReader } from './cell.ts'
import { type Distinct, distinctValues, type Key } from './distinct.ts'

/** Profiles of columns, batch by batch; holds plain numbers and short texts alone, never a batch. */
export interface Profiler {
  /** Looks at a batch's rows, or its first ones. */
  readonly add: (batch: Batch, most?: number) => void
  readonly result: () => ColumnProfile[]
}

/** The profile of batches that follow one another, all with the same columns. */
export function profileOf(fields: readonly Field[], batches: readonly Batch[], most?: number): ColumnProfile[] {
  const { add, result } = profiler(fields)
  for (const batch of batches) add(batch, most)
  return result()
}

/** Bins of a histogram. */
const bins = 24
/** So many of the commonest values are named. */
const named = 10
/** Texts longer than this many bytes are told apart by their head, their length and a hash of both their ends. */
const head = 200
/** Of a long text no more bytes than this are looked at, at either end. */
const looked = 4096

/** Looks at every value of the batches that it is given: typed-array loops, one pass. */
export function profiler(fields: readonly Field[]): Profiler {
  const tallies = fields.map(tallyOf)
  return {
    add(batch, most = batch.rows) {
      const count = Math.min(most, batch.rows)
      tallies.forEach((tally, i) => {
        // As stored: a dense column of selected rows would take memory of the run's.
        const { column, places } = batch.stored(i)
        const rows = presentRows(column, places, count)
        tally.rows += count
        tally.nulls += count - rows.length
        readerOf(column)?.(tally, column, rows)
      })
    },
    result: () => tallies.map(profileOfTally),
  }
}

interface Tally {
  readonly name: string
  rows: number
  nulls: number
  of: 'values' | 'lengths' | 'norms'
  /** Of a decimal, whose keys are unscaled. */
  readonly scale: number
  readonly measures: number[]
  readonly distinct: Distinct | null
  least: { readonly key: Key; readonly cell: Cell } | null
  greatest: { readonly key: Key; readonly cell: Cell } | null
}

/** Takes in the values at `rows`, none of which is null. */
type Reader = (tally: Tally, column: Column, rows: Int32Array) => void

function presentRows(column: Column, places: Int32Array | null, count: number): Int32Array {
  const rows = new Int32Array(count)
  let length = 0
  for (let i = 0; i < count; i++) {
    const row = places ? (places[i] as number) : i
    if (isValid(column, row)) rows[length++] = row
  }
  return rows.subarray(0, length)
}

const tallyOf = ({ name, type }: Field): Tally => ({
  name,
  rows: 0,
  nulls: 0,
  of: 'values',
  scale: type.kind === 'decimal' ? 10 ** type.scale : 1,
  measures: [],
  distinct: ['list', 'fixed', 'struct', 'null'].includes(type.kind) ? null : distinctValues(),
  least: null,
  greatest: null,
})

function profileOfTally({ name, rows, nulls, of, measures, distinct, least, greatest }: Tally): ColumnProfile {
  return {
    name,
    rows,
    nulls,
    distinct: distinct ? distinct.count() : null,
    exact: distinct ? distinct.exact() : true,
    min: least?.cell ?? null,
    max: greatest?.cell ?? null,
    histogram: histogramOf(of, measures),
    commonest: distinct?.commonest(named) ?? [],
  }
}

/** Bins of equal width between the least and the greatest number; one bin where they are the same. */
function histogramOf(of: Tally['of'], values: readonly number[]): ColumnProfile['histogram'] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < from) from = value
    if (value > to) to = value
  }
  if (from > to) return null
  if (from === to) return { of, from, to, counts: [values.length] }
  const counts = new Array<number>(bins).fill(0)
  const width = to - from
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor(((value - from) / width) * bins))
    counts[bin] = (counts[bin] as number) + 1
  }
  return { of, from, to, counts }
}

/** `keyOf` gives what equal values share and by which they are ordered, `measure` the number in the histogram. */
function scalars(keyOf: (column: Column) => (row: number) => Key, measure: (key: Key) => number | null): Reader {
  return (tally, column, rows) => {
    const [key, cell] = [keyOf(column), cellReader(column)]
    let [least, greatest] = [-1, -1]
    let [low, high] = [tally.least?.key, tally.greatest?.key]
    for (const row of rows) {
      const value = key(row)
      tally.distinct?.add(value, () => cell(row))
      const number = measure(value)
      if (number !== null && Number.isFinite(number)) tally.measures.push(number / tally.scale)
      if (Number.isNaN(value)) continue
      if (low === undefined || value < low) [low, least] = [value, row]
      if (high === undefined || value > high) [high, greatest] = [value, row]
    }
    // The cells are written once a batch: in a rising column every row is the greatest so far.
    if (least >= 0 && low !== undefined) tally.least = { key: low, cell: cell(least) }
    if (greatest >= 0 && high !== undefined) tally.greatest = { key: high, cell: cell(greatest) }
  }
}

const asNumber = (key: Key): number => Number(key)
const noNumber = (): null => null

/** Texts and bytes: equal by head, length and hash, so that a long one is never kept. */
const texts: Reader = (tally, column, rows) => {
  tally.of = 'lengths'
  const offsets = column.offsets as Int32Array
  const bytes = column.values as Uint8Array
  const isText = column.type.kind === 'string'
  for (const row of rows) {
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
    tally.measures.push(isText ? charactersBetween(bytes, start, end) : end - start)
  }
  const key = (row: number) => {
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
    const text = isText ? decodeText(bytes, start, Math.min(end, start + head)) : ''
    return isText && end - start <= head ? text : `${text} ${end - start} ${hashBetween(bytes, start, end)}`
  }
  scalars(() => key, noNumber)(tally, column, rows)
  if (!isText) tally.least = tally.greatest = null
}

const lengths: Reader = (tally, column, rows) => {
  tally.of = 'lengths'
  const offsets = column.offsets as Int32Array
  for (const row of rows) tally.measures.push((offsets[row + 1] as number) - (offsets[row] as number))
}

const norms: Reader = (tally, column, rows) => {
  tally.of = 'norms'
  const { type } = column
  const items = column.children[0]
  if (type.kind !== 'fixed' || items?.type.kind !== 'float') return
  const values = items.values as Float32Array
  const half = items.type.bits === 16
  for (const row of rows) {
    let sum = 0
    for (let i = row * type.size; i < (row + 1) * type.size; i++) {
      const value = half ? fromHalf(values[i] as number) : (values[i] as number)
      sum += value * value
    }
    tally.measures.push(Math.sqrt(sum))
  }
}

const plain = scalars(
  ({ values }) =>
    (row) =>
      values?.[row] as number | bigint,
  asNumber,
)
const halves = scalars(
  ({ values }) =>
    (row) =>
      fromHalf(values?.[row] as number),
  asNumber,
)

const readers: { readonly [kind in Column['type']['kind']]?: Reader } = {
  bool: scalars(
    ({ values }) =>
      (row) =>
        bitAt(values as Uint8Array, row),
    noNumber,
  ),
  int: plain,
  float: plain,
  date: plain,
  time: plain,
  timestamp: plain,
  decimal: scalars(({ values }) => {
    const pair = values as BigInt64Array
    return (row) => int128(pair[row * 2] as bigint, pair[row * 2 + 1] as bigint)
  }, asNumber),
  string: texts,
  binary: texts,
  list: lengths,
  fixed: norms,
}

const readerOf = ({ type }: Column): Reader | undefined =>
  type.kind === 'float' && type.bits === 16 ? halves : readers[type.kind]

/** UTF-8 characters: every byte that starts one; of a long text as many as its first bytes let expect. */
function charactersBetween(bytes: Uint8Array, start: number, end: number): number {
  const until = Math.min(end, start + looked)
  let count = 0
  for (let i = start; i < until; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) count++
  return until === end ? count : Math.round((count * (end - start)) / looked)
}

/** FNV-1a, 32 bits, over both ends. */
function hashBetween(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  const mix = (from: number, to: number) => {
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  }
  mix(start, Math.min(end, start + looked))
  mix(Math.max(start, end - looked), end)
  return hash >>> 0
}
