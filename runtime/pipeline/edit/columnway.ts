import type { CheckAnswer } from '../../server/api/pipelines.ts'
import { inputName } from '../graph.ts'
import { edgeText, type Pipeline, type PipelineEdge } from '../model.ts'
import { inputsOf } from './inputs.ts'

/** Where a column comes from and goes to. */
export interface ColumnWay {
  /** By edge key, the columns on it that belong to the way. */
  readonly edges: { readonly [key: string]: readonly string[] }
  /** In no order. */
  readonly nodes: readonly string[]
}

/** Follows a column of an edge back to its sources and on to the sinks, through renames and what is made from it. */
export function columnWay(pipeline: Pipeline, answer: CheckAnswer, edgeKey: string, column: string): ColumnWay {
  const way = new Map<string, Set<string>>()
  const nodes = new Set<string>()
  const into = Map.groupBy(pipeline.edges, ({ to }) => to.node)
  const outOf = Map.groupBy(pipeline.edges, ({ from }) => from.node)
  const columns = new Map(
    pipeline.edges.map((edge, i) => [edge, new Set(answer.edges[i]?.columns?.map(({ name }) => name))]),
  )
  const start = pipeline.edges.filter((edge) => edgeText(edge) === edgeKey)
  for (const edge of start) {
    follow(edge, column, back)
    follow(edge, column, on)
  }
  const edges = Object.fromEntries([...way].map(([key, columns]) => [key, [...columns]]))
  return { edges, nodes: [...nodes] }

  function follow(from: PipelineEdge, first: string, next: typeof back): void {
    const seen = new Set<string>()
    const waiting: [PipelineEdge, string][] = [[from, first]]
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const [edge, name] = one
      const key = edgeText(edge)
      if (seen.has(`${key}\n${name}`)) continue
      seen.add(`${key}\n${name}`)
      way.set(key, (way.get(key) ?? new Set()).add(name))
      nodes.add(edge.from.node).add(edge.to.node)
      waiting.push(...next(edge, name))
    }
  }

  /** The edges that bring what a column is made from. */
  function back({ from }: PipelineEdge, name: string): [PipelineEdge, string][] {
    const edges = into.get(from.node) ?? []
    if (from.port === 'rejects') return edges.flatMap((edge) => pairs(edge, [name]))
    const names = madeFrom(from.node, name)
    return edges.flatMap((edge) => {
      const input = inputOf(edge)
      return pairs(
        edge,
        names.flatMap((full) => (full.startsWith(input) ? [full.slice(input.length)] : [])),
      )
    })
  }

  /** The edges that take on what is made from a column. */
  function on(edge: PipelineEdge, name: string): [PipelineEdge, string][] {
    const { to } = edge
    const full = inputOf(edge) + name
    const view = answer.nodes[to.node]
    const made =
      view?.state === 'passed'
        ? [name]
        : Object.entries(view?.origins ?? {}).flatMap(([column, from]) => (from.includes(full) ? [column] : []))
    return (outOf.get(to.node) ?? []).flatMap((edge) => pairs(edge, edge.from.port === 'rejects' ? [name] : made))
  }

  /** What stands before a column's name where the node that an edge leads to has several inputs: `right.`. */
  function inputOf({ to }: PipelineEdge): string {
    const view = answer.nodes[to.node]
    if (!view || view.state === 'passed') return ''
    const input = inputName(to.port, inputsOf(answer, to.node))
    return input && `${input}.`
  }

  function madeFrom(node: string, name: string): readonly string[] {
    const view = answer.nodes[node]
    return view?.state === 'passed' ? [name] : (view?.origins[name] ?? [])
  }

  function pairs(edge: PipelineEdge, names: readonly string[]): [PipelineEdge, string][] {
    return names.filter((one) => columns.get(edge)?.has(one)).map((one) => [edge, one])
  }
}
