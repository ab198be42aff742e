import { useEffect, useRef } from 'react'
import { useDocument } from '../../model/document.ts'
import { useLibrary } from '../../model/library.ts'
import { useSelection } from '../../model/selection.ts'
import { words } from '../words.ts'
import { Counted } from './Counted.tsx'
import { Leaving } from './Leaving.tsx'
import { NodeHead } from './NodeHead.tsx'
import { NodeNote } from './NodeNote.tsx'
import { NodeSettings } from './NodeSettings.tsx'
import { ProblemList } from './ProblemList.tsx'
import { UnknownNode } from './UnknownNode.tsx'

/** A node: what is wrong, its settings, what it found, what leaves it. */
export function NodePanel({ id }: { readonly id: string }) {
  const node = useDocument(({ pipeline }) => pipeline?.nodes[id])
  const view = useDocument(({ checked }) => checked?.nodes[id])
  const problems = useDocument(({ checked }) => checked?.problems)
  const type = useLibrary(({ nodes }) => nodes.find((one) => one.type === node?.type))
  const panel = useRef<HTMLDivElement>(null)
  const focusField = useSelection((selection) => selection.focusField)

  useEffect(() => {
    if (!focusField || !type) return
    useSelection.setState({ focusField: false })
    focusFirst(panel.current)
  }, [focusField, type])

  if (!node) return null
  const own = problems?.filter(({ place }) => place.node === id) ?? []
  return (
    <div ref={panel} className="node-panel">
      <NodeHead id={id} node={node} type={type} />
      <ProblemList problems={own.filter(({ place }) => !type || place.setting === undefined)} />
      {view?.state === 'off' && <p className="inspector-note">{words.node.off}</p>}
      {view?.state === 'passed' && <p className="inspector-note">{words.node.passed}</p>}
      {type ? (
        <NodeSettings id={id} node={node} type={type} problems={own} view={view} />
      ) : (
        <UnknownNode id={id} node={node} />
      )}
      <Counted id={id} kind={type?.kind} />
      {type && type.kind !== 'sink' && view && <Leaving id={id} view={view} />}
      <NodeNote id={id} note={node.note ?? ''} />
    </div>
  )
}

const focusable = 'input:not([type="radio"]), [contenteditable="true"], textarea, select, button'

/** Puts the cursor where the node needs something first. */
function focusFirst(panel: HTMLElement | null): void {
  const open = panel?.querySelector('[data-open]') ?? panel?.querySelector('[data-setting]')
  const field = open?.querySelector<HTMLElement>(
    `:scope > :not(.setting-head) ${focusable}, :scope > :is(${focusable})`,
  )
  const first = field ?? open?.querySelector<HTMLElement>(focusable)
  // CodeMirror's own element takes the focus once it is drawn.
  requestAnimationFrame(() => (first ?? open?.querySelector<HTMLElement>('.cm-content'))?.focus())
}
