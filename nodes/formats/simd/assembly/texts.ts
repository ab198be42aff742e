import { first, isNull, rows, setNull, step } from './column'
import { base, offsets, values } from './memory'

/** Reads texts, one quote for two: how many bytes they take. Quoted ones are never null. */
export function texts(quote: i32): i32 {
  let out = values
  store<i32>(offsets, 0)
  for (let row = 0, field = first; row < rows; row++, field += step) {
    const mark = load<i32>(field)
    const start = base + (mark >>> 2)
    const length = base + load<i32>(field, 4) - start
    if ((mark & 1) === 0 && isNull(start, length)) setNull(row)
    else if (mark & 2) out = copyUndoubled(start, length, quote, out)
    else {
      copy(start, length, out)
      out += length
    }
    store<i32>(offsets + (row << 2), out - values, 4)
  }
  return out - values
}

/** Copies in steps of 16 bytes, and so up to 15 too many. */
function copy(from: i32, length: i32, to: i32): void {
  if (length > 256) {
    memory.copy(to, from, length)
    return
  }
  v128.store(to, v128.load(from))
  for (let i = 16; i < length; i += 16) v128.store(to + i, v128.load(from + i))
}

function copyUndoubled(from: i32, length: i32, quote: i32, out: i32): i32 {
  for (let i = from, to = from + length; i < to; i++) {
    const byte = load<u8>(i)
    if (<i32>byte === quote && i + 1 < to && <i32>load<u8>(i + 1) === quote) i++
    store<u8>(out++, byte)
  }
  return out
}
