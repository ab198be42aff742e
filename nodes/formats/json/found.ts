/** Rows as lines of a file, or as the items of one array that fills it. */
export type Form = 'lines' | 'array'

/** Where a range of a file begins, and what ends it. */
export interface Range {
  readonly form: Form
  readonly start: number
  readonly end: number
  /** The line of its first byte, from 1. */
  readonly line: number
  /** The range goes up to the end of the file: an array must be closed in it. */
  readonly last: boolean
}

/** Places of rows: parallel lists, `count` long. */
export interface Found {
  count: number
  /** In `bytes`. */
  readonly starts: number[]
  readonly ends: number[]
  readonly lines: number[]
  /** Where they start in the file (of a compressed one: in its content). */
  readonly places: number[]
  /** What is wrong with a row whatever its bytes are: too large, an array that is not closed. */
  readonly wrong: Map<number, { code: string; message: string }>
}

export const newFound = (): Found => ({ count: 0, starts: [], ends: [], lines: [], places: [], wrong: new Map() })
