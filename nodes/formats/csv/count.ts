import { CR, LF, longestRecord } from './dialect.ts'
import type { Records } from './records.ts'

/**
 * Counts records as `Records.take` does, but hops from newline to newline where no quote or lone CR is near: a sixth of
 * the time for lines of 200 bytes. `quote`: -1 for none.
 */
export function countRecords(
  records: Records,
  bytes: Buffer,
  end: number,
  ended: boolean,
  options: { readonly stop: number; readonly rows: number; readonly quote: number; readonly blankIsRow: boolean },
): boolean {
  const { stop, rows, quote, blankIsRow } = options
  if (records.skipping) records.take(bytes, end, ended, stop)
  const window = bytes.subarray(0, end)
  const next = (byte: number, from: number) => {
    const found = byte < 0 ? -1 : window.indexOf(byte, from)
    return found < 0 ? end : found
  }
  let nextQuote = -1
  let nextReturn = -1
  // Where most records need the careful way, looking ahead only costs.
  let careful = 0
  while (!records.skipping && records.rows < rows && records.at < stop) {
    const { at } = records
    if (nextQuote < at) nextQuote = next(quote, at)
    if (nextReturn < at) nextReturn = next(CR, at)
    const line = next(LF, at)
    const plain = line < end && line < nextQuote && line - at <= longestRecord
    if (plain && (line < nextReturn || line === nextReturn + 1)) {
      const blank = line === at || (line === at + 1 && bytes[at] === CR)
      if (!blank || blankIsRow) {
        records.record++
        records.rows++
      }
      records.line++
      records.at = line + 1
      careful >>= 1
      continue
    }
    careful += 2
    const upTo = careful > 64 ? Math.min(stop, at + (64 << 10)) : at + 1
    if (!records.take(bytes, end, ended, upTo)) return false
  }
  return records.rows >= rows || records.at >= stop
}
