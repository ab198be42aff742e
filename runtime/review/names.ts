import { same } from '../pipeline/edit/difference.ts'
import { edgeText, type Pipeline, type PipelineEdge } from '../pipeline/model.ts'
import type { Json } from '../sdk/node.ts'

/** The old name of each node that both pipelines have: its own, or the one that it had before it was renamed. */
export function oldNames(before: Pipeline, after: Pipeline): Map<string, string> {
  const names = new Map(Object.keys(after.nodes).flatMap((id) => (id in before.nodes ? [[id, id] as const] : [])))
  const gone = new Set(Object.keys(before.nodes).filter((id) => !(id in after.nodes)))
  const fresh = () => Object.keys(after.nodes).filter((id) => !names.has(id))
  const pair = (fits: (id: string, old: string) => boolean) => {
    for (const id of fresh()) {
      const old = [...gone].find((one) => before.nodes[one]?.type === after.nodes[id]?.type && fits(id, one))
      if (old === undefined) continue
      names.set(id, old)
      gone.delete(old)
    }
  }
  const sameConfig = (id: string, old: string) =>
    same((before.nodes[old]?.config ?? {}) as Json, (after.nodes[id]?.config ?? {}) as Json)
  const around = (id: string, { edges }: Pipeline, named: (id: string) => string) =>
    edges
      .filter(({ from, to }) => from.node === id || to.node === id)
      .map((edge) =>
        edgeText({
          from: { ...edge.from, node: named(edge.from.node) },
          to: { ...edge.to, node: named(edge.to.node) },
        }),
      )
      .sort()
      .join('\n')
  const sameEdges = (id: string, old: string) =>
    around(id, after, (one) => (one === id ? '' : (names.get(one) ?? one))) ===
    around(old, before, (one) => (one === old ? '' : one))
  pair((id, old) => sameConfig(id, old) && sameEdges(id, old))
  pair(sameConfig)
  pair(sameEdges)
  return names
}

/** An edge as the old pipeline would name it. */
export const oldEdge = ({ from, to }: PipelineEdge, names: ReadonlyMap<string, string>): string =>
  edgeText({
    from: { ...from, node: names.get(from.node) ?? `+${from.node}` },
    to: { ...to, node: names.get(to.node) ?? `+${to.node}` },
  })
