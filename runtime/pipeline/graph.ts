import { edgeText, type PipelineEdge, portText } from './model.ts'
import { nearest } from './problem.ts'

/** What the edges need to know of a node. */
export interface Ends {
  readonly kind: 'source' | 'transform' | 'table' | 'model' | 'sink'
  /** Output ports besides `rejects`, '' for an unnamed one; null where they are not known. */
  readonly ports: readonly string[] | null
  readonly inputs: InputNames
}

/** Names of a node's inputs, '' for the only one without a name; `any`: as its edges name them; null: not known. */
export type InputNames = readonly string[] | 'any' | null

/** The name of the input that an edge's `to` names: where edges give the names, one without is called `input`. */
export const inputName = (port: string, inputs: InputNames): string => (inputs === 'any' ? port || 'input' : port)

export interface EdgeProblem {
  readonly edge: number
  readonly end: 'from' | 'to'
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** Finds edges to nowhere, to wrong ports, and twice the same. `nodes` holds every node; null: its type is unknown. */
export function checkEdges(edges: readonly PipelineEdge[], nodes: ReadonlyMap<string, Ends | null>): EdgeProblem[] {
  const seen = new Map<string, number>()
  return edges.flatMap((edge, index) => {
    if (!edge.from.node || !edge.to.node) return []
    const problems = [fromProblem(edge, nodes), toProblem(edge, nodes)].filter((problem) => problem !== null)
    const text = edgeText(edge)
    const before = seen.get(text)
    if (before === undefined) seen.set(text, index)
    else problems.push(problem('from', 'duplicate-edge', `the edge ${text} stands twice`, 'Delete one of them.'))
    return problems.map((one) => ({ edge: index, ...one }))
  })
}

type Found = Omit<EdgeProblem, 'edge'>

const problem = (end: Found['end'], code: string, message: string, hint: string): Found => ({
  end,
  code,
  message,
  hint,
})

function fromProblem({ from }: PipelineEdge, nodes: ReadonlyMap<string, Ends | null>): Found | null {
  const node = nodes.get(from.node)
  if (node === undefined) return unknownNode('from', from.node, nodes)
  if (node === null || from.port === 'rejects') return null
  if (node.kind === 'sink') {
    const hint = `Only its rejected rows can go on: "${from.node}.rejects".`
    return problem('from', 'edge-out-of-sink', `${from.node} is a sink: no edge leaves it`, hint)
  }
  const { ports } = node
  if (ports === null || ports.includes(from.port)) return null
  const named = ports.filter((port) => port !== '')
  const known = [...named, 'rejects']
  const list = known.map((port) => `"${from.node}.${port}"`).join(', ')
  if (from.port === '') {
    const message = `${from.node} has several outputs: the edge must name one`
    return problem('from', 'missing-port', message, `Write ${list}.`)
  }
  const meant = nearest(from.port, known)
  const plain = ports.includes('') ? `"${from.node}", ` : ''
  const hint = meant ? `Did you mean "${from.node}.${meant}"?` : `Its outputs are ${plain}${list}.`
  return problem('from', 'unknown-port', `${from.node} has no output "${from.port}"`, hint)
}

function toProblem({ to }: PipelineEdge, nodes: ReadonlyMap<string, Ends | null>): Found | null {
  const node = nodes.get(to.node)
  if (node === undefined) return unknownNode('to', to.node, nodes)
  if (node?.kind === 'source') {
    const hint = 'A source reads its own input. Are "from" and "to" the wrong way round?'
    return problem('to', 'edge-into-source', `${to.node} is a source: no edge leads into it`, hint)
  }
  if (!node || node.inputs === null) return null
  const { inputs } = node
  if (inputs === 'any') return to.port === '' || /^[A-Za-z_]\w*$/.test(to.port) ? null : noWord(to)
  if (inputs.includes(to.port)) return null
  const full = inputs.map((input) => portText({ node: to.node, port: input }))
  const list = full.map((text) => `"${text}"`).join(' or ')
  if (to.port === '') {
    const message = `${to.node} has several inputs: the edge must name one`
    return problem('to', 'missing-input', message, `Write ${list}.`)
  }
  const meant = nearest(to.port, inputs.filter(Boolean))
  const hint = meant ? `Did you mean "${to.node}.${meant}"?` : `Write ${list}.`
  return problem('to', 'unknown-input', `${to.node} has no input "${to.port}"`, hint)
}

function noWord({ node, port }: PipelineEdge['to']): Found {
  const message = `"${port}" is no name for an input of ${node}`
  return problem('to', 'unknown-input', message, `Write one word of letters, digits and _: "${node}.${wordOf(port)}".`)
}

/** A name as a word of letters, digits and `_`, which may name an input. */
export const wordOf = (name: string): string => name.replace(/\W+/g, '_').replace(/^(?=\d)/, '_') || 'input'

function unknownNode(end: 'from' | 'to', id: string, nodes: ReadonlyMap<string, unknown>): Found {
  const meant = nearest(id, nodes.keys())
  const hint = meant ? `Did you mean "${meant}"?` : `The nodes are ${[...nodes.keys()].join(', ') || 'none'}.`
  return problem(end, 'unknown-node', `an edge leads ${end === 'from' ? 'from' : 'to'} "${id}", which is no node`, hint)
}

export interface Order {
  /** Every node after those that lead to it; otherwise as in the file. Nodes of a cycle and behind one are left out. */
  readonly order: string[]
  /** Each a way round: the first node follows the last. */
  readonly cycles: string[][]
}

/** Sorts nodes so that each comes after those that lead to it; finds cycles. */
export function sortNodes(ids: readonly string[], edges: readonly PipelineEdge[]): Order {
  const index = new Map(ids.map((id, i) => [id, i]))
  const next = ids.map((): number[] => [])
  const waiting = ids.map(() => 0)
  for (const { from, to } of edges) {
    const [a, b] = [index.get(from.node), index.get(to.node)]
    if (a === undefined || b === undefined) continue
    next[a]?.push(b)
    waiting[b] = (waiting[b] as number) + 1
  }
  const order: number[] = []
  const ready = ids.flatMap((_, i) => (waiting[i] === 0 ? [i] : []))
  while (ready.length) {
    const node = ready.shift() as number
    order.push(node)
    for (const after of next[node] as number[]) {
      const left = (waiting[after] as number) - 1
      waiting[after] = left
      if (left === 0) insertSorted(ready, after)
    }
  }
  const cycles = findCycles(
    next,
    waiting.map((count) => count > 0),
  )
  const names = (nodes: readonly number[]) => nodes.map((i) => ids[i] as string)
  return { order: names(order), cycles: cycles.map(names) }
}

function insertSorted(sorted: number[], value: number): void {
  let at = sorted.length
  while (at > 0 && (sorted[at - 1] as number) > value) at--
  sorted.splice(at, 0, value)
}

/** One way round for each group of nodes that wait for one another: walks on until a node comes again. */
function findCycles(next: readonly (readonly number[])[], stuck: boolean[]): number[][] {
  const cycles: number[][] = []
  const done = new Set<number>()
  for (const [start, is] of stuck.entries()) {
    if (!is || done.has(start)) continue
    const way: number[] = []
    const on = new Map<number, number>()
    const turns: number[] = []
    push(start)
    while (way.length && cycles.length < 10) {
      const node = way.at(-1) as number
      const turn = turns.pop() as number
      const after = next[node]?.[turn]
      if (after === undefined) {
        on.delete(node)
        way.pop()
        continue
      }
      turns.push(turn + 1)
      const before = on.get(after)
      if (before !== undefined) cycles.push(way.slice(before))
      else if (stuck[after] && !done.has(after)) push(after)
    }
    function push(node: number): void {
      done.add(node)
      on.set(node, way.length)
      way.push(node)
      turns.push(0)
    }
  }
  return cycles
}

/** The cycle as people read it: `a → b → a`. */
export const cycleText = (cycle: readonly string[]): string => [...cycle, cycle[0]].join(' → ')
