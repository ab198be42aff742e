import type { Cell } from '@headrace/runtime/api'
import { bytes, rounded } from '../../style/numbers.ts'
import { norm, plainList } from './cells.ts'
import { Sketch } from './Sketch.tsx'

/** One value in a table: a null said as such, a vector drawn, what was cut with its size. */
export function CellView({ cell }: { readonly cell: Cell }) {
  if (cell === null) return <span className="cell-null">null</span>
  if (cell === '') return <span className="cell-null">empty text</span>
  if (typeof cell !== 'object') return <span className="data">{String(cell)}</span>
  if ('vector' in cell)
    return (
      <span className="cell-vector">
        <Sketch values={cell.sketch} />
        <span className="data soft">{`${cell.vector}-d, norm ${norm(cell.norm)}`}</span>
      </span>
    )
  if ('text' in cell) return <Cut head={cell.text} size={`${rounded(cell.length)} characters`} />
  if ('bytes' in cell) return <Cut head={cell.head} size={bytes(cell.bytes)} />
  if (cell.json.length < cell.length) return <Cut head={cell.json} size={`${rounded(cell.length)} characters`} />
  const items = plainList(cell.json)
  return <span className="data soft">{items ? items.join(' · ') : cell.json}</span>
}

/** What was cut: its size stands first, so that it is seen in a narrow column too. */
function Cut({ head, size }: { readonly head: string; readonly size: string }) {
  return (
    <span className="data">
      <span className="cell-size">{size}</span> {head}…
    </span>
  )
}
