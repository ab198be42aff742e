import {
  addNode,
  connect,
  edgeText,
  freeId,
  freeInput,
  inputsOf,
  moveNodes,
  type Pipeline,
  type PipelineEdge,
  type Port,
  type Spot,
  splice,
} from '@headrace/runtime/pipeline'
import { announce } from '../model/announce.ts'
import { edit, useDocument } from '../model/document.ts'
import { nodeType } from '../model/library.ts'
import { select, useSelection } from '../model/selection.ts'
import { cardHeight, cardWidth, onGrid, plainShape, spare } from './card/shape.ts'
import { firstSettings } from './firstsettings.ts'
import { makeRoom } from './moving/room.ts'
import { freeSpot } from './scene/spots.ts'
import { sceneNow } from './scene/store.ts'
import { gapX } from './scene/tidy.ts'
import { middleOnScreen, spotUnder } from './stage.ts'
import { reveal } from './viewing.ts'
import { firstInput, firstOutput, verdictOf } from './wiring/edges.ts'
import { words } from './words.ts'

/** What a new node is tied to. */
export interface Ties {
  readonly from?: Port
  readonly to?: Port
  /** The edge into which it goes. */
  readonly into?: PipelineEdge
}

/** Adds a node with its upper left corner at a spot, tied to others; one step of undo. Gives its id. */
export function addAt(type: string, at: Spot, ties: Ties = {}): string | null {
  const { pipeline } = useDocument.getState()
  if (!pipeline) return null
  const kind = nodeType(type)?.kind
  const id = freeId(pipeline, type.split('/').at(-1) ?? type)
  const here: Port = { node: id, port: '' }
  const inputs = inputsOf(null, id, nodeType(type)?.inputs)
  const from = ties.from ?? ties.into?.from
  const inputFor = (from: Port) => ({ node: id, port: freeInput(pipeline, from, id, inputs) ?? '' })
  const edges: PipelineEdge[] = [
    ...(ties.from && kind !== 'source' ? [{ from: ties.from, to: inputFor(ties.from) }] : []),
    ...(ties.to && kind !== 'sink' ? [{ from: here, to: named(ties.to, here) }] : []),
  ]
  edit(words.addStep(id), (before) => {
    const table = from && freeInput(pipeline, from, id, inputs)
    const config = firstSettings(type, before, table ?? null)
    const added = addNode(withPlaces(before), id, { type, config }, onGrid(at))
    const spliced = ties.into ? spliceIn(added, ties.into, id, kind, inputFor(ties.into.from).port) : added
    return edges.reduce(connect, spliced)
  })
  select({ nodes: [id], focusField: true })
  announce(words.added(id, edges.map(edgeText)))
  reveal(id)
  return id
}

/** An input by its name: of a spare one it comes from the node that will lead there. */
const named = (to: Port, from: Port): Port =>
  to.port === spare ? { node: to.node, port: firstInput(from, to.node) } : to

/** Puts a node into an edge: a sink takes only its rows, a source only feeds its end. */
export function spliceIn(
  pipeline: Pipeline,
  edge: PipelineEdge,
  id: string,
  kind: string | undefined,
  input = firstInput(edge.from, id),
): Pipeline {
  const here: Port = { node: id, port: '' }
  if (kind === 'sink') return connect(pipeline, { from: edge.from, to: here })
  if (kind === 'source') return connect(pipeline, { from: here, to: edge.to })
  return makeRoom(splice(pipeline, edge, id, firstOutput(id) ?? '', input), edge, id, sceneNow().spots)
}

/** Adds a node beside the selected one and connects it where that fits; else in the middle of what is seen. */
export function addBeside(type: string): string | null {
  const { spots, shapes } = sceneNow()
  const selected = useSelection.getState().nodes.at(-1)
  const spot = selected === undefined ? undefined : spots.get(selected)
  const taken = [...spots.values()]
  if (selected === undefined || !spot) {
    const [x, y] = spotUnder(middleOnScreen())
    return addAt(type, freeSpot([x - cardWidth / 2, y - cardHeight(plainShape) / 2], taken))
  }
  const kind = nodeType(type)?.kind
  const left: Spot = [spot[0] - cardWidth - gapX, spot[1]]
  const right: Spot = [spot[0] + cardWidth + gapX, spot[1]]
  const output = firstOutput(selected)
  if (kind === 'source') {
    const made = freeId(useDocument.getState().pipeline as Pipeline, type.split('/').at(-1) ?? type)
    const to: Port = { node: selected, port: firstInput({ node: made, port: '' }, selected) }
    return addAt(type, freeSpot(left, taken), shapes.get(selected)?.inputs.length ? { to } : {})
  }
  if (output === null) return addAt(type, freeSpot(right, taken))
  return addAt(type, freeSpot(right, taken), { from: { node: selected, port: output } })
}

/** Writes down where the nodes stand that the file has no place for, before one of them moves: the others stay. */
export function withPlaces(pipeline: Pipeline): Pipeline {
  const { spots } = sceneNow()
  const missing = Object.keys(pipeline.nodes).filter((id) => !pipeline.layout?.[id])
  if (missing.length === 0) return pipeline
  return moveNodes(
    pipeline,
    Object.fromEntries(
      missing.flatMap((id) => {
        const spot = spots.get(id)
        return spot ? [[id, spot]] : []
      }),
    ),
  )
}

/** Whether a node type can go behind (or before) a port; for lists of what fits. */
export function typeFits(type: string, { from, to }: Ties): boolean {
  const kind = nodeType(type)?.kind
  if (from && kind === 'source') return false
  return !(to && kind === 'sink')
}

/** Whether an existing node can go into an edge: it is tied to nothing, and rows can pass it. */
export function canSplice(id: string, edge: PipelineEdge): boolean {
  const { pipeline } = useDocument.getState()
  if (!pipeline || pipeline.edges.some(({ from, to }) => from.node === id || to.node === id)) return false
  const shape = sceneNow().shapes.get(id)
  return Boolean(
    shape?.inputs.length &&
      shape.outputs.length &&
      verdictOf({ from: edge.from, to: { node: id, port: firstInput(edge.from, id) } }).fits,
  )
}
