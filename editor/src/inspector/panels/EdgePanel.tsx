import { disconnect, edgeText } from '@headrace/runtime/pipeline'
import { ArrowRight } from 'lucide-react'
import { edit, useDocument } from '../../model/document.ts'
import { usePreview } from '../../model/preview.ts'
import { nothing, select } from '../../model/selection.ts'
import { exact, rounded } from '../../style/numbers.ts'
import { words } from '../words.ts'
import { ColumnList } from './ColumnList.tsx'
import { ProblemList } from './ProblemList.tsx'

/** An edge: where it leads, its columns, and how many rows of the sample pass. */
export function EdgePanel({ edge: key }: { readonly edge: string }) {
  const pipeline = useDocument((document) => document.pipeline)
  const checked = useDocument((document) => document.checked)
  const rows = usePreview(({ answer }) => answer?.edges[key]?.total ?? null)
  const index = pipeline?.edges.findIndex((one) => edgeText(one) === key) ?? -1
  const edge = pipeline?.edges[index]
  if (!edge) return <p className="inspector-empty soft">{words.edge.gone}</p>
  const columns = checked?.edges[index]?.columns
  const problems = checked?.problems.filter(({ place }) => place.edge === index) ?? []
  const end = (node: string, port: string) => (
    <button type="button" className="small-button data" onClick={() => select({ nodes: [node] })}>
      {port ? `${node}.${port}` : node}
    </button>
  )
  return (
    <div className="node-panel">
      <header className="node-head">
        <h2 className="panel-title">{words.edge.title}</h2>
        <p className="edge-ends">
          {end(edge.from.node, edge.from.port)}{' '}
          <ArrowRight size={14} className="soft" aria-label={words.edge.leadsTo} /> {end(edge.to.node, edge.to.port)}
        </p>
      </header>
      <ProblemList problems={problems} />
      {rows !== null && (
        <p className="counted" title={exact(rows)}>
          <strong>{words.edge.rows(rounded(rows))}</strong>
        </p>
      )}
      <section className="leaving">
        <h3>{words.edge.columns(columns?.length ?? 0)}</h3>
        {columns ? <ColumnList columns={columns} edge={key} /> : <p className="soft">{words.leaving.hidden}</p>}
      </section>
      <button
        type="button"
        className="button"
        onClick={() => {
          edit(words.edge.removed(key), (before) => disconnect(before, edge))
          select(nothing)
        }}
      >
        {words.edge.remove}
      </button>
    </div>
  )
}
