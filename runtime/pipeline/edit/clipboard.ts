import { parsePipeline } from '../document.ts'
import { formatPipeline } from '../format.ts'
import type { Pipeline, PipelineGroup, PipelineNote, Spot } from '../model.ts'
import { isRecord } from '../shape.ts'
import { freeId, freeKey } from './ids.ts'
import { wholeSpot } from './spots.ts'

/** A pipeline with what was pasted in it, and the new ids. */
export interface Pasted {
  readonly pipeline: Pipeline
  readonly nodes: readonly string[]
  readonly notes: readonly string[]
}

/** Longer texts are not read. */
const mostCharacters = 10_000_000

/** How far a copy stands from what it was made from. */
const step = 32

/** Nodes (and notes) as JSON text, with the edges among them, their places and groups: a small pipeline's file. */
export function copyNodes(pipeline: Pipeline, ids: readonly string[], notes: readonly string[] = []): string {
  const chosen = new Set(ids)
  const pick = <T>(record: { readonly [id: string]: T } = {}, keys: ReadonlySet<string> = chosen) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => keys.has(id)))
  const groups = Object.entries(pipeline.groups ?? {}).flatMap(([id, group]): [string, PipelineGroup][] => {
    const nodes = group.nodes.filter((node) => chosen.has(node))
    return nodes.length > 0 && nodes.length === group.nodes.length ? [[id, group]] : []
  })
  const picked = pick(pipeline.notes, new Set(notes))
  return formatPipeline({
    headrace: 1,
    settings: {},
    nodes: pick(pipeline.nodes),
    edges: pipeline.edges.filter(({ from, to }) => chosen.has(from.node) && chosen.has(to.node)),
    layout: pick(pipeline.layout),
    ...(groups.length > 0 && { groups: Object.fromEntries(groups) }),
    ...(Object.keys(picked).length > 0 && { notes: picked }),
  })
}

/**
 * Puts nodes from a text into a pipeline under fresh ids: what `copyNodes` gave, a whole pipeline's file, nodes by id,
 * or a single node. The top left corner goes to `at`; without it everything stands a little off where it was. Null
 * where the text holds no nodes or notes.
 */
export function pasteNodes(pipeline: Pipeline, text: string, at: Spot | null = null): Pasted | null {
  const part = text.length > mostCharacters ? null : readPart(text)
  const found = part && Object.keys(part.nodes).length + Object.keys(part.notes ?? {}).length > 0
  return found ? addPart(pipeline, part, at) : null
}

/** Copies nodes inside a pipeline. */
export const duplicateNodes = (
  pipeline: Pipeline,
  ids: readonly string[],
  notes: readonly string[] = [],
): Pasted | null => pasteNodes(pipeline, copyNodes(pipeline, ids, notes))

function readPart(text: string): Pipeline | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value)) return null
  const whole = isRecord(value['nodes']) ? value : { nodes: nodesIn(value) }
  return parsePipeline(JSON.stringify({ headrace: 1, ...whole })).pipeline
}

/** A node by itself, or nodes by their ids. */
function nodesIn(value: { readonly [key: string]: unknown }): { readonly [id: string]: unknown } {
  const isNode = (one: unknown) => isRecord(one) && typeof one['type'] === 'string'
  if (isNode(value) && (value['config'] === undefined || isRecord(value['config']))) {
    return { [String(value['type']).replace(/^.*\//, '')]: value }
  }
  return Object.fromEntries(Object.entries(value).filter(([, one]) => isNode(one)))
}

function addPart(pipeline: Pipeline, part: Pipeline, at: Spot | null): Pasted {
  const ids = new Map<string, string>()
  let nodes = pipeline.nodes
  for (const [id, node] of Object.entries(part.nodes)) {
    const fresh = freeId({ ...pipeline, nodes }, id)
    ids.set(id, fresh)
    nodes = { ...nodes, [fresh]: node }
  }
  const spots = Object.entries(placed(part))
  const shift = shiftTo(at, [
    ...spots.map(([, spot]) => spot),
    ...Object.values(part.notes ?? {}).map((note) => note.at),
  ])
  const move = ([x, y]: Spot): Spot => wholeSpot([x + shift[0], y + shift[1]])
  const edges = part.edges.flatMap(({ from, to }) => {
    const [start, end] = [ids.get(from.node), ids.get(to.node)]
    return start && end ? [{ from: { ...from, node: start }, to: { ...to, node: end } }] : []
  })
  const layout = Object.fromEntries(spots.map(([id, spot]) => [ids.get(id) as string, move(spot)]))
  const groups = added(pipeline.groups, part.groups, (group) => ({
    ...group,
    nodes: group.nodes.flatMap((id) => ids.get(id) ?? []),
  }))
  const notes = added<PipelineNote>(pipeline.notes, part.notes, (note) => ({ ...note, at: move(note.at) }))
  return {
    pipeline: {
      ...pipeline,
      nodes,
      edges: [...pipeline.edges, ...edges],
      layout: { ...pipeline.layout, ...layout },
      ...(groups.all && { groups: groups.all }),
      ...(notes.all && { notes: notes.all }),
    },
    nodes: [...ids.values()],
    notes: notes.fresh,
  }
}

/** The places of the nodes; those that have none stand in a row below. */
function placed({ nodes, layout = {} }: Pipeline): { readonly [id: string]: Spot } {
  const known = Object.keys(nodes).flatMap((id) => layout[id] ?? [])
  const below = known.length ? Math.max(...Object.values(layout).map(([, y]) => y)) + 112 : 0
  let column = 0
  return Object.fromEntries(Object.keys(nodes).map((id) => [id, layout[id] ?? [240 * column++, below]]))
}

function shiftTo(at: Spot | null, spots: readonly Spot[]): Spot {
  if (!at || spots.length === 0) return [step, step]
  return [at[0] - Math.min(...spots.map(([x]) => x)), at[1] - Math.min(...spots.map(([, y]) => y))]
}

function added<T>(
  there: { readonly [id: string]: T } | undefined,
  more: { readonly [id: string]: T } | undefined,
  change: (one: T) => T,
): { readonly all: { readonly [id: string]: T } | undefined; readonly fresh: string[] } {
  let all = there
  const fresh: string[] = []
  for (const [id, one] of Object.entries(more ?? {})) {
    const key = freeKey(all ?? {}, id, 'one')
    all = { ...all, [key]: change(one) }
    fresh.push(key)
  }
  return { all, fresh }
}
