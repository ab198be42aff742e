import { isUtf8 } from 'node:buffer'
import { openBytes } from '../byte-stream.ts'
import { CR, type Dialect, type Encoding, LF } from './dialect.ts'
import { type Head, readHead } from './head.ts'
import { Records } from './records.ts'
import { Window } from './window.ts'

/** The first rows of a file, cut into fields. */
export interface Sample {
  readonly path: string
  readonly head: Head
  readonly bytes: Buffer
  readonly records: Records
  readonly encoding: Encoding
}

export const sampleRows = 10_000
const sampleBytes = 4 << 20

/** Reads the first 10,000 lines or 4 MB of a file. */
export async function openSample(path: string, name: string, size: number, dialect: Dialect): Promise<Window> {
  const stream = await openBytes(path, name, 0, size)
  const window = new Window(stream, { dialect, chunkBytes: Math.min(1 << 20, size + 1) })
  try {
    let lines = 0
    const [lf, cr] = [LF, CR]
    while (!window.ended && window.end < sampleBytes && lines < sampleRows + 1) {
      const from = window.end
      await window.fill()
      for (let i = from; i < window.end; i++) if (window.bytes[i] === lf || window.bytes[i] === cr) lines++
    }
    return window
  } finally {
    await window.close()
  }
}

/** Cuts a sample into rows; only whole records count. `width` is for files without a header. */
export async function cutSample(window: Window, path: string, dialect: Dialect, most: number): Promise<Sample> {
  const ended = window.ended
  // What the head needs is in the window; a closed file gives no more.
  window.ended = true
  const head = await readHead(window, dialect)
  const { bytes, end, encoding } = window
  const { quote } = dialect
  const { delimiter } = head
  const width = dialect.header ? head.names.length : usualWidth(window, head.body, delimiter, quote)
  const maxRows = Math.min(most, 1 + Math.floor((end - head.body) / Math.max(1, width)))
  const records = new Records({
    delimiter,
    quote,
    width,
    maxRows,
    maxBytes: end,
    blankIsRow: width === 1,
    line: head.line,
  })
  records.at = head.body
  if (width > 0) records.take(bytes, end, ended, Number.POSITIVE_INFINITY)
  return { path, head, bytes, records, encoding }
}

function usualWidth(window: Window, body: number, delimiter: number, quote: number): number {
  const counts = new Map<number, number>()
  for (const width of widthsOf(window, body, delimiter, quote)) counts.set(width, (counts.get(width) ?? 0) + 1)
  const [best] = [...counts].filter(([width]) => width > 0).sort((a, b) => b[1] - a[1] || b[0] - a[0])
  return best?.[0] ?? 0
}

/** How many fields each of the first 200 records has; -1 for one whose quotes are wrong. */
function widthsOf(window: Window, body: number, delimiter: number, quote: number): number[] {
  const { bytes, end, ended } = window
  const options = { delimiter, quote, width: 0, maxRows: Number.POSITIVE_INFINITY, maxBytes: end, blankIsRow: false }
  const records = new Records(options)
  records.at = body
  const widths: number[] = []
  while (widths.length < 200 && records.at < end) {
    const { record, at } = records
    records.take(bytes, end, ended, at + 1)
    if (records.record > record) widths.push(records.fieldsOfLast)
    if (records.at === at) break
  }
  return widths
}

/** The delimiter under which most records have as many fields as the first; null where none makes two. */
export function detectDelimiter(
  window: Window,
  body: number,
  quote: number,
): { readonly delimiter: number; readonly rival: number | null } | null {
  // In a tie the rarer character in plain texts and numbers wins: commas also stand inside numbers.
  const scored = ['\t', ';', '|', ',', '^', '~', ':']
    .map((character) => character.charCodeAt(0))
    .map((delimiter, rank) => {
      const widths = widthsOf(window, body, delimiter, quote)
      const first = widths[0] ?? 0
      const same = widths.filter((width) => width === first).length / Math.max(1, widths.length)
      return { delimiter, rank, score: first > 1 ? same : 0 }
    })
    .sort((a, b) => b.score - a.score || a.rank - b.rank)
  const [best, next] = scored
  if (!best || best.score === 0) return null
  const close = next !== undefined && next.rank < 4 && best.score === 1 && next.score === 1
  return { delimiter: best.delimiter, rival: close ? next.delimiter : null }
}

/** UTF-16 without a byte order mark, by its zero bytes; valid UTF-8; else windows-1252. */
export function detectEncoding(bytes: Uint8Array): { readonly encoding: Encoding; readonly invalid: boolean } {
  const zeros = [0, 0]
  const looked = Math.min(bytes.length, 4096)
  for (let i = 0; i < looked; i++) if (bytes[i] === 0) zeros[i & 1]! += 1
  const [even = 0, odd = 0] = zeros
  if (odd > looked / 5 && even < odd / 8) return { encoding: 'utf-16le', invalid: false }
  if (even > looked / 5 && odd < even / 8) return { encoding: 'utf-16be', invalid: false }
  if (isUtf8(bytes)) return { encoding: 'utf-8', invalid: false }
  // One bad row must not turn every other row's letters into other letters.
  const { whole, broken } = countSequences(bytes)
  return { encoding: whole > broken * 2 ? 'utf-8' : 'windows-1252', invalid: true }
}

function countSequences(bytes: Uint8Array): { whole: number; broken: number } {
  let whole = 0
  let broken = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte < 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    if (byte >= 0xc2 && byte < 0xf5 && isUtf8(bytes.subarray(i, i + length))) {
      whole++
      i += length - 1
    } else broken++
  }
  return { whole, broken }
}
