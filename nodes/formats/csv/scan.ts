/** How numbers and dates are written in a CSV text; every function reads bytes `start` to `end` and trims nothing. */

const ZERO = 48
const powers = Float64Array.from({ length: 23 }, (_, i) => 10 ** i)

/**
 * Copies a number to `target` at `out` without the separators of its groups of three digits: its end there, or -1 where
 * they do not stand between groups.
 */
export function ungroup(
  bytes: Uint8Array,
  start: number,
  end: number,
  separator: Uint8Array,
  target: Uint8Array,
  out: number,
): number {
  let digits = 0
  let groups = 0
  let at = start
  for (; at < end; at++) {
    const byte = bytes[at] as number
    if (isDigit(byte)) digits++
    else if (startsWith(bytes, at, end, separator)) {
      if (digits === 0 || digits > 3 || (groups > 0 && digits !== 3)) return -1
      groups++
      digits = 0
      at += separator.length - 1
      continue
    } else if (digits > 0 || (byte !== 43 && byte !== 45)) break
    target[out++] = byte
  }
  if (groups > 0 && digits !== 3) return -1
  while (at < end) target[out++] = bytes[at++] as number
  return out
}

function startsWith(bytes: Uint8Array, at: number, end: number, part: Uint8Array): boolean {
  if (at + part.length > end) return false
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false
  return true
}

/** A whole number of at most 15 digits, exact as a double; NaN for anything else. */
export function shortInteger(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const sign = bytes[at]
  if (sign === 45 || sign === 43) at++
  if (at >= end || end - at > 15) return Number.NaN
  let value = 0
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return sign === 45 ? -value : value
}

/** A whole number of any length; null where it is none. */
export function longInteger(bytes: Uint8Array, start: number, end: number): bigint | null {
  let at = start
  if (bytes[at] === 45 || bytes[at] === 43) at++
  if (at >= end || end - at > 1000) return null
  for (let i = at; i < end; i++) if (!isDigit(bytes[i] as number)) return null
  const value = BigInt(text(bytes, at, end))
  return bytes[start] === 45 ? -value : value
}

/** A number that begins with a zero before another digit, as codes do: `007`, `-01`. */
export function hasLeadingZero(bytes: Uint8Array, start: number, end: number): boolean {
  const at = bytes[start] === 45 || bytes[start] === 43 ? start + 1 : start
  return bytes[at] === ZERO && at + 1 < end && isDigit(bytes[at + 1] as number)
}

export const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 57

/**
 * A decimal number, correctly rounded; NaN where it is none (`isNotANumber` says whether it was the text NaN).
 * Digits up to 2^53 times or divided by at most 10^22 are exact in doubles (Clinger 1990); the rest goes to `Number`.
 */
export function decimalNumber(bytes: Uint8Array, start: number, end: number, decimal: number): number {
  let at = start
  const sign = bytes[at]
  if (sign === 45 || sign === 43) at++
  let mantissa = 0
  let seen = 0
  let fraction = 0
  for (; at < end; at++, seen++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) break
    mantissa = mantissa * 10 + digit
  }
  if (at < end && bytes[at] === decimal) {
    for (at++; at < end; at++, fraction++) {
      const digit = (bytes[at] as number) - ZERO
      if (digit < 0 || digit > 9) break
      mantissa = mantissa * 10 + digit
    }
  }
  if (seen + fraction === 0) return specialNumber(bytes, at, end, sign === 45)
  let exponent = 0
  if (at < end && ((bytes[at] as number) | 32) === 101) {
    const from = ++at
    const negative = bytes[at] === 45
    if (negative || bytes[at] === 43) at++
    const first = at
    for (; at < end && isDigit(bytes[at] as number); at++) exponent = exponent * 10 + (bytes[at] as number) - ZERO
    if (at === first || at - from > 6) return Number.NaN
    if (negative) exponent = -exponent
  }
  if (at < end) return Number.NaN
  const scale = exponent - fraction
  if (mantissa <= Number.MAX_SAFE_INTEGER && scale >= -22 && scale <= 22) {
    const value = scale < 0 ? mantissa / (powers[-scale] as number) : mantissa * (powers[scale] as number)
    return sign === 45 ? -value : value
  }
  return Number(text(bytes, start, end).replace(String.fromCharCode(decimal), '.'))
}

function specialNumber(bytes: Uint8Array, at: number, end: number, negative: boolean): number {
  const length = end - at
  if (length !== 3 && length !== 8) return Number.NaN
  const word = text(bytes, at, end).toLowerCase()
  return word === 'inf' || word === 'infinity' ? (negative ? -Infinity : Infinity) : Number.NaN
}

/** The text NaN, in any case. */
export function isNotANumber(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 3 && text(bytes, start, end).toLowerCase() === 'nan'
}

/** A decimal's digits times 10^scale; null where it is no number or has more digits behind the sign than `scale`. */
export function unscaled(bytes: Uint8Array, start: number, end: number, decimal: number, scale: number): bigint | null {
  const written = text(bytes, start, end)
  const parts = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(written)
  if (!parts || (decimal !== 46 && written.includes('.')) || (decimal !== 44 && written.includes(','))) return null
  const [, sign, whole = '', rawFraction = ''] = parts
  if (whole === '' && rawFraction === '') return null
  const fraction = rawFraction.replace(/0+$/, '')
  if (fraction.length > scale) return null
  const value = BigInt(`${whole}${fraction.padEnd(scale, '0')}` || '0')
  return sign === '-' ? -value : value
}

/** 1 for true, 0 for false, -1 where it is neither; in any case, no other words. */
export function boolean(bytes: Uint8Array, start: number, end: number): number {
  const word = end - start === 4 ? TRUE : end - start === 5 ? FALSE : null
  if (word === null) return -1
  for (let i = 0; i < word.length; i++) if (((bytes[start + i] as number) | 32) !== word[i]) return -1
  return word === TRUE ? 1 : 0
}

const TRUE = Uint8Array.from('true', (letter) => letter.charCodeAt(0))
const FALSE = Uint8Array.from('false', (letter) => letter.charCodeAt(0))

/** Bytes as characters, one each: enough for numbers and dates. */
export function text(bytes: Uint8Array, start: number, end: number): string {
  let result = ''
  for (let i = start; i < end; i++) result += String.fromCharCode(bytes[i] as number)
  return result
}
