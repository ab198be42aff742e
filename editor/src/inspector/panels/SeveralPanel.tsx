import { groupNodes, removeNodes, setNodeKey } from '@headrace/runtime/pipeline'
import { edit, useDocument } from '../../model/document.ts'
import { nothing, select } from '../../model/selection.ts'
import { words } from '../words.ts'

/** Several nodes: what can be done with all of them. */
export function SeveralPanel({ ids }: { readonly ids: readonly string[] }) {
  const pipeline = useDocument((document) => document.pipeline)
  const off = ids.every((id) => pipeline?.nodes[id]?.disabled)
  return (
    <div className="node-panel">
      <h2 className="panel-title">{words.several.title(ids.length)}</h2>
      <div className="button-row">
        {ids.map((id) => (
          <button key={id} type="button" className="small-button data" onClick={() => select({ nodes: [id] })}>
            {id}
          </button>
        ))}
      </div>
      <div className="button-column">
        <button
          type="button"
          className="button"
          onClick={() =>
            edit(words.several.grouped(ids.length), (before) => groupNodes(before, ids, words.several.groupName))
          }
        >
          {words.several.group}
        </button>
        <button
          type="button"
          className="button"
          onClick={() =>
            edit(words.several.toggled(ids.length, off), (before) =>
              ids.reduce((all, id) => setNodeKey(all, id, 'disabled', !off), before),
            )
          }
        >
          {off ? words.node.enable : words.node.disable}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            edit(words.several.deleted(ids.length), (before) => removeNodes(before, ids))
            select(nothing)
          }}
        >
          {words.node.delete}
        </button>
      </div>
    </div>
  )
}
