import {
  addNote,
  disconnect,
  freeNoteId,
  groupNodes,
  type Pipeline,
  type PipelineNode,
  removeNodes,
  removeNotes,
  type Spot,
  setNodeKey,
  ungroup,
} from '@headrace/runtime/pipeline'
import { announce } from '../model/announce.ts'
import { edit, useDocument } from '../model/document.ts'
import { nothing, select, useSelection } from '../model/selection.ts'
import { onGrid } from './card/shape.ts'
import { groupNodeId, noteNodeId, noteSize } from './scene/frames.ts'
import { readingOrder } from './scene/order.ts'
import { stage } from './stage.ts'
import { edgeOf } from './wiring/edges.ts'
import { words } from './words.ts'

const open = (): Pipeline | null => useDocument.getState().pipeline

/** The selected nodes of the open pipeline; those of the selected group. */
export function selectedNodes(): readonly string[] {
  const { nodes, group } = useSelection.getState()
  const pipeline = open()
  const all = group === null ? nodes : (pipeline?.groups?.[group]?.nodes ?? [])
  return all.filter((id) => pipeline && id in pipeline.nodes)
}

/** The one selected node, or null. */
export const selectedNode = (): string | null => {
  const { nodes } = useSelection.getState()
  const [id] = nodes
  return nodes.length === 1 && id !== undefined && open()?.nodes[id] ? id : null
}

/** Deletes what is selected; `reconnect` ties what fed the nodes to what they fed. A group's frame goes, its nodes stay. */
export function removeSelected(reconnect = false): void {
  const { nodes, edge, group, note } = useSelection.getState()
  const gone = edgeOf(edge)
  if (nodes.length) {
    const what = nodes.length === 1 ? `${nodes[0]}` : words.nodes(nodes.length)
    edit(words.deleteStep(what), (pipeline) => removeNodes(pipeline, nodes, reconnect))
    announce(reconnect ? words.deletedReconnected(what) : words.deleted(what))
  } else if (gone) {
    edit(words.disconnectStep(gone.from.node, gone.to.node), (pipeline) => disconnect(pipeline, gone))
    announce(words.disconnected(gone.from.node, gone.to.node))
  } else if (group !== null) removeGroup()
  else if (note !== null) {
    edit(words.deleteStep(words.note), (pipeline) => removeNotes(pipeline, [note]))
    announce(words.deleted(words.note))
  }
  useSelection.setState(nothing)
}

/** Switches the selected nodes off, or on again where all are off. */
export function toggleDisabled(): void {
  const ids = selectedNodes()
  const all = ids.every((id) => open()?.nodes[id]?.disabled)
  const change = (pipeline: Pipeline, id: string) => setNodeKey(pipeline, id, 'disabled', !all)
  edit(words.disableStep(ids, !all), (pipeline) => ids.reduce(change, pipeline))
  announce(words.disableStep(ids, !all))
}

/** Puts the selected nodes into a group and asks for its name. */
export function groupSelected(): void {
  const ids = selectedNodes()
  if (ids.length === 0) return
  const before = new Set(Object.keys(open()?.groups ?? {}))
  edit(words.groupStep(ids.length), (pipeline) => groupNodes(pipeline, ids, words.group))
  const made = Object.keys(open()?.groups ?? {}).find((id) => !before.has(id))
  if (made === undefined) return
  select({ group: made })
  stage({ renaming: groupNodeId(made) })
}

/** Takes the selected group's frame away. */
export function removeGroup(): void {
  const { group } = useSelection.getState()
  if (group === null) return
  const nodes = selectedNodes()
  edit(words.ungroup, (pipeline) => ungroup(pipeline, group))
  select({ nodes })
}

/** Puts an empty note at a spot and lets the reader write. */
export function addNoteAt(at: Spot): void {
  const pipeline = open()
  if (!pipeline) return
  const id = freeNoteId(pipeline)
  edit(words.addNote, (before) => addNote(before, id, { text: '', at: onGrid(at), size: noteSize }))
  select({ note: id })
  stage({ renaming: noteNodeId(id) })
}

/** Selects every node. */
export function selectAll(): void {
  const pipeline = open()
  if (pipeline) useSelection.setState({ ...nothing, nodes: readingOrder(pipeline) })
}

/** The node after (1) or before (-1) the selected one, as they are read. */
export function neighbour(step: 1 | -1): string | undefined {
  const pipeline = open()
  if (!pipeline) return undefined
  const order = readingOrder(pipeline)
  const at = order.indexOf(selectedNodes().at(-1) ?? '')
  return order[at < 0 ? (step > 0 ? 0 : order.length - 1) : at + step]
}

/** Whether a node of the open pipeline is switched off. */
export const isDisabled = (id: string): boolean => Boolean((open()?.nodes[id] as PipelineNode | undefined)?.disabled)
