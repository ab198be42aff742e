import type { Dialect, Encoding } from './dialect.ts'
import { doubled, quoted, Records } from './records.ts'
import { highBytes } from './strings.ts'
import type { Window } from './window.ts'

/** What stands before a file's first row. */
export interface Head {
  /** Each once, none empty; [] where the file has no header line. */
  readonly names: readonly string[]
  /** The names as written that are empty or come twice, with those they got. */
  readonly renamed: readonly { readonly written: string; readonly name: string }[]
  /** Where the first row starts in the window, and its line. */
  readonly body: number
  readonly line: number
  readonly delimiter: number
  /** The header line has a quote that is never closed, or text after one. */
  readonly broken: boolean
}

/** Reads a byte order mark, a line `sep=;` and the header from the start of a window, and leaves the window there. */
export async function readHead(window: Window, dialect: Dialect): Promise<Head> {
  while (window.end < 64 && !window.ended) await window.fill()
  const { bytes } = window
  let body = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && window.end >= 3 ? 3 : 0
  let { delimiter } = dialect
  let line = 1
  const start = bytes.toString('latin1', body, Math.min(window.end, body + 16))
  const separator = /^"?sep=([\x01-\x09\x0b\x0c\x0e-\x7f])"?(\r\n|\r|\n|$)/i.exec(start)
  if (separator) {
    delimiter = (separator[1] as string).charCodeAt(0)
    body += separator[0].length
    line++
  }
  const nothing = { names: [], renamed: [], body, line, delimiter, broken: false }
  if (!dialect.header) return nothing
  const count = await oneRecord(window, { delimiter, quote: dialect.quote, width: 0, at: body, line })
  if (count.record === 1 || count.fieldsOfLast < 0)
    return { ...nothing, body: count.at, line: count.line, broken: count.record > 1 }
  const width = count.fieldsOfLast
  const record = await oneRecord(window, { delimiter, quote: dialect.quote, width, at: body, line })
  const { at, line: after } = record
  const written = Array.from({ length: width }, (_, i) => fieldText(window.bytes, record.fields, i, dialect))
  // A name of that length is rows that a quote without its end has swallowed.
  if (written.some((name) => name.length > mostName)) return { ...nothing, body: at, line: after, broken: true }
  return { ...distinctNames(written), body: at, line: after, delimiter, broken: false }
}

/** The most characters of a column's name. */
const mostName = 1 << 16

async function oneRecord(
  window: Window,
  options: { delimiter: number; quote: number; width: number; at: number; line: number },
): Promise<Records> {
  const records = new Records({ ...options, maxRows: 1, maxBytes: 1 << 24, blankIsRow: false })
  records.at = options.at
  while (!records.take(window.bytes, window.end, window.ended, Number.POSITIVE_INFINITY)) {
    if (window.ended || records.record > 1) break
    await window.fill(window.end)
  }
  return records
}

/** One field as text, quotes undone; unquoted names lose the blanks around them. */
function fieldText(bytes: Buffer, fields: Int32Array, index: number, dialect: Dialect): string {
  const mark = fields[index * 2] as number
  const text = textOf(bytes, mark >> 2, fields[index * 2 + 1] as number, dialect.encoding)
  if (!(mark & quoted)) return text.trim()
  const quote = String.fromCharCode(dialect.quote)
  return mark & doubled ? text.replaceAll(quote + quote, quote) : text
}

/** Bytes of a window as text; bytes that are none become U+FFFD. */
export function textOf(bytes: Buffer, start: number, end: number, encoding: Encoding): string {
  const table = highBytes(encoding)
  if (!table) return bytes.toString('utf8', start, end)
  if (encoding === 'latin1') return bytes.toString('latin1', start, end)
  return new TextDecoder(encoding).decode(bytes.subarray(start, end))
}

function distinctNames(written: readonly string[]): Pick<Head, 'names' | 'renamed'> {
  const taken = new Set(written.filter((name, i) => name !== '' && written.indexOf(name) === i))
  const seen = new Set<string>()
  const renamed: { written: string; name: string }[] = []
  const names = written.map((text, i) => {
    if (text !== '' && !seen.has(text)) {
      seen.add(text)
      return text
    }
    const stem = text === '' ? `column${i + 1}` : text
    let name = text === '' ? stem : `${stem}_2`
    for (let n = 2; taken.has(name); n++) name = `${stem}_${n}`
    taken.add(name)
    renamed.push({ written: text, name })
    return name
  })
  return { names, renamed }
}
