import type { ColumnView, NodeView } from '@headrace/runtime/api'
import { edgeText } from '@headrace/runtime/pipeline'
import { useDocument } from '../../model/document.ts'
import { words } from '../words.ts'
import { ColumnList } from './ColumnList.tsx'

/** The columns that leave a node, by every port. */
export function Leaving({ id, view }: { readonly id: string; readonly view: NodeView }) {
  const edges = useDocument(({ pipeline }) => pipeline?.edges)
  const edge = edges?.find(({ from }) => from.node === id && from.port !== 'rejects')
  const known = view.inputs.length > 0 && view.inputs.every(({ columns }) => columns !== null)
  const names = new Set(view.inputs.flatMap(({ columns }) => columns?.map(({ name }) => name) ?? []))
  const isNew = (column: ColumnView) => known && !names.has(column.name)
  return (
    <section className="leaving">
      <h3>{words.leaving.title}</h3>
      {view.output === null ? (
        <p className="soft">{words.leaving.hidden}</p>
      ) : (
        <ColumnList columns={view.output} edge={edge ? edgeText(edge) : null} isNew={isNew} />
      )}
      {view.ports.length > 1 && <p className="soft">{words.leaving.ports(view.ports)}</p>}
    </section>
  )
}
