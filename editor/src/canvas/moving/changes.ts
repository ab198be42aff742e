import { changeNote, moveNodes, type Pipeline, type Spot } from '@headrace/runtime/pipeline'
import type { NodeChange } from '@xyflow/react'
import { edit, useDocument } from '../../model/document.ts'
import { nothing, useSelection } from '../../model/selection.ts'
import { withPlaces } from '../adding.ts'
import { noteNodeId, readNodeId } from '../scene/frames.ts'
import type { CanvasNode } from '../scene/scene.ts'
import { sceneNow, useScene } from '../scene/store.ts'
import { stage, useStage } from '../stage.ts'
import { words } from '../words.ts'

/** Takes React Flow's changes in: what is selected, and where dragged cards are for now. */
export function takeChanges(changes: readonly NodeChange<CanvasNode>[]): void {
  const moved: Record<string, Spot> = {}
  const selected = new Map<string, boolean>()
  for (const change of changes) {
    if (change.type === 'select') selected.set(change.id, change.selected)
    if (change.type === 'dimensions' && change.resizing && change.dimensions) {
      const { width, height } = change.dimensions
      stage({ sized: { [change.id]: [width, height] } })
    }
    if (change.type === 'position' && change.position) moveTo(change.id, [change.position.x, change.position.y], moved)
  }
  if (Object.keys(moved).length) stage({ moved: { ...useStage.getState().moved, ...moved } })
  if (selected.size) takeSelection(selected)
}

// A group's frame is moved by moving what is in it.
function moveTo(id: string, spot: Spot, moved: Record<string, Spot>): void {
  const node = useScene.getState().nodes.find((one) => one.id === id)
  if (node?.type !== 'frame') {
    moved[id] = spot
    return
  }
  const { spots } = sceneNow()
  const now = useStage.getState().moved
  const [dx, dy] = [spot[0] - node.position.x, spot[1] - node.position.y]
  for (const member of node.data.members) {
    const at = now[member] ?? spots.get(member)
    if (at) moved[member] = [at[0] + dx, at[1] + dy]
  }
}

function takeSelection(changed: ReadonlyMap<string, boolean>): void {
  const before = useSelection.getState()
  const isIn = (id: string, was: boolean) => changed.get(id) ?? was
  const nodes = before.nodes.filter((id) => isIn(id, true))
  let { group, note } = before
  for (const [id, on] of changed) {
    const it = readNodeId(id)
    if (it.of === 'node' && on && !nodes.includes(id)) nodes.push(id)
    if (it.of === 'group') group = on ? it.id : group === it.id ? null : group
    if (it.of === 'note') note = on ? it.id : note === it.id ? null : note
  }
  // One kind of thing is selected at a time; cards go first.
  const some = nodes.length > 0
  const edge = some || group !== null || note !== null ? null : before.edge
  useSelection.setState({
    ...nothing,
    nodes,
    edge,
    group: some ? null : group,
    note: some || group !== null ? null : note,
  })
}

/** Selects an edge, or lets go of it. */
export function takeEdgeSelection(id: string, selected: boolean): void {
  if (selected) useSelection.setState({ ...nothing, edge: id })
  else if (useSelection.getState().edge === id) useSelection.setState({ edge: null })
}

/** Writes down where dragged cards and notes were dropped; one step of undo. */
export function settle(change: (pipeline: Pipeline) => Pipeline = (pipeline) => pipeline, label?: string): void {
  const { moved } = useStage.getState()
  if (Object.keys(moved).length)
    edit(label ?? words.moveStep(Object.keys(moved)), (pipeline) => change(moveAll(pipeline, moved)))
  stage({ moved: {} })
}

/** Moves cards and notes, those without a place in the file stay where they are. */
export function moveAll(pipeline: Pipeline, spots: { readonly [id: string]: Spot }): Pipeline {
  const nodes = Object.entries(spots).filter(([id]) => readNodeId(id).of === 'node')
  const placed = nodes.length ? moveNodes(withPlaces(pipeline), Object.fromEntries(nodes)) : pipeline
  return Object.entries(spots).reduce((all, [id, at]) => {
    const it = readNodeId(id)
    return it.of === 'note' ? changeNote(all, it.id, { at }) : all
  }, placed)
}

/** Moves what is selected by some pixels; presses in a row are one step of undo. */
export function nudge(dx: number, dy: number): void {
  const { nodes, group, note } = useSelection.getState()
  const { pipeline } = useDocument.getState()
  const { spots } = sceneNow()
  const ids = group === null ? nodes : (pipeline?.groups?.[group]?.nodes ?? [])
  const to: Record<string, Spot> = {}
  for (const id of ids) {
    const spot = spots.get(id)
    if (spot) to[id] = [spot[0] + dx, spot[1] + dy]
  }
  const at = note === null ? undefined : pipeline?.notes?.[note]?.at
  if (note !== null && at) to[noteNodeId(note)] = [at[0] + dx, at[1] + dy]
  if (Object.keys(to).length === 0) return
  edit(words.moveStep(Object.keys(to)), (before) => moveAll(before, to), `nudge ${Object.keys(to).join()}`)
}
