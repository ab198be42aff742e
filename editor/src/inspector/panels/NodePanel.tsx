import { useEffect, useRef } from 'react'
import { useDocument } from '../../model/document.ts'
import { useLibrary } from '../../model/library.ts'
import { useSelection } from '../../model/selection.ts'
import { useGoal } from '../goal.ts'
import { words } from '../words.ts'
import { Counted } from './Counted.tsx'
import { focusSetting } from './focus.ts'
import { Leaving } from './Leaving.tsx'
import { NodeHead } from './NodeHead.tsx'
import { NodeNote } from './NodeNote.tsx'
import { NodeSettings } from './NodeSettings.tsx'
import { Pinning } from './Pinning.tsx'
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
  const goal = useGoal((state) => state.goal)

  useEffect(() => {
    if (!focusField || !type) return
    useSelection.setState({ focusField: false })
    focusSetting(panel.current, '')
  }, [focusField, type])

  useEffect(() => {
    if (goal?.node !== id || !type) return
    useGoal.setState({ goal: null })
    focusSetting(panel.current, goal.setting, goal.open)
  }, [goal, id, type])

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
      {type?.kind === 'source' && <Pinning id={id} node={node} />}
      <NodeNote id={id} note={node.note ?? ''} />
    </div>
  )
}
