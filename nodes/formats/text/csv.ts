import { type Column, isValid } from '@headrace/runtime/sdk'
import {
  isFiniteAt,
  jsonWriter,
  scalarWriter,
  TextBuffer,
  type Unwritable,
  type WriteValue,
} from '@headrace/runtime/text'

/** How CSV is written; both are one ASCII character. */
export interface CsvForm {
  readonly delimiter: string
  readonly quote: string
}

const lineFeed = 10
const carriageReturn = 13

/** A column's values as CSV cells: null is nothing, an empty text is quoted, lists and structs are JSON. */
export function csvWriter(column: Column, form: CsvForm, unwritable: Unwritable): WriteValue {
  const write = cellWriter(column, form, unwritable)
  return (out, row) => {
    if (isValid(column, row)) write(out, row)
  }
}

function cellWriter(column: Column, form: CsvForm, unwritable: Unwritable): WriteValue {
  const { type } = column
  if (type.kind === 'string') {
    const bytes = column.values as Uint8Array
    const ends = column.offsets as Int32Array
    const special = specialBytes(form)
    return (out, row) => writeCell(out, bytes, ends[row] as number, ends[row + 1] as number, special, form)
  }
  if (type.kind === 'list' || type.kind === 'fixed' || type.kind === 'struct') {
    const write = jsonWriter(column, unwritable)
    const special = specialBytes(form)
    const json = new TextBuffer()
    return (out, row) => {
      json.clear()
      write(json, row)
      writeCell(out, json.bytes, 0, json.length, special, form)
    }
  }
  const write = scalarWriter(column)
  if (type.kind !== 'float') return write
  return (out, row) => {
    if (isFiniteAt(column, row)) write(out, row)
    else unwritable.notFinite++
  }
}

/** A line of names, quoted where they need it. */
export function writeHeader(out: TextBuffer, names: readonly string[], form: CsvForm): void {
  const special = specialBytes(form)
  names.forEach((name, i) => {
    if (i) out.byte(form.delimiter.charCodeAt(0))
    const bytes = Buffer.from(name)
    writeCell(out, bytes, 0, bytes.length, special, form)
  })
  out.byte(lineFeed)
}

function specialBytes({ delimiter, quote }: CsvForm): Uint8Array {
  const special = new Uint8Array(256)
  for (const byte of [delimiter.charCodeAt(0), quote.charCodeAt(0), lineFeed, carriageReturn]) special[byte] = 1
  return special
}

function writeCell(
  out: TextBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
  special: Uint8Array,
  form: CsvForm,
): void {
  let plain = end > start
  for (let i = start; plain && i < end; i++) plain = special[bytes[i] as number] === 0
  if (plain) out.copy(bytes, start, end)
  else writeQuoted(out, bytes, start, end, form)
}

function writeQuoted(out: TextBuffer, bytes: Uint8Array, start: number, end: number, form: CsvForm): void {
  const quote = form.quote.charCodeAt(0)
  out.reserve((end - start) * 2 + 2)
  const target = out.bytes
  let at = out.length
  target[at++] = quote
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte === quote) target[at++] = quote
    target[at++] = byte
  }
  target[at++] = quote
  out.length = at
}
