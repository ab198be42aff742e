import type { CheckAnswer } from '@headrace/runtime/api'
import { edgeText, type Pipeline } from '@headrace/runtime/pipeline'
import { useMemo } from 'react'
import { useDocument } from '../model/document.ts'
import { type Selection, useSelection } from '../model/selection.ts'

/** The edge that the drawer shows: its key in the pipeline, and in a run, where disabled nodes are passed by. */
export interface Shown {
  /** `text → vectors`; null: there is none. */
  readonly key: string | null
  /** The edge's key among a run's counters and rows. */
  readonly live: string | null
  /** The node that was selected, or whose output it is. */
  readonly node: string | null
}

const none: Shown = { key: null, live: null, node: null }

/**
 * The edge that belongs to what is selected: an edge itself; a node's output, a sink's input; with nothing selected the
 * last edge before the sinks.
 */
export function shownEdge(
  pipeline: Pipeline | null,
  checked: CheckAnswer | null,
  { nodes, edge }: Pick<Selection, 'nodes' | 'edge'>,
): Shown {
  if (!pipeline) return none
  const keys = pipeline.edges.map(edgeText)
  const at = (place: number, node?: string): Shown => {
    const key = keys[place]
    const from = pipeline.edges[place]?.from.node
    if (key === undefined || from === undefined) return none
    return { key, live: checked?.edges[place]?.live[0] ?? key, node: node ?? from }
  }
  const selected = edge === null ? -1 : keys.indexOf(edge)
  if (selected >= 0) return at(selected)
  const good = (port: string) => port !== 'rejects'
  const node = nodes.at(-1)
  if (node !== undefined && node in pipeline.nodes) {
    const out = pipeline.edges.findIndex(({ from }) => from.node === node && good(from.port))
    if (out >= 0) return at(out, node)
    const into = pipeline.edges.findIndex(({ to }) => to.node === node)
    const isSink = pipeline.nodes[node]?.type.startsWith('sinks/') ?? false
    if (into >= 0 && isSink) return at(into, node)
    // The preview keeps the rows of a node without edges under this key.
    return { key: `${node} → `, live: null, node }
  }
  const ends = new Set(pipeline.edges.map(({ from }) => from.node))
  const last = pipeline.edges.findIndex(({ from, to }) => good(from.port) && !ends.has(to.node))
  if (last >= 0) return at(last)
  const only = Object.keys(pipeline.nodes)[0]
  return only === undefined ? none : { key: `${only} → `, live: null, node: only }
}

/** What the drawer shows now. */
export function useShown(): Shown {
  const pipeline = useDocument((document) => document.pipeline)
  const checked = useDocument((document) => document.checked)
  const nodes = useSelection((selection) => selection.nodes)
  const edge = useSelection((selection) => selection.edge)
  return useMemo(() => shownEdge(pipeline, checked, { nodes, edge }), [pipeline, checked, nodes, edge])
}
