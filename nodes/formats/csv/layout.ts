import { HeadraceError, type Json } from '@headrace/runtime/sdk'
import type { CsvProbe, Encoding } from './dialect.ts'
import type { Head } from './head.ts'

/** Where a file's records hold the source's columns; travels in a split's part. */
export interface Layout {
  /** The line that the range starts on. */
  readonly line: number
  /** Fields in every record. */
  readonly width: number
  /** For each column of the source the field's place, -1 where the file lacks it; null where they are the same. */
  readonly places: readonly number[] | null
  readonly delimiter: number
  readonly encoding: Encoding
}

/** A layout as it came back from a split's JSON; null for a range that begins with the file's head. */
export const partLayout = (data: Json | undefined): Layout | null => (data ?? null) as unknown as Layout | null

/** Matches a file's header with the source's columns, by name. Throws where none is there. */
export function layoutOf(head: Head, encoding: Encoding, probe: CsvProbe, path: string): Layout {
  const { line, delimiter } = head
  const columns = probe.columns.map((column) => column.name)
  if (!probe.dialect.header) return { line, delimiter, encoding, width: columns.length, places: null }
  const places = columns.map((name) => head.names.indexOf(name))
  const width = head.names.length
  if (head.broken || (width > 0 && places.every((place) => place < 0))) {
    const found = head.broken ? 'has a quote that is never closed' : `is ${head.names.slice(0, 10).join(', ')}`
    throw new HeadraceError(
      'other-columns',
      `${path} line 1: the header ${found}; none of the columns ${columns.slice(0, 10).join(', ')} is there.`,
      { place: { file: path, line: 1 }, hint: 'Correct the file, or give it a source of its own.' },
    )
  }
  const same = width === columns.length && places.every((place, i) => place === i)
  return { line, delimiter, encoding, width, places: same ? null : places }
}

/** Names in a file's header that the source has no column for. */
export function extraNames(head: Head, probe: CsvProbe): string[] {
  const known = new Set(probe.columns.map((column) => column.name))
  return head.names.filter((name) => !known.has(name))
}
