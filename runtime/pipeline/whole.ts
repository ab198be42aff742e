import type { Carried } from './carry.ts'
import type { NodeProblem } from './columns.ts'
import type { InputNames } from './graph.ts'
import { type Pipeline, type PipelineEdge, portText } from './model.ts'
import type { Prepared } from './prepare.ts'

type Placed = [node: string | null, problem: NodeProblem]

/** Finds what is wrong with the drawing as a whole: nodes without input, rows that go nowhere, no source, no sink. */
export function checkWhole(pipeline: Pipeline, prepared: ReadonlyMap<string, Prepared>, carried: Carried): Placed[] {
  const { nodes, edges } = pipeline
  if (Object.keys(nodes).length === 0) {
    return [[null, error('no-nodes', 'the pipeline has no nodes', 'Begin with a source, "type": "sources/csv".')]]
  }
  // An edge that could not be read may be the missing one.
  const readable = edges.every(({ from, to }) => Object.hasOwn(nodes, from.node) && Object.hasOwn(nodes, to.node))
  const ends = readable ? checkEnds(pipeline, prepared, carried) : []
  const all = [...prepared.values()]
  if (all.some(({ node, definition }) => !node.disabled && !definition)) return ends
  const missing = (['source', 'sink'] as const).flatMap((kind): Placed[] => {
    if (carried.order.some((id) => carried.nodes[id]?.definition.kind === kind)) return []
    const there = all.filter(({ definition }) => definition?.kind === kind)
    // Those in or behind a cycle, or without input, have a problem of their own.
    if (there.some(({ id }) => !carried.off.has(id))) return []
    const what = there.length ? `every ${kind} is disabled or cut off` : `the pipeline has no ${kind}`
    const why = kind === 'source' ? 'no rows would come in' : 'nothing would be stored'
    const hint = there.length ? 'Enable one.' : `Add one, "type": "${kind}s/csv".`
    return [[null, error(`no-${kind}`, `${what}: ${why}`, hint)]]
  })
  return [...ends, ...missing, ...checkOutputs(carried)]
}

/** Two sinks that write to one place: the later one would overwrite or mix up what the other wrote. */
function checkOutputs({ nodes, order }: Carried): Placed[] {
  const first = new Map<string, string>()
  return order.flatMap((id): Placed[] => {
    const { definition, config } = nodes[id] ?? {}
    const path = config?.['path']
    if (definition?.kind !== 'sink' || typeof path !== 'string') return []
    const place = JSON.stringify([path.replace(/^(\.\/)+|\/$/g, ''), config?.['table'] ?? null])
    const other = first.get(place)
    if (other === undefined) {
      first.set(place, id)
      return []
    }
    const message = `${other} writes there too: "${path}"`
    const hint = `Lead the edges of ${id} to ${other}, or choose another path.`
    return [[id, { ...error('same-output', message, hint), setting: 'path' }]]
  })
}

const error = (code: string, message: string, hint: string): NodeProblem => ({ severity: 'error', code, message, hint })

function checkEnds(
  { edges, nodes }: Pipeline,
  prepared: ReadonlyMap<string, Prepared>,
  { nodes: checked, order, off }: Carried,
): Placed[] {
  const fed = new Set(edges.map(({ to }) => to.node))
  const read = new Set(edges.filter(({ from }) => from.port !== 'rejects').map(({ from }) => from.node))
  const problems: Placed[] = []
  for (const id of order) {
    const kind = checked[id]?.definition.kind
    if (kind !== 'source' && !fed.has(id)) {
      problems.push([id, error('no-input', `no edge leads to ${id}`, 'Draw an edge to it, or delete it.')])
      continue
    }
    problems.push(...unfedInputs(id, prepared.get(id)?.inputs ?? null, edges))
    if (kind !== 'sink' && !read.has(id)) {
      const hint = 'Draw an edge to a sink, or delete it.'
      const message = `no edge takes the rows of ${id}: it will not run`
      problems.push([id, { severity: 'warning', code: 'leads-nowhere', message, hint }])
    }
  }
  for (const id of off) {
    problems.push(...halfFed(id, prepared.get(id), edges, off))
    if (!nodes[id]?.disabled || !read.has(id) || !fed.has(id)) continue
    const message = `${id} is disabled and cannot be passed by, for it changes the columns: what follows it is off too`
    problems.push([
      id,
      { severity: 'warning', code: 'branch-off', message, hint: 'Enable it, or lead an edge around it.' },
    ])
  }
  return problems
}

/** Inputs of a node with several to which no edge leads; an edge to one that there is none of has a problem of its own. */
function unfedInputs(id: string, inputs: InputNames, edges: readonly PipelineEdge[]): Placed[] {
  if (inputs === null || inputs === 'any') return []
  const fed = new Set(edges.flatMap(({ to }) => (to.node === id ? [to.port] : [])))
  if (![...fed].every((port) => inputs.includes(port))) return []
  return inputs
    .filter((input) => !fed.has(input))
    .map((port): Placed => {
      const input = portText({ node: id, port })
      return [id, error('no-input', `no edge leads to ${input}`, `Draw an edge to it: "to": "${input}".`)]
    })
}

/** A node that is off for one of its inputs alone: the others would bring rows. */
function halfFed(
  id: string,
  one: Prepared | undefined,
  edges: readonly PipelineEdge[],
  off: ReadonlySet<string>,
): Placed[] {
  if (!one || one.node.disabled) return []
  const into = edges.filter(({ to }) => to.node === id)
  const live = new Set(into.flatMap(({ from, to }) => (off.has(from.node) ? [] : [to.port])))
  const starved = into.find(({ to }) => !live.has(to.port))
  if (live.size === 0 || !starved) return []
  const message = `${id} is off, and so is what follows it: only ${starved.from.node}, which is off, leads to ${portText(starved.to)}`
  const hint = `Enable ${starved.from.node}, or lead another edge to ${portText(starved.to)}.`
  return [[id, { severity: 'warning', code: 'branch-off', message, hint }]]
}
