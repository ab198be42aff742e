import type { ColumnView } from '@headrace/runtime/api'
import { light, useLit } from '../../model/lit.ts'
import { words } from '../words.ts'

interface ColumnListProps {
  readonly columns: readonly ColumnView[]
  /** The edge that carries them; null: nothing to light. */
  readonly edge: string | null
  readonly isNew?: (column: ColumnView) => boolean
}

/** Columns with their types; a click on one lights its way through the graph. */
export function ColumnList({ columns, edge, isNew = () => false }: ColumnListProps) {
  const lit = useLit()
  if (columns.length === 0) return <p className="soft">{words.leaving.none}</p>
  return (
    <ul className="columns-list">
      {columns.map((column) => {
        const { name, type } = column
        const on = edge !== null && lit.edge === edge && lit.column === name
        const content = (
          <>
            <span className="column-name">{name}</span>
            {isNew(column) && <span className="column-new">{words.leaving.isNew}</span>}
            <span className="column-type">{type}</span>
          </>
        )
        return (
          <li key={name}>
            {edge === null ? (
              <span className="column data">{content}</span>
            ) : (
              <button
                type="button"
                className="column data"
                aria-pressed={on}
                title={words.leaving.light(name)}
                onClick={() => light(edge, name)}
              >
                {content}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
