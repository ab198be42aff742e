import { type Column, decodeText, isValid, type Scope } from '@headrace/runtime/sdk'
import { stripMarkup } from './markup.ts'
import type { TextWriter } from './writer.ts'

/** What to do with a text, in this order. */
export interface Cleaning {
  readonly stripMarkup: boolean
  readonly unicode: 'none' | 'NFC' | 'NFKC'
  readonly replace: readonly ((text: string) => string)[]
  readonly collapse: boolean
  readonly trim: boolean
  readonly case: 'none' | 'lower' | 'upper'
  readonly emptyToNull: boolean
}

/** Cleans a string column; where no text changes it is the same column, and texts that stay are copied as bytes. */
export function cleanColumn(scope: Scope, column: Column, cleaning: Cleaning, writer: TextWriter): Column {
  const bytes = column.values as Uint8Array
  const offsets = column.offsets as Int32Array
  const settled = settledBytes(cleaning)
  const apply = cleaner(cleaning)
  let copied = 0
  let changed = false
  for (let row = 0; row < column.length; row++) {
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number]
    if (!isValid(column, row) || isSettled(bytes, start, end, settled, cleaning)) continue
    const text = decodeText(bytes, start, end)
    const clean = apply(text)
    const toNull = cleaning.emptyToNull && clean === ''
    if (clean === text && !toNull) continue
    writer.copyRows(column, copied, row)
    if (toNull) writer.writeNull()
    else writer.write(clean)
    copied = row + 1
    changed = true
  }
  if (!changed) return column
  writer.copyRows(column, copied, column.length)
  return writer.finish(scope)
}

/** One text, cleaned. */
function cleaner(cleaning: Cleaning): (text: string) => string {
  return (text) => {
    let clean = cleaning.stripMarkup ? stripMarkup(text) : text
    if (cleaning.unicode !== 'none') clean = clean.normalize(cleaning.unicode)
    for (const replace of cleaning.replace) clean = replace(clean)
    if (cleaning.collapse) clean = clean.replace(/\s+/gu, ' ')
    if (cleaning.trim) clean = clean.trim()
    if (cleaning.case === 'lower') clean = clean.toLowerCase()
    if (cleaning.case === 'upper') clean = clean.toUpperCase()
    return clean
  }
}

const plain = 0
const blank = 1
const unsettled = 2

/** For each byte: nothing to do, white space whose place decides, or a text that has to be decoded and looked at. */
function settledBytes(cleaning: Cleaning): Uint8Array {
  const table = new Uint8Array(256)
  const mark = (from: number, to: number, as: number) => table.fill(as, from, to + 1)
  const decodes = cleaning.unicode !== 'none' || cleaning.trim || cleaning.collapse || cleaning.case !== 'none'
  if (decodes) mark(128, 255, unsettled)
  if (cleaning.trim || cleaning.collapse) mark(9, 13, cleaning.collapse ? unsettled : blank)
  mark(32, 32, blank)
  if (cleaning.case === 'lower') mark(65, 90, unsettled)
  if (cleaning.case === 'upper') mark(97, 122, unsettled)
  if (cleaning.stripMarkup) for (const char of '<&') table[char.charCodeAt(0)] = unsettled
  return table
}

/** Whether a text needs no change, as its bytes show; most do not, and are never decoded. */
function isSettled(bytes: Uint8Array, start: number, end: number, table: Uint8Array, cleaning: Cleaning): boolean {
  if (cleaning.replace.length) return false
  if (start === end) return !cleaning.emptyToNull
  if (cleaning.trim && (table[bytes[start] as number] === blank || table[bytes[end - 1] as number] === blank))
    return false
  let before = plain
  for (let i = start; i < end; i++) {
    const kind = table[bytes[i] as number] as number
    if (kind === unsettled || (cleaning.collapse && kind === blank && before === blank)) return false
    before = kind
  }
  return true
}
