import { edgeText } from '@headrace/runtime/pipeline'
import type { Action } from '../command/action.ts'
import { useDocument } from '../model/document.ts'
import { useSelection } from '../model/selection.ts'
import { useView } from '../model/view.ts'
import { focusPalette } from '../palette/Palette.tsx'
import { clipboardActions } from './clipping.ts'
import {
  addNoteAt,
  groupSelected,
  removeGroup,
  removeSelected,
  selectAll,
  selectedNode,
  selectedNodes,
  toggleDisabled,
} from './editing.ts'
import { focusInspector, openMenu, showColumns } from './keyboard.ts'
import { tidy } from './moving/tidying.ts'
import { setCollapsed } from './parts/GroupFrame.tsx'
import { groupNodeId, noteNodeId } from './scene/frames.ts'
import { canvasElement, middleOnScreen, pointerOnCanvas, spotUnder, stage } from './stage.ts'
import { edgeOnScreen, fit, focusNode, zoomBy } from './viewing.ts'
import { edgeOf } from './wiring/edges.ts'
import { words } from './words.ts'

const here = () => useView.getState().place === 'pipeline' && useDocument.getState().pipeline !== null
const some = () => here() && selectedNodes().length > 0
const one = () => here() && selectedNode() !== null
const anything = () => {
  const { nodes, edge, group, note } = useSelection.getState()
  return here() && (nodes.length > 0 || edge !== null || group !== null || note !== null)
}
const edgeChosen = () => here() && edgeOf(useSelection.getState().edge) !== undefined
const group = () => (here() ? useSelection.getState().group : null)
const groupNow = () => {
  const id = group()
  const found = id === null ? undefined : useDocument.getState().pipeline?.groups?.[id]
  return id !== null && found ? { id, name: found.name, collapsed: found.collapsed ?? false } : null
}

/** Keys without Ctrl work while nothing but the canvas has the focus. */
export function onCanvas(): boolean {
  const { activeElement } = document
  return (
    activeElement === document.body ||
    Boolean(activeElement?.matches('.canvas, .canvas .react-flow__node, .canvas .channel-chip'))
  )
}

const node = 'Node'
const canvas = 'Canvas'

/** Everything that can be done on the canvas: for keys, menus and Ctrl+K. */
export const canvasActions: readonly Action[] = [
  {
    id: 'add-node',
    title: words.addNode,
    group: canvas,
    keys: '/',
    keysWhen: onCanvas,
    enabled: here,
    run: quickSearch,
  },
  { id: 'palette-search', title: words.searchPalette, group: canvas, enabled: here, run: focusPalette },
  {
    id: 'connect',
    title: words.connect,
    group: node,
    keys: 'c',
    keysWhen: onCanvas,
    enabled: one,
    run: () => stage({ choosing: selectedNode() }),
  },
  { id: 'settings', title: words.settings, group: node, enabled: one, run: focusInspector },
  {
    id: 'rename',
    title: words.rename,
    group: node,
    keys: 'F2',
    enabled: () => one() || groupNow() !== null || useSelection.getState().note !== null,
    run: rename,
  },
  {
    id: 'disable',
    title: words.disable,
    group: node,
    keys: 'd',
    keysWhen: onCanvas,
    enabled: some,
    run: toggleDisabled,
  },
  ...clipboardActions(some, here),
  {
    id: 'delete',
    title: words.delete,
    group: node,
    keys: 'Delete',
    keysWhen: onCanvas,
    enabled: anything,
    run: () => removeSelected(),
  },
  {
    id: 'delete-reconnect',
    title: words.deleteReconnect,
    group: node,
    keys: 'Mod+Delete',
    keysWhen: onCanvas,
    enabled: some,
    run: () => removeSelected(true),
  },
  {
    id: 'select-all',
    title: words.selectAll,
    group: canvas,
    keys: 'Mod+A',
    keysWhen: onCanvas,
    enabled: here,
    run: selectAll,
  },
  { id: 'group', title: words.makeGroup, group: canvas, keys: 'Mod+G', enabled: some, run: groupSelected },
  {
    id: 'ungroup',
    title: words.ungroup,
    group: canvas,
    keys: 'Mod+Shift+G',
    enabled: () => groupNow() !== null,
    run: removeGroup,
  },
  { id: 'fold', title: words.fold, group: canvas, enabled: () => groupNow() !== null, run: fold },
  {
    id: 'note',
    title: words.addNote,
    group: canvas,
    keys: 'n',
    keysWhen: onCanvas,
    enabled: here,
    run: () => addNoteAt(spotUnder(pointerOnCanvas() ?? middleOnScreen())),
  },
  { id: 'tidy', title: words.tidy, group: canvas, keys: 'Shift+T', keysWhen: onCanvas, enabled: here, run: tidy },
  { id: 'fit', title: words.fit, group: canvas, keys: '1', keysWhen: onCanvas, enabled: here, run: fit },
  {
    id: 'closer',
    title: words.closer,
    group: canvas,
    keys: '+',
    keysWhen: onCanvas,
    enabled: here,
    run: () => zoomBy(1.25),
  },
  {
    id: 'further',
    title: words.further,
    group: canvas,
    keys: '-',
    keysWhen: onCanvas,
    enabled: here,
    run: () => zoomBy(0.8),
  },
  { id: 'edge-columns', title: words.showColumns, group: 'Edge', enabled: edgeChosen, run: showColumns },
  { id: 'edge-insert', title: words.insertNode, group: 'Edge', enabled: edgeChosen, run: insertNode },
  { id: 'menu', title: words.menu, group: canvas, enabled: anything, run: openMenu },
  { id: 'go-canvas', title: words.goToCanvas, group: canvas, enabled: here, run: goToCanvas },
]

function insertNode(): void {
  const edge = edgeOf(useSelection.getState().edge)
  if (!edge) return
  const screen = edgeOnScreen(edgeText(edge))
  stage({ quick: { screen, at: spotUnder(screen), into: edge } })
}

// Where the pointer is on the canvas the search opens there; else the list on the left has it.
function quickSearch(): void {
  const screen = pointerOnCanvas()
  if (screen) stage({ quick: { screen, at: spotUnder(screen) } })
  else focusPalette()
}

function rename(): void {
  const { note } = useSelection.getState()
  const folder = groupNow()
  const id = selectedNode() ?? (folder ? groupNodeId(folder.id) : note !== null ? noteNodeId(note) : null)
  if (id !== null) stage({ renaming: id })
}

function fold(): void {
  const now = groupNow()
  if (now) setCollapsed(now.id, now.name, !now.collapsed)
}

function goToCanvas(): void {
  const [id] = selectedNodes()
  if (id === undefined) canvasElement()?.focus()
  else focusNode(id)
}
