import type { Cell } from '../server/api/rows.ts'

/** A text longer than this is cut to its head. */
export const longestText = 2000
/** A list of numbers longer than this is a vector. */
export const longestList = 16
const head = 500
const bytesShown = 48

/** The first 500 characters; a pair of surrogates is not torn. */
export const headOf = (text: string): string => text.slice(0, head).replace(/[\ud800-\udbff]$/, '')

/** A text, or its head and its length. */
export const cutText = (text: string): Cell =>
  text.length <= longestText ? text : { text: headOf(text), length: text.length }

/** JSON, or its head; `length` is that of the whole. */
export const cutJsonText = (json: string, length = json.length): Cell => ({
  json: length > longestText ? headOf(json) : json,
  length,
})

/** Bytes by their number, the first of them in base64. */
export const bytesCell = (bytes: Uint8Array): Cell => ({
  bytes: bytes.length,
  head: Buffer.from(bytes.subarray(0, bytesShown)).toString('base64'),
})
