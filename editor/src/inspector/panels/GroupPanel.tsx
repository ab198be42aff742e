import { collapseGroup, renameGroup, ungroup } from '@headrace/runtime/pipeline'
import { edit, useDocument } from '../../model/document.ts'
import { nothing, select } from '../../model/selection.ts'
import { words } from '../words.ts'

/** A group: its name, whether it is collapsed, its nodes. */
export function GroupPanel({ id }: { readonly id: string }) {
  const group = useDocument(({ pipeline }) => pipeline?.groups?.[id])
  if (!group) return null
  const collapsed = group.collapsed ?? false
  return (
    <div className="node-panel">
      <h2 className="panel-title">{words.group.title}</h2>
      <div className="setting">
        <label className="setting-label" htmlFor="group-name">
          {words.name}
        </label>
        <input
          id="group-name"
          className="field"
          value={group.name}
          onChange={({ target }) =>
            edit(words.group.renamed, (pipeline) => renameGroup(pipeline, id, target.value), `group ${id}`)
          }
        />
      </div>
      <section className="leaving">
        <h3>{words.group.nodes(group.nodes.length)}</h3>
        <div className="button-row">
          {group.nodes.map((node) => (
            <button key={node} type="button" className="small-button data" onClick={() => select({ nodes: [node] })}>
              {node}
            </button>
          ))}
        </div>
      </section>
      <div className="button-row">
        <button
          type="button"
          className="button"
          onClick={() => edit(words.group.folded(collapsed), (pipeline) => collapseGroup(pipeline, id, !collapsed))}
        >
          {collapsed ? words.group.expand : words.group.collapse}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            edit(words.group.ungrouped, (pipeline) => ungroup(pipeline, id))
            select(nothing)
          }}
        >
          {words.group.ungroup}
        </button>
      </div>
    </div>
  )
}
