import type { CheckAnswer } from '../../server/api/pipelines.ts'
import type { InputNames } from '../graph.ts'
import { edgeText, type Pipeline, type PipelineEdge, type Port, portText } from '../model.ts'
import { conflictFixes, quoted, typeConflicts } from './conflicts.ts'
import type { Fix } from './fix.ts'
import { freeInput, inputsOf, sameInput } from './inputs.ts'
import { columnsOn, nodeKind } from './kinds.ts'
import { connect, sameEdge } from './operations.ts'

/** Whether an edge may be drawn; if not, why, and what would make it possible. */
export type Connectable =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly fixes: readonly Fix[] }

/**
 * Says whether a port's rows may go to a node, or to one of its inputs; to the first free one where none is named. With
 * an answer of the check also by the columns that would meet there.
 */
export function connectable(
  pipeline: Pipeline,
  from: Port,
  target: string | Port,
  answer: CheckAnswer | null = null,
  inputs: InputNames = inputsOf(answer, typeof target === 'string' ? target : target.node),
): Connectable {
  const to = typeof target === 'string' ? target : target.node
  const free = freeInput(pipeline, from, to, inputs)
  const edge: PipelineEdge = { from, to: typeof target === 'string' ? { node: to, port: free ?? '' } : target }
  const [start, end] = [pipeline.nodes[from.node], pipeline.nodes[to]]
  if (!start || !end) return refused(`There is no node ${start ? to : from.node}.`)
  if (from.node === to) return refused('A node cannot feed itself.')
  const [kind, ending] = [nodeKind(pipeline, from.node, answer), nodeKind(pipeline, to, answer)]
  if (ending === 'source') {
    const turned = kind !== 'source' && kind !== null ? turnedRound(pipeline, edge, answer) : []
    return refused(`${to} is a source: it reads its own input, no rows lead into it.`, turned)
  }
  if (kind === 'sink' && from.port !== 'rejects') {
    const rejects = { from: { node: from.node, port: 'rejects' }, to: edge.to }
    const fixes = connectable(pipeline, rejects.from, to, answer).ok
      ? [{ title: `Connect the rows that ${from.node} rejects`, change: (one: Pipeline) => connect(one, rejects) }]
      : []
    return refused(`${from.node} is a sink: only the rows that it rejects can go on.`, fixes)
  }
  if (pipeline.edges.some((one) => sameEdge(one, edge))) return refused('This edge is there already.')
  const way = wayBetween(pipeline, to, from.node)
  if (way) return refused(`The rows would go in a circle: ${[...way, to].join(' → ')}.`)
  const ports = answer?.nodes[from.node]?.ports
  if (ports?.length && from.port !== 'rejects' && !ports.includes(from.port)) return wrongPort(edge, ports)
  const wrong = wrongInput(pipeline, edge, inputs, answer)
  return wrong ?? byColumns(pipeline, edge, answer)
}

const refused = (reason: string, fixes: readonly Fix[] = []): Connectable => ({ ok: false, reason, fixes })

function turnedRound(pipeline: Pipeline, { from, to }: PipelineEdge, answer: CheckAnswer | null): Fix[] {
  const port = freeInput(pipeline, to, from.node, inputsOf(answer, from.node))
  const turned = { from: { node: to.node, port: '' }, to: { node: from.node, port: port ?? '' } }
  if (!connectable(pipeline, turned.from, turned.to, answer).ok) return []
  return [{ title: `Lead ${edgeText(turned)} instead`, change: (one) => connect(one, turned) }]
}

function wrongPort({ from, to }: PipelineEdge, ports: readonly string[]): Connectable {
  const reason = from.port
    ? `${from.node} has no output "${from.port}".`
    : `${from.node} has several outputs: take one of them.`
  const fixes = ports.map((port): Fix => {
    const edge = { from: { node: from.node, port }, to }
    return { title: `Connect ${portText(edge.from)}`, change: (one) => connect(one, edge) }
  })
  return refused(reason, fixes)
}

/** An edge that names no input where there are several, or one that there is none of: each that there is, as a way out. */
function wrongInput(
  pipeline: Pipeline,
  { from, to }: PipelineEdge,
  inputs: InputNames,
  answer: CheckAnswer | null,
): Connectable | null {
  if (inputs === null || inputs === 'any' || inputs.includes(to.port)) return null
  const reason = to.port
    ? `${to.node} has no input "${to.port}".`
    : `Every input of ${to.node} has an edge: lead this one to one of them.`
  const edges = inputs.map((port): PipelineEdge => ({ from, to: { node: to.node, port } }))
  const fixes = edges
    .filter((edge) => connectable(pipeline, from, edge.to, answer, inputs).ok)
    .map((edge): Fix => ({ title: `Lead it to ${portText(edge.to)}`, change: (one) => connect(one, edge) }))
  return refused(reason, fixes)
}

function byColumns(pipeline: Pipeline, edge: PipelineEdge, answer: CheckAnswer | null): Connectable {
  const conflicts = typeConflicts(pipeline, edge, answer)
  const [first] = conflicts
  if (!first) return { ok: true }
  const entering = pipeline.edges.filter((one) => sameInput(one, edge.to))
  const names = [edge, ...entering].flatMap((one) => columnsOn(answer, pipeline, one) ?? []).map(({ name }) => name)
  const more = conflicts.slice(1).map(({ column }) => column)
  const others = more.length ? `; ${quoted(more)} differ${more.length === 1 ? 's' : ''} too` : ''
  const { column, type, wanted, on } = first
  const reason = `\`${column}\` is ${type} here and ${wanted} on the edge from ${portText(on.from)}${others}.`
  return refused(reason, conflictFixes(edge, conflicts, names))
}

/** The nodes on a way along the edges, both ends included; null where there is none. */
function wayBetween({ edges }: Pipeline, from: string, to: string): string[] | null {
  const next = Map.groupBy(edges, (edge) => edge.from.node)
  const came = new Map<string, string | null>([[from, null]])
  const waiting = [from]
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    if (node === to) {
      const way: string[] = []
      for (let at: string | null = node; at !== null; at = came.get(at) ?? null) way.unshift(at)
      return way
    }
    for (const edge of next.get(node) ?? []) {
      if (came.has(edge.to.node)) continue
      came.set(edge.to.node, node)
      waiting.push(edge.to.node)
    }
  }
  return null
}
