import type { NodeTypeView } from '@headrace/runtime/api'
import { type PipelineNode, setNodeKey } from '@headrace/runtime/pipeline'
import { KindIcon } from '../../canvas/parts/KindIcon.tsx'
import { edit } from '../../model/document.ts'
import { Prose } from '../fields/Prose.tsx'
import { words } from '../words.ts'
import { NodeMenu } from './NodeMenu.tsx'

interface NodeHeadProps {
  readonly id: string
  readonly node: PipelineNode
  readonly type: NodeTypeView | undefined
}

/** What the node is: its kind's shape, its title that can be changed, its type and what that does. */
export function NodeHead({ id, node, type }: NodeHeadProps) {
  return (
    <header className="node-head">
      <div className="node-head-row">
        <KindIcon kind={type?.kind ?? 'unknown'} />
        <input
          className="node-title"
          aria-label={words.node.title}
          title={words.node.titleHelp(id)}
          value={node.title ?? ''}
          placeholder={id}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) =>
            edit(words.node.titled(id), (pipeline) => setNodeKey(pipeline, id, 'title', target.value), `title ${id}`)
          }
        />
        <NodeMenu id={id} disabled={node.disabled ?? false} />
      </div>
      <p className="node-type data">
        {node.type}
        {node.title ? <span className="soft"> · {id}</span> : null}
        {node.disabled && <span className="node-off">{words.node.disabled}</span>}
      </p>
      {type && (
        <p className="node-about soft">
          <Prose text={type.description} />
        </p>
      )}
    </header>
  )
}
