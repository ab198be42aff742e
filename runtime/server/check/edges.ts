import type { Checked } from '../../pipeline/check.ts'
import { edgeText, type Pipeline, type PipelineEdge, type Port } from '../../pipeline/model.ts'
import type { EdgeView } from '../api/pipelines.ts'
import { columnViews } from './columns.ts'

/**
 * The edges of the file with their columns, and the edges of a run that each stands for: beside a disabled node that
 * is passed by, those that lead over it.
 */
export function edgeViews(pipeline: Pipeline, checked: Checked): EdgeView[] {
  const { bypassed, nodes } = checked
  const live = new Set(checked.edges.map(edgeText))
  const into = grouped(pipeline.edges, ({ to }) => to.node)
  const outOf = grouped(pipeline.edges, ({ from }) => from.node)
  /** Where the rows of an edge come from: itself, or what leads to a node that is passed by. */
  const starts = walk((port) =>
    bypassed.has(port.node) ? (port.port ? [] : into(port.node).map(({ from }) => from)) : null,
  )
  const ends = walk((port) =>
    bypassed.has(port.node)
      ? outOf(port.node)
          .filter(({ from }) => !from.port)
          .map(({ to }) => to)
      : null,
  )
  return pipeline.edges.map(({ from, to }) => {
    const sources = starts(from)
    const keys = sources.flatMap((start) => ends(to).map((end) => edgeText({ from: start, to: end })))
    const [first] = sources
    const node = first && Object.hasOwn(nodes, first.node) ? nodes[first.node] : undefined
    const schema = first?.port === 'rejects' ? node?.rejects : node?.output
    return { columns: columnViews(schema), live: keys.filter((key) => live.has(key)) }
  })
}

function grouped(edges: readonly PipelineEdge[], by: (edge: PipelineEdge) => string): (node: string) => PipelineEdge[] {
  const groups = new Map<string, PipelineEdge[]>()
  for (const edge of edges) {
    const group = groups.get(by(edge))
    if (group) group.push(edge)
    else groups.set(by(edge), [edge])
  }
  return (node) => groups.get(node) ?? []
}

/** Follows ports on until `next` says null; what was seen is not followed again. */
function walk(next: (port: Port) => readonly Port[] | null): (from: Port) => Port[] {
  return (from) => {
    const ends: Port[] = []
    const waiting = [from]
    const seen = new Set<string>()
    for (let port = waiting.shift(); port; port = waiting.shift()) {
      const after = next(port)
      if (!after) ends.push(port)
      else if (!seen.has(port.node)) {
        seen.add(port.node)
        waiting.push(...after)
      }
    }
    return ends
  }
}
