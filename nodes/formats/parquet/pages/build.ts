import { type Coded, type Column, layout, type Scope, setBit } from '@headrace/runtime/sdk'
import type { PageColumn } from './chunks.ts'
import type { Slice } from './cursor.ts'
import type { Dictionary } from './dictionary.ts'
import { gatherFixed, spreadFixed } from './fixed.ts'
import { notOurs } from './notours.ts'
import type { Texts } from './plain.ts'
import { slack } from './rooms.ts'
import { copyText, copyTexts, wordsOf } from './texts.ts'
import { areTexts } from './utf8.ts'

/** Builds a column in shared memory out of the pages of its rows. */
export function buildColumn(
  scope: Scope,
  { type, shape }: Pick<PageColumn, 'type' | 'shape'>,
  slices: readonly Slice[],
  length: number,
): Column {
  const base = { type, length, ...validityOf(scope, slices, length), offsets: null, children: [] }
  if (shape.kind === 'texts') return { ...base, ...textsOf(scope, slices, length, shape.text) }
  if (shape.kind === 'flags') return { ...base, values: flagsOf(scope, slices, length) }
  const { array, perRow } = layout(type) as NonNullable<ReturnType<typeof layout>>
  const values = scope.allocate(array, length * perRow)
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let row = 0
  for (const { page, from, to } of slices) {
    const { values: of, places, there } = page
    const target = bytes.subarray(row * shape.width, (row += to - from) * shape.width)
    if (of.kind === 'codes') gatherFixed(target, of.dictionary.bytes, of.codes.subarray(from, to), shape.width)
    else if (of.kind !== 'fixed') notOurs('values of another kind')
    else if (there && places) spreadFixed(target, of.bytes, there, places, from, to, shape.width)
    else target.set(of.bytes.subarray(from * shape.width, to * shape.width))
  }
  return { ...base, values }
}

/** The rows as codes of the one dictionary that all of `slices` have; `bytes`: what the texts would take as a plain column. */
export function codedColumn(
  scope: Scope,
  { shape }: PageColumn,
  dictionary: Dictionary,
  slices: readonly Slice[],
  length: number,
  bytes: number,
): Coded {
  const codes = scope.allocate(Int32Array, length)
  let row = 0
  for (const { page, from, to } of slices) {
    if (page.values.kind !== 'codes') return notOurs('values of another kind')
    codes.set(page.values.codes.subarray(from, to), row)
    row += to - from
  }
  const nullable = dictionary.nullable || slices.some(({ page }) => page.there !== null)
  const values = dictionary.column(scope, nullable)
  return { values, codes, bytes: shape.kind === 'fixed' ? length * shape.width : bytes }
}

/** Marks the rows that are not null. */
export function validityOf(
  scope: Scope,
  slices: readonly Slice[],
  length: number,
): { validity: Uint8Array | null; nulls: number } {
  if (slices.every(({ page }) => page.there === null)) return { validity: null, nulls: 0 }
  const bits = scope.bits(length)
  let [row, count] = [0, 0]
  for (const { page, from, to } of slices) {
    const { there } = page
    for (let i = from; i < to; i++, row++) {
      if (there && there[i] === 0) continue
      setBit(bits, row)
      count++
    }
  }
  return count === length ? { validity: null, nulls: 0 } : { validity: bits, nulls: length - count }
}

function flagsOf(scope: Scope, slices: readonly Slice[], length: number): Uint8Array {
  const bits = scope.bits(length)
  let row = 0
  for (const { page, from, to } of slices) {
    const { values, there, places } = page
    if (values.kind !== 'flags') return notOurs('values of another kind')
    for (let i = from; i < to; i++, row++) {
      if (there && there[i] === 0) continue
      if (values.flags[places ? (places[i] as number) : i] === 1) setBit(bits, row)
    }
  }
  return bits
}

function textsOf(
  scope: Scope,
  slices: readonly Slice[],
  length: number,
  text: boolean,
): { offsets: Int32Array; values: Uint8Array } {
  const offsets = scope.allocate(Int32Array, length + 1)
  offsets[0] = 0
  let row = 0
  for (const slice of slices) {
    addOffsets(offsets, row, slice)
    row += slice.to - slice.from
  }
  const total = offsets[length] as number
  // Texts are copied word by word, the last one too.
  const values = scope.allocate(Uint8Array, total + slack).subarray(0, total)
  row = 0
  let checked = true
  for (const { page, from, to } of slices) {
    const { values: of, there, places } = page
    if (of.kind === 'codes') placeCoded(values, offsets, row, of.codes.subarray(from, to), of.dictionary)
    else if (of.kind !== 'texts') notOurs('values of another kind')
    else {
      checked = false
      if (there && places) placeThere(values, offsets, row, of, there, places, from, to)
      else if (of.gap === 0) values.set(of.bytes.subarray(of.starts[from], of.starts[to]), offsets[row])
      else copyTexts(values, offsets, row, of.bytes, of.starts, of.gap, from, to)
    }
    row += to - from
  }
  if (text && !checked && !areTexts(values, offsets, length)) notOurs('texts that are not UTF-8')
  return { offsets, values }
}

/** Adds where the texts of rows end, from `offsets[row]` on. */
function addOffsets(offsets: Int32Array, row: number, { page, from, to }: Slice): void {
  const { values, there, places } = page
  let end = offsets[row] as number
  if (values.kind === 'codes') {
    const { codes, dictionary } = values
    const starts = dictionary.offsets as Int32Array
    for (let i = from, at = row + 1; i < to; i++, at++) {
      const code = codes[i] as number
      offsets[at] = end += (starts[code + 1] as number) - (starts[code] as number)
    }
  } else if (values.kind === 'texts') {
    const { starts, gap } = values
    for (let i = from, at = row + 1; i < to; i++, at++) {
      if (!there || there[i] === 1) {
        const place = places ? (places[i] as number) : i
        end += (starts[place + 1] as number) - gap - (starts[place] as number)
      }
      offsets[at] = end
    }
  }
}

function placeCoded(values: Uint8Array, offsets: Int32Array, row: number, codes: Int32Array, of: Dictionary): void {
  const [out, source] = [wordsOf(values), wordsOf(of.bytes)]
  const starts = of.offsets as Int32Array
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    const start = starts[code] as number
    copyText(values, out, offsets[row + i] as number, of.bytes, source, start, (starts[code + 1] as number) - start)
  }
}

function placeThere(
  values: Uint8Array,
  offsets: Int32Array,
  row: number,
  { bytes, starts, gap }: Texts,
  there: Uint8Array,
  places: Int32Array,
  from: number,
  to: number,
): void {
  const [out, source] = [wordsOf(values), wordsOf(bytes)]
  for (let i = from, at = row; i < to; i++, at++) {
    if (there[i] === 0) continue
    const place = places[i] as number
    const start = starts[place] as number
    copyText(values, out, offsets[at] as number, bytes, source, start, (starts[place + 1] as number) - gap - start)
  }
}

/** A row's text; good as long as the page is. */
export function textOf({ page, from }: Slice): Uint8Array {
  const { values, places, there } = page
  if (there?.[from] === 0) return new Uint8Array(0)
  if (values.kind === 'codes') {
    const { bytes, offsets } = values.dictionary
    const code = values.codes[from] as number
    return bytes.subarray(offsets?.[code], offsets?.[code + 1])
  }
  if (values.kind !== 'texts') return new Uint8Array(0)
  const { bytes, starts, gap } = values
  const place = places ? (places[from] as number) : from
  return bytes.subarray(starts[place], (starts[place + 1] as number) - gap)
}
