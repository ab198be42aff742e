/** A place in a grid; row −1 is the head. */
export interface Place {
  readonly row: number
  readonly column: number
}

/** What is selected: the place the reader is at, and the one from which a range was drawn. */
export interface Range {
  readonly active: Place
  readonly anchor: Place
}

/** Rows and columns of a range, both ends included; never the head. */
export interface Rectangle {
  readonly rows: readonly [from: number, to: number]
  readonly columns: readonly [from: number, to: number]
}

interface Size {
  readonly rows: number
  readonly columns: number
  /** Rows that are seen at once. */
  readonly page: number
}

/** Where a key leads, as in a spreadsheet; null where it is none of the grid's. */
export function moved(
  { row, column }: Place,
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  { rows, columns, page }: Size,
): Place | null {
  const far = ctrlKey || metaKey
  const to: { readonly [key: string]: Place } = {
    ArrowUp: { row: far ? 0 : row - 1, column },
    ArrowDown: { row: far ? rows - 1 : row + 1, column },
    ArrowLeft: { row, column: far ? 0 : column - 1 },
    ArrowRight: { row, column: far ? columns - 1 : column + 1 },
    Home: { row: far ? 0 : row, column: 0 },
    End: { row: far ? rows - 1 : row, column: columns - 1 },
    PageUp: { row: Math.max(0, row - page), column },
    PageDown: { row: row + page, column },
  }
  const next = to[key]
  return next ? within(next, { rows, columns }) : null
}

/** The nearest place that exists. */
export const within = ({ row, column }: Place, { rows, columns }: Pick<Size, 'rows' | 'columns'>): Place => ({
  row: Math.max(-1, Math.min(rows - 1, row)),
  column: Math.max(0, Math.min(columns - 1, column)),
})

/** The rectangle between a range's two places; null where it lies in the head alone. */
export function rectangle(range: Range | null, size: Pick<Size, 'rows' | 'columns'>): Rectangle | null {
  if (!range || size.rows === 0 || size.columns === 0) return null
  const [a, b] = [within(range.anchor, size), within(range.active, size)]
  const to = Math.max(a.row, b.row)
  if (to < 0) return null
  return {
    rows: [Math.max(0, Math.min(a.row, b.row)), to],
    columns: [Math.min(a.column, b.column), Math.max(a.column, b.column)],
  }
}

/** Whether more than one cell is selected. */
export const isSeveral = (found: Rectangle | null): boolean =>
  found !== null && (found.rows[0] !== found.rows[1] || found.columns[0] !== found.columns[1])

/** Widths that fill what room there is: what is left over goes to the columns that may stretch, by their width. */
export function filled(widths: readonly number[], stretch: readonly boolean[], room: number): number[] {
  const total = widths.reduce((sum, width) => sum + width, 0)
  const over = room - total
  if (over <= 0 || widths.length === 0) return [...widths]
  const some = stretch.includes(true) ? stretch : widths.map(() => true)
  const wide = widths.reduce((sum, width, i) => sum + (some[i] ? width : 0), 0)
  const grown = widths.map((width, i) => (some[i] ? Math.floor(width + (over * width) / wide) : width))
  const last = some.lastIndexOf(true)
  grown[last] = (grown[last] as number) + room - grown.reduce((sum, width) => sum + width, 0)
  return grown
}
