import type { ColumnType, Json } from '@headrace/runtime/sdk'

/** How a file's bytes are read as text; utf-16 is turned into utf-8 on the way in, the others are read as they are. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'latin1'

/** How the files of a CSV source are written: settings, and what was detected where they say nothing. Plain JSON. */
export interface Dialect {
  /** One ASCII character's byte. */
  readonly delimiter: number
  /** One ASCII character's byte; -1 where nothing is quoted. */
  readonly quote: number
  readonly encoding: Encoding
  /** The encoding was not set, so that a file's byte order mark may say another. */
  readonly anyEncoding: boolean
  readonly header: boolean
  /** Texts that are null. In a string column only unquoted ones are. */
  readonly nulls: readonly string[]
  readonly decimal: string
  /** What stands between groups of three digits; '' for nothing. */
  readonly thousands: string
  /** The zone of timestamps without an offset; null: they stay without. */
  readonly timezone: string | null
}

/** How one column is read. Plain JSON. */
export interface ColumnPlan {
  readonly name: string
  readonly type: ColumnType
  /** The strptime format of its dates or timestamps; null for ISO 8601. */
  readonly format: string | null
  /** The type comes from a sample: leading zeros are refused where a set type would drop them. */
  readonly inferred: boolean
}

/** What the probe hands on to `splits` and `read`. */
export interface CsvProbe {
  readonly dialect: Dialect
  readonly columns: readonly ColumnPlan[]
}

/** The probe's own data, as it came back from JSON. */
export const csvProbe = (data: Json | undefined): CsvProbe => data as unknown as CsvProbe

const names: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
  ' ': 'space',
}

/** A character as people call it: `semicolon (;)`. */
export function inWords(character: string): string {
  const name = names[character]
  if (!name) return character
  return character.trim() ? `${name} (${character})` : name
}

export const LF = 10
export const CR = 13
/** A quoted field that is not closed within this many bytes is taken as never closed, a longer line as one record. */
export const longestRecord = 64 << 20
/** How much of a rejected record is kept. */
export const longestRaw = 64 << 10
