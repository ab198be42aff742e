import type { Cell, ColumnView } from '@headrace/runtime/api'
import { cellText } from './cells.ts'

/** What is copied: columns, and rows of as many cells. */
export interface Copied {
  readonly columns: readonly ColumnView[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Rows as CSV with a header: null is nothing, an empty text is quotes, as the CSV sink writes them. */
export function toCsv({ columns, rows }: Copied): string {
  const lines = [columns.map(({ name }) => quoted(name)), ...rows.map((row) => row.map(csvField))]
  return `${lines.map((fields) => fields.join(',')).join('\n')}\n`
}

/** Rows as a JSON array of objects; int64 with all its digits, a vector as its dimension and norm. */
export function toJson({ columns, rows }: Copied): string {
  const objects = rows.map((row) => {
    const fields = columns.map(({ name, type }, i) => `${JSON.stringify(name)}: ${jsonValue(row[i] ?? null, type)}`)
    return `  { ${fields.join(', ')} }`
  })
  return objects.length ? `[\n${objects.join(',\n')}\n]\n` : '[]\n'
}

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function csvField(cell: Cell): string {
  if (cell === null) return ''
  return cell === '' ? '""' : quoted(cellText(cell))
}

function jsonValue(cell: Cell, type: string): string {
  if (cell === null || typeof cell === 'boolean') return String(cell)
  if (typeof cell === 'number') return JSON.stringify(cell)
  // The only texts that are whole numbers of a column of numbers: what a double cannot hold.
  if (typeof cell === 'string') return /^u?int64$/.test(type) ? cell : JSON.stringify(cell)
  if ('vector' in cell) return JSON.stringify({ dimension: cell.vector, norm: cell.norm })
  if ('json' in cell && cell.json.length >= cell.length) return cell.json
  return JSON.stringify(cellText(cell))
}
