import { PanelRightClose, PanelRightOpen } from 'lucide-react'
import { type KeyboardEvent, useEffect } from 'react'
import { useDocument } from '../model/document.ts'
import { type Selection, useSelection } from '../model/selection.ts'
import { show, useView } from '../model/view.ts'
import { EdgePanel } from './panels/EdgePanel.tsx'
import { GroupPanel } from './panels/GroupPanel.tsx'
import { NodePanel } from './panels/NodePanel.tsx'
import { NotePanel } from './panels/NotePanel.tsx'
import { PipelinePanel } from './panels/PipelinePanel.tsx'
import { SeveralPanel } from './panels/SeveralPanel.tsx'
import { words } from './words.ts'
import './inspector.css'
import './panels/problems.css'
import './panels/panels.css'
import './fields/fields.css'
import './fields/text.css'
import './fields/switch.css'
import './fields/choice.css'
import './fields/chips.css'
import './fields/nested.css'
import './fields/popup.css'

/** What is selected, as a form: a node, an edge, a group, a note, several nodes, or the pipeline itself. */
export function Inspector() {
  const { inspectorOpen, pipelineForm } = useView()
  // With nothing selected the canvas has the room, until the pipeline's own form is asked for.
  const selected = useSelection(({ nodes, edge, group, note }) => nodes.length > 0 || Boolean(edge ?? group ?? note))
  const open = selected ? inspectorOpen : pipelineForm
  const change = (to: boolean) => show(selected ? { inspectorOpen: to } : { pipelineForm: to })
  const asked = useSelection(({ focusField }) => focusField)
  useEffect(() => {
    if (asked) show({ inspectorOpen: true })
  }, [asked])
  if (!open) {
    return (
      <aside className="inspector" data-folded aria-label={words.inspector}>
        <button
          type="button"
          className="icon-button"
          aria-label={selected ? words.unfold : words.pipelineForm}
          title={selected ? words.unfold : words.pipelineForm}
          onClick={() => change(true)}
        >
          <PanelRightOpen size={16} />
        </button>
      </aside>
    )
  }
  return (
    <aside
      className="inspector"
      aria-label={words.inspector}
      onKeyDown={backToCanvas}
      onKeyDownCapture={backFromClosedList}
    >
      <button
        type="button"
        className="icon-button inspector-fold"
        aria-label={words.fold}
        title={words.fold}
        onClick={() => change(false)}
      >
        <PanelRightClose size={16} />
      </button>
      <Selected />
    </aside>
  )
}

function Selected() {
  const selection = useSelection()
  const pipeline = useDocument((document) => document.pipeline)
  if (!pipeline) return <p className="inspector-empty soft">{words.unreadable}</p>
  const nodes = selection.nodes.filter((id) => Object.hasOwn(pipeline.nodes, id))
  const [node, ...more] = nodes
  if (node !== undefined && more.length > 0) return <SeveralPanel ids={nodes} />
  if (node !== undefined) return <NodePanel key={node} id={node} />
  return <Other selection={selection} />
}

function Other({ selection: { edge, group, note } }: { readonly selection: Selection }) {
  const pipeline = useDocument((document) => document.pipeline)
  if (edge !== null) return <EdgePanel key={edge} edge={edge} />
  if (group !== null && pipeline?.groups?.[group]) return <GroupPanel key={group} id={group} />
  if (note !== null && pipeline?.notes?.[note]) return <NotePanel key={note} id={note} />
  return <PipelinePanel />
}

/** Escape leaves the form for the canvas; a list or picker that is open takes it first. */
function backToCanvas(event: KeyboardEvent): void {
  if (event.key === 'Escape' && !event.defaultPrevented && isHere(event)) leave(event)
}

/** A field with a list keeps every Escape to itself, though a closed list has no use for it. */
function backFromClosedList(event: KeyboardEvent): void {
  const { key, target } = event
  const closed = target instanceof HTMLElement && target.getAttribute('aria-expanded') === 'false'
  if (key === 'Escape' && closed && isHere(event)) leave(event)
}

/** What hangs on the page belongs to the inspector only in React's eyes. */
const isHere = ({ target, currentTarget }: KeyboardEvent): boolean =>
  target instanceof HTMLElement && currentTarget.contains(target) && target.getAttribute('aria-expanded') !== 'true'

function leave(event: KeyboardEvent): void {
  const card = document.querySelector<HTMLElement>('.canvas .react-flow__node.selected')
  const canvas = document.querySelector<HTMLElement>('.canvas .react-flow, .canvas')
  event.preventDefault()
  event.stopPropagation()
  if (event.target instanceof HTMLElement) event.target.blur()
  ;(card ?? canvas)?.focus()
}
