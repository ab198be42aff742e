import type { Batch } from '../memory/index.ts'
import { rowReaders } from '../rows/index.ts'
import type { Cell, RejectedRow } from '../server/api/rows.ts'

/** Most rejected rows that are kept of a node. */
export const mostRejected = 200

/** The rows of batches of rejects, as rejected rows of a run are shown; `index` counts from 0 here. */
export function rejectedRows(batches: readonly Batch[], isSource: boolean): RejectedRow[] {
  const rows: RejectedRow[] = []
  for (const batch of batches) {
    const count = Math.min(batch.rows, mostRejected - rows.length)
    const names = batch.schema.fields.map(({ name }) => name)
    const readers = rowReaders(batch)
    for (let row = 0; row < count; row++) {
      const cells = Object.fromEntries(names.map((name, i) => [name, readers[i]?.(row) ?? null]))
      rows.push(rejectedRow(rows.length, cells, isSource, batch.row.bind(batch, row)))
    }
  }
  return rows
}

function rejectedRow(
  index: number,
  { _node, _identity, _code, _message, _column, ...own }: Record<string, Cell>,
  isSource: boolean,
  whole: () => Record<string, unknown>,
): RejectedRow {
  const about = {
    index,
    identity: textOf(_identity),
    node: textOf(_node),
    code: textOf(_code),
    message: textOf(_message),
    column: _column === null ? null : textOf(_column),
  }
  if (!isSource) return { ...about, file: null, line: null, raw: null, values: own }
  // A raw text is shown whole: it is what Fix starts from.
  const { raw, file, line } = whole()
  return { ...about, file: String(file), line: line === null ? null : Number(line), raw: String(raw), values: {} }
}

const textOf = (cell: Cell | undefined): string =>
  typeof cell === 'object' && cell !== null && 'text' in cell ? cell.text : String(cell ?? '')
