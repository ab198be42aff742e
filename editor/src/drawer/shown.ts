import type { CheckAnswer } from '@headrace/runtime/api'
import { edgeText, nodeKind, type Pipeline } from '@headrace/runtime/pipeline'
import { useMemo } from 'react'
import { useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import { usePreview } from '../model/preview.ts'
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
 * last edge before the sinks, or the nearest before it that has rows.
 */
export function shownEdge(
  pipeline: Pipeline | null,
  checked: CheckAnswer | null,
  { nodes, edge }: Pick<Selection, 'nodes' | 'edge'>,
  hasRows: (key: string) => boolean = () => true,
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
    const isSink = nodeKind(pipeline, node, checked) === 'sink'
    if (into >= 0 && isSink) return at(into, node)
    // The preview keeps the rows of a node without edges under this key.
    return { key: `${node} → `, live: null, node }
  }
  const ends = new Set(pipeline.edges.map(({ from }) => from.node))
  const last = pipeline.edges.findIndex(({ from, to }) => good(from.port) && !ends.has(to.node))
  const seen = new Set<number>()
  for (let place = last; place >= 0 && !seen.has(place); ) {
    if (hasRows(keys[place] as string)) return at(place)
    seen.add(place)
    const from = pipeline.edges[place]?.from.node
    place = pipeline.edges.findIndex((before) => before.to.node === from && good(before.from.port))
  }
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
  // A run has rows at its end; a preview stops before a model that nobody asked to run.
  const sampled = usePreview(({ answer }) => answer?.edges)
  const ran = useLive(({ run }) => run !== null)
  return useMemo(
    () => shownEdge(pipeline, checked, { nodes, edge }, (key) => ran || sampled === undefined || key in sampled),
    [pipeline, checked, nodes, edge, ran, sampled],
  )
}
