import type { Cell, Json, RejectedRow, ReplayQuestion } from '@headrace/runtime/api'

/** What the reader changed of a rejected row: its raw text, or values by column. */
export interface Mended {
  readonly raw?: string
  readonly values?: { readonly [column: string]: Json }
}

/** Changes by the row's place in the file of rejected rows. */
export type MendedRows = { readonly [index: number]: Mended }

/** A cell as the text of a field; null where it was cut and cannot be changed here. */
export function fieldText(cell: Cell): string | null {
  if (cell === null) return ''
  if (typeof cell !== 'object') return String(cell)
  return 'json' in cell && cell.json.length >= cell.length ? cell.json : null
}

/** The value that a field's text stands for, of the kind that the cell was; an emptied field that was null stays null. */
export function valueFrom(text: string, cell: Cell): Json {
  if (cell === null && text === '') return null
  if (typeof cell === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (typeof cell === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (cell !== null && typeof cell === 'object') {
    try {
      return JSON.parse(text) as Json // a list or struct, as the field showed it
    } catch {
      return text
    }
  }
  return text
}

/** The changes that differ from the row as it was; null where none does. */
export function mendedOf(
  row: RejectedRow,
  raw: string | null,
  texts: { readonly [column: string]: string },
): Mended | null {
  if (row.raw !== null) return raw !== null && raw !== row.raw ? { raw } : null
  const changed = Object.entries(texts).filter(([column, text]) => text !== fieldText(row.values[column] ?? null))
  if (changed.length === 0) return null
  return {
    values: Object.fromEntries(changed.map(([column, text]) => [column, valueFrom(text, row.values[column] ?? null)])),
  }
}

/** What Replay asks for: some rows or all (undefined), with what was changed of them. */
export function replayQuestion(mended: MendedRows, rows?: readonly number[]): ReplayQuestion {
  const changes = Object.entries(mended).filter(([index]) => !rows || rows.includes(Number(index)))
  const raw = changes.flatMap(([index, change]) => (change.raw === undefined ? [] : [[index, change.raw] as const]))
  const values = changes.flatMap(([index, change]) => (change.values ? [[index, change.values] as const] : []))
  return {
    ...(rows && { rows }),
    ...(raw.length > 0 && { raw: Object.fromEntries(raw) }),
    ...(values.length > 0 && { values: Object.fromEntries(values) }),
  }
}

/** The rejected rows of a node (null: of all) that have a text in them. */
export function rejectedOf(rows: readonly RejectedRow[], node: string | null, filter: string): RejectedRow[] {
  const wanted = filter.trim().toLowerCase()
  return rows.filter(
    (row) =>
      (node === null || row.node === node) &&
      (wanted === '' ||
        [row.identity, row.node, row.message, row.column, row.raw, row.file, valuesText(row)].some((text) =>
          text?.toLowerCase().includes(wanted),
        )),
  )
}

/** The original values in a line: `name: cat · price: 12,5O`. */
export const valuesText = ({ values }: RejectedRow): string =>
  Object.entries(values)
    .map(([column, cell]) => `${column}: ${cellLine(cell)}`)
    .join(' · ')

function cellLine(cell: Cell): string {
  if (cell === null) return 'null'
  if (typeof cell !== 'object') return String(cell)
  if ('text' in cell) return `${cell.text.slice(0, 60)}…`
  if ('vector' in cell) return `${cell.vector}-d vector`
  return 'json' in cell ? cell.json : `${cell.bytes} bytes`
}
