import { type Column, decodeText, isValid } from '@headrace/runtime/sdk'

/** Whether a row has no text, or only white space. */
export function isBlank(texts: Column, row: number): boolean {
  if (!isValid(texts, row)) return true
  const [bytes, offsets] = [texts.values as Uint8Array, texts.offsets as Int32Array]
  const end = offsets[row + 1] as number
  let start = offsets[row] as number
  while (start < end && isAsciiBlank(bytes[start] as number)) start++
  if (start === end) return true
  return (bytes[start] as number) > 127 && decodeText(bytes, start, end).trim() === ''
}

const isAsciiBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

/** The bytes of a row's text (none where it is null) and where they are, behind a prefix where there is one. */
export function withPrefix(prefix: string): (texts: Column, row: number) => [Uint8Array, number, number] {
  const before = Buffer.from(prefix)
  let joined = before
  return (texts, row) => {
    const [bytes, offsets] = [texts.values as Uint8Array, texts.offsets as Int32Array]
    const start = offsets[row] as number
    const end = isValid(texts, row) ? (offsets[row + 1] as number) : start
    if (before.length === 0) return [bytes, start, end]
    const length = before.length + end - start
    if (joined.length < length) joined = Buffer.concat([before], length * 2)
    joined.set(bytes.subarray(start, end), before.length)
    return [joined, 0, length]
  }
}
