import type { FocusEvent, KeyboardEvent } from 'react'
import { putOut } from '../model/lit.ts'
import { nothing, select, useSelection } from '../model/selection.ts'
import { neighbour, removeSelected, selectedNode, selectedNodes } from './editing.ts'
import { nudge } from './moving/changes.ts'
import { readNodeId } from './scene/frames.ts'
import { canvasElement, middleOnScreen, stage } from './stage.ts'
import { edgeOnScreen, elementOf, focusNode, reveal } from './viewing.ts'
import { walk } from './walking.ts'

const steps: { readonly [key: string]: readonly [number, number] } = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

const small = 8
const large = 40

/** Keys on the canvas that need its focus; the others are the actions' (`actions.ts`). */
function press(event: KeyboardEvent<HTMLElement>): void {
  if (!isOnSurface(event.target)) return
  const step = steps[event.key]
  const mod = event.ctrlKey || event.metaKey
  if (step && event.altKey) walk(event.key)
  else if (step && !mod) {
    const by = event.shiftKey ? large : small
    nudge(step[0] * by, step[1] * by)
  } else if (event.key === 'Tab' && !mod && !event.altKey) {
    const next = neighbour(event.shiftKey ? -1 : 1)
    if (next === undefined) return // on to what comes after the canvas
    select({ nodes: [next] })
    focusNode(next)
  } else if (event.key === 'Enter' && selectedNode() !== null && !mod) focusInspector()
  else if (event.key === 'Enter' && useSelection.getState().edge !== null && !mod) showColumns()
  else if (event.key === ' ' && !mod) selectFocused(event.shiftKey)
  else if ((event.key === 'Delete' || event.key === 'Backspace') && mod) removeSelected(true)
  else if (event.key === 'Backspace') removeSelected()
  else if (event.key === 'F10' && event.shiftKey) openMenu()
  else if (event.key === 'ContextMenu') openMenu()
  else if (event.key === 'Escape') letGo()
  else return
  event.preventDefault()
}

/** Whether keys pressed here are the canvas's: on a card or the surface, not in a field or list above it. */
function isOnSurface(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement && (target === canvasElement() || target.matches('.react-flow__node, .react-flow'))
  )
}

function letGo(): void {
  useSelection.setState(nothing)
  putOut()
  stage({ columns: null, menu: null, quick: null })
}

// A card that is reached by keyboard is the selected one: inspector and drawer follow.
function focus(event: FocusEvent<HTMLElement>): void {
  const { target } = event
  if (!target.matches('.react-flow__node:focus-visible')) return
  const { of, id } = readNodeId(target.dataset['id'] ?? '')
  if (of === 'node' && !useSelection.getState().nodes.includes(id)) select({ nodes: [id] })
  if (of === 'group') select({ group: id })
  if (of === 'note') select({ note: id })
  if (of === 'node') reveal(id)
}

function selectFocused(more: boolean): void {
  const id = document.activeElement?.getAttribute('data-id')
  if (!id || readNodeId(id).of !== 'node') return
  const { nodes } = useSelection.getState()
  const others = nodes.filter((one) => one !== id)
  select({ nodes: more ? (others.length < nodes.length ? others : [...nodes, id]) : [id] })
}

/** Puts the cursor into the inspector's first field. */
export function focusInspector(): void {
  document
    .querySelector<HTMLElement>('.inspector :is(input, select, textarea, .cm-content, button):not([tabindex="-1"])')
    ?.focus()
}

/** Opens the menu of what is selected, beside it. */
export function openMenu(): void {
  const { nodes, edge, group, note } = useSelection.getState()
  const of = nodes.length
    ? 'node'
    : edge !== null
      ? 'edge'
      : group !== null
        ? 'group'
        : note !== null
          ? 'note'
          : 'canvas'
  const id = selectedNodes().at(-1)
  const box = id === undefined ? undefined : elementOf(id)?.getBoundingClientRect()
  const besideCard = box && { x: box.left + 24, y: box.bottom - 8 }
  stage({ menu: { of, screen: besideCard ?? (edge === null ? middleOnScreen() : edgeOnScreen(edge)) } })
}

/** Lists the columns of the selected edge. */
export function showColumns(): void {
  const { edge } = useSelection.getState()
  if (edge !== null) stage({ columns: { edge, screen: edgeOnScreen(edge) } })
}

export const keyboard = { press, focus }
