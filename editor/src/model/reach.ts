import type { Pipeline } from '@headrace/runtime/pipeline'

/** The nodes that feed a node, near and far, and itself. */
export function feeders(pipeline: Pipeline, id: string): Set<string> {
  const found = new Set([id])
  for (const one of found) {
    for (const { from, to } of pipeline.edges) if (to.node === one && from.node in pipeline.nodes) found.add(from.node)
  }
  return found
}

/** Everything that decides which rows leave a node, as a text: equal texts, equal rows. */
export function signature(pipeline: Pipeline, id: string): string {
  const inside = feeders(pipeline, id)
  const nodes = [...inside].sort().map((one) => {
    const { type, config, disabled = false } = pipeline.nodes[one] ?? { type: '', config: {} }
    return [one, type, config, disabled]
  })
  return JSON.stringify([nodes, pipeline.edges.filter(({ to }) => inside.has(to.node))])
}

export interface Readiness {
  /** Nodes that have errors. */
  readonly broken: ReadonlySet<string>
  /** Whether running rows through a node takes long: a model that has not seen them yet. */
  readonly slow: (id: string) => boolean
}

/**
 * The nodes up to which a preview goes without asking: the last ones that have neither an error nor a slow node before
 * them. Null means all of the pipeline.
 */
export function previewTargets(pipeline: Pipeline, { broken, slow }: Readiness): readonly string[] | null {
  const ids = Object.keys(pipeline.nodes)
  const ready = new Map<string, boolean>()
  const isReady = (id: string): boolean => {
    const known = ready.get(id)
    if (known !== undefined) return known
    ready.set(id, false) // a circle is never ready
    const before = pipeline.edges.filter(({ to }) => to.node === id)
    const own = id in pipeline.nodes && !broken.has(id) && !slow(id)
    const is = own && before.every(({ from }) => isReady(from.node))
    ready.set(id, is)
    return is
  }
  const all = ids.filter(isReady)
  if (all.length === ids.length) return ids.length ? null : []
  return all.filter((id) => !pipeline.edges.some(({ from, to }) => from.node === id && isReady(to.node)))
}
