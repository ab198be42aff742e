import type { NodeTypeView } from '@headrace/runtime/api'
import { createPortal } from 'react-dom'
import { KindIcon } from '../canvas/parts/KindIcon.tsx'
import { words } from './words.ts'

interface Props {
  readonly type: NodeTypeView
  /** The line of the list beside which it stands. */
  readonly at: DOMRect
  readonly draggable: boolean
}

/** What a node type does, beside the list. */
export function NodeHelp({ type, at, draggable }: Props) {
  const top = Math.max(8, Math.min(at.top - 8, window.innerHeight - 180))
  return createPortal(
    <div className="node-help" role="tooltip" style={{ left: at.right + 12, top }}>
      <div className="node-help-head">
        <KindIcon kind={type.kind} />
        <strong>{type.title}</strong>
        <code className="soft">{type.type}</code>
      </div>
      <p>{type.description}</p>
      {type.own && <p className="soft">{words.own(type.own)}</p>}
      {draggable && <p className="soft">{words.dragHelp}</p>}
    </div>,
    document.body,
  )
}
