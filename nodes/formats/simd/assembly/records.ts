import { base, CR, ends, fields, LF, lines, numbers, starts } from './memory'

/** The next record's place in the text, its number and its line; how many records were taken. */
export let at: i32 = 0
export let record: f64 = 1
export let line: f64 = 1
export let rows: i32 = 0

export function go(newAt: i32, newRows: i32, newRecord: f64, newLine: f64): void {
  at = newAt
  rows = newRows
  record = newRecord
  line = newLine
}

/** What stopped a scan: enough records, no whole record left in the text, or one that is not plain. */
const enough: i32 = 0
const cut: i32 = 1
const odd: i32 = 2

function bits(p: i32, a: v128, b: v128, c: v128, d: v128): u64 {
  const v = v128.load(p)
  const found = v128.or(v128.or(i8x16.eq(v, a), i8x16.eq(v, b)), v128.or(i8x16.eq(v, c), i8x16.eq(v, d)))
  return <u64>(<u32>i8x16.bitmask(found))
}

/** A bit for each of 64 bytes that is one of four. */
function bits64(p: i32, a: v128, b: v128, c: v128, d: v128): u64 {
  const low = bits(p, a, b, c, d) | (bits(p + 16, a, b, c, d) << 16)
  return low | (bits(p + 32, a, b, c, d) << 32) | (bits(p + 48, a, b, c, d) << 48)
}

/**
 * Takes records as `Records.take` does, as long as they are rows: right number of fields, quotes closed, lines that end
 * with LF or CRLF. `quote`: -1 for none.
 */
export function takeRecords(
  length: i32,
  stop: i32,
  maxRows: i32,
  width: i32,
  delimiter: i32,
  quote: i32,
  maxBytes: i32,
  blankIsRow: i32,
): i32 {
  const lf = i8x16.splat(<i8>LF)
  const cr = i8x16.splat(<i8>CR)
  const delimiters = i8x16.splat(<i8>delimiter)
  const quotes = i8x16.splat(<i8>(quote < 0 ? LF : quote))
  const end = base + length
  let start = base + at
  let open = start
  let next = start
  let slot = fields + rows * width * 8
  let last = slot + width * 8
  let marks = 0
  let close = 0
  let inside = false
  let lineCount = 1
  for (let block = start; block < end; block += 64) {
    let mask = bits64(block, lf, cr, delimiters, quotes)
    if (block + 64 > end) mask &= ((<u64>1) << (<u64>(end - block))) - 1
    while (mask !== 0) {
      const p = block + <i32>ctz(mask)
      mask &= mask - 1
      if (p < next) continue
      const byte = <i32>load<u8>(p)
      if (inside) {
        if (byte === quote) {
          if (p + 1 >= end) return cut
          const after = <i32>load<u8>(p + 1)
          if (after === quote) {
            marks = 3
            next = p + 2
          } else if (after === delimiter || after === LF || after === CR) {
            close = p
            inside = false
          } else return odd
        } else if (byte === CR || (byte === LF && load<u8>(p - 1) !== CR)) lineCount++
        continue
      }
      if (byte === quote) {
        // Elsewhere in a field it is a letter as any other.
        if (p === open) {
          inside = true
          marks = 1
        }
        continue
      }
      if (byte === CR) {
        if (p + 1 >= end) return cut
        if (load<u8>(p + 1) !== LF) return odd
      }
      if (slot === last) return odd
      store<i32>(slot, marks ? ((open + 1 - base) << 2) | marks : (open - base) << 2)
      store<i32>(slot, (marks ? close : p) - base, 4)
      slot += 8
      marks = 0
      open = p + 1
      if (byte === delimiter) continue
      if (slot !== last || p - start > maxBytes || (p === start && !blankIsRow)) return odd
      store<i32>(starts + (rows << 2), start - base)
      store<i32>(ends + (rows << 2), p - base)
      store<f64>(lines + (rows << 3), line)
      store<f64>(numbers + (rows << 3), record)
      rows++
      record++
      line += <f64>lineCount
      if (byte === CR) open++
      start = next = open
      at = start - base
      if (rows === maxRows || at >= stop) return enough
      last += width * 8
      lineCount = 1
    }
  }
  return cut
}

/** Counts records as `Records.take` with a width of 0 does, as long as they are plain. */
export function countRecords(
  length: i32,
  stop: i32,
  maxRows: i32,
  delimiter: i32,
  quote: i32,
  maxBytes: i32,
  blankIsRow: i32,
): i32 {
  const lf = i8x16.splat(<i8>LF)
  const cr = i8x16.splat(<i8>CR)
  const quotes = i8x16.splat(<i8>(quote < 0 ? LF : quote))
  const end = base + length
  let start = base + at
  let next = start
  let inside = false
  let lineCount = 1
  for (let block = start; block < end; block += 64) {
    let mask = bits64(block, lf, cr, quotes, quotes)
    if (block + 64 > end) mask &= ((<u64>1) << (<u64>(end - block))) - 1
    while (mask !== 0) {
      const p = block + <i32>ctz(mask)
      mask &= mask - 1
      if (p < next) continue
      const byte = <i32>load<u8>(p)
      if (inside) {
        if (byte === quote) {
          if (p + 1 >= end) return cut
          const after = <i32>load<u8>(p + 1)
          if (after === quote) next = p + 2
          else if (after === delimiter || after === LF || after === CR) inside = false
          else return odd
        } else if (byte === CR || (byte === LF && load<u8>(p - 1) !== CR)) lineCount++
        continue
      }
      if (byte === quote) {
        inside = p === start || <i32>load<u8>(p - 1) === delimiter
        continue
      }
      if (byte === CR) {
        if (p + 1 >= end) return cut
        if (load<u8>(p + 1) !== LF) return odd
      }
      if (p - start > maxBytes) return odd
      if (p > start || blankIsRow) {
        rows++
        record++
      }
      line += <f64>lineCount
      start = next = byte === CR ? p + 2 : p + 1
      at = start - base
      if (rows === maxRows || at >= stop) return enough
      lineCount = 1
    }
  }
  return cut
}
