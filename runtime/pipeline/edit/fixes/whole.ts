import type { InputNames } from '../../graph.ts'
import { type Pipeline, type PipelineEdge, type PipelineNode, type Port, portText } from '../../model.ts'
import { nearest } from '../../problem.ts'
import { connectable } from '../connectable.ts'
import type { Fix } from '../fix.ts'
import { freeId } from '../ids.ts'
import { freeInput, inputsOf } from '../inputs.ts'
import { spotBeside } from '../insert.ts'
import { nodeKind } from '../kinds.ts'
import { addNode, connect, removeNodes, renameNode, setNodeKey } from '../operations.ts'
import { freeOutput } from '../outputname.ts'
import { type Ask, type Maker, meantIn } from './ask.ts'
import { feed } from './edges.ts'

const deleteNode = (node: string, reconnect = false): Fix => ({
  title: reconnect ? `Delete ${node} and connect around it` : `Delete ${node}`,
  change: (pipeline) => removeNodes(pipeline, [node], reconnect),
})

const enable = (node: string): Fix => ({
  title: `Enable ${node}`,
  change: (pipeline) => setNodeKey(pipeline, node, 'disabled', undefined),
})

/** Output ports that no edge leaves. */
function loose({ pipeline, answer }: Pick<Ask, 'pipeline' | 'answer'>): Port[] {
  return Object.keys(pipeline.nodes).flatMap((node) => {
    const { ports = [], state } = answer.nodes[node] ?? {}
    if (state === 'off' || state === 'unknown') return []
    const used = pipeline.edges.filter(({ from }) => from.node === node && from.port !== 'rejects')
    return used.length ? [] : ports.map((port) => ({ node, port }))
  })
}

const unfed = ({ pipeline, answer }: Pick<Ask, 'pipeline' | 'answer'>): string[] =>
  Object.keys(pipeline.nodes).flatMap((id) =>
    nodeKind(pipeline, id, answer) === 'source' || isFed(pipeline, id, inputsOf(answer, id)) ? [] : [id],
  )

/** Whether every input has an edge; where edges name the inputs, whether there is one. */
function isFed({ edges }: Pipeline, id: string, inputs: InputNames): boolean {
  const fed = new Set(edges.flatMap(({ to }) => (to.node === id ? [to.port] : [])))
  return Array.isArray(inputs) ? inputs.every((input) => fed.has(input)) : fed.size > 0
}

const possible = ({ pipeline, answer }: Ask, edges: readonly PipelineEdge[]): Fix[] =>
  edges.filter(({ from, to }) => connectable(pipeline, from, to, answer).ok).map((edge) => feed(edge))

export const noInput: Maker = (ask) => {
  const { node, answer, pipeline, problem } = ask
  const inputs = inputsOf(answer, node)
  const named = Array.isArray(inputs) ? inputs.find((one) => problem.message.endsWith(` ${node}.${one}`)) : undefined
  const edges = loose(ask).flatMap((from) => {
    const port = named ?? freeInput(pipeline, from, node, inputs)
    return port === null ? [] : [{ from, to: { node, port } }]
  })
  return [...possible(ask, edges).slice(0, 3), deleteNode(node)]
}

export const leadsNowhere: Maker = (ask) => {
  const { node, pipeline, answer } = ask
  const from = loose(ask).find((port) => port.node === node) ?? { node, port: '' }
  const edges = unfed(ask).flatMap((to) => {
    const port = freeInput(pipeline, from, to, inputsOf(answer, to))
    return port === null ? [] : [{ from, to: { node: to, port } }]
  })
  const sinks = Object.keys(pipeline.nodes).filter((id) => nodeKind(pipeline, id, answer) === 'sink')
  const toSinks = sinks
    .filter((id) => !edges.some(({ to }) => to.node === id))
    .map((id) => ({ from, to: { node: id, port: '' } }))
  return [
    ...possible(ask, [...edges, ...toSinks]).slice(0, 3),
    storeFix(`Store the rows of ${node} in a CSV file`, [from]),
    deleteNode(node),
  ]
}

/** A CSV file at the end of rows that go nowhere. */
function storeFix(title: string, from: readonly Port[]): Fix {
  return {
    title,
    change: (pipeline) => {
      const id = freeId(pipeline, 'store')
      const path = freeOutput(pipeline, '.csv')
      const node: PipelineNode = { type: 'sinks/csv', config: { path, ifExists: 'replace' } }
      const last = from.at(-1)
      const added = addNode(pipeline, id, node, last ? spotBeside(pipeline, last.node) : [0, 0])
      return from.reduce((one, port) => connect(one, { from: port, to: { node: id, port: '' } }), added)
    },
  }
}

export const noSink: Maker = (ask) => {
  const off = disabled(ask, 'sink')
  if (off.length) return off.map(enable)
  const [last] = loose(ask).toReversed()
  const title = last ? `Store the rows of ${portText(last)} in a CSV file` : 'Add a CSV file'
  return [storeFix(title, last ? [last] : [])]
}

export const noSource: Maker = (ask) => {
  const off = disabled(ask, 'source')
  if (off.length) return off.map(enable)
  const targets = unfed(ask)
  return [
    {
      title: 'Add a CSV file to read',
      change: (pipeline: Pipeline) => {
        const id = freeId(pipeline, 'rows')
        const node: PipelineNode = { type: 'sources/csv', config: { path: 'rows.csv' } }
        const added = addNode(pipeline, id, node, targets[0] ? spotBeside(pipeline, targets[0], -1) : [0, 0])
        const from = { node: id, port: '' }
        return targets.reduce((one, to) => {
          const port = freeInput(one, from, to, inputsOf(ask.answer, to))
          return port === null ? one : connect(one, { from, to: { node: to, port } })
        }, added)
      },
    },
  ]
}

const disabled = ({ pipeline, answer }: Ask, kind: string): string[] =>
  Object.keys(pipeline.nodes).filter((id) => pipeline.nodes[id]?.disabled && nodeKind(pipeline, id, answer) === kind)

export const branchOff: Maker = ({ node }) => [enable(node), deleteNode(node, true)]

/** A node type that there is none of: the nearest, or do without the node. */
export const unknownNodeType: Maker = ({ problem, pipeline, facts, node }) => {
  const type = pipeline.nodes[node]?.type ?? ''
  const types = facts.types ?? []
  const ending = types.filter((one) => one.endsWith(`/${type}`))
  const meant = [...new Set([meantIn(problem.hint), nearest(type, types), ...ending])].filter((one) => one !== null)
  const uses = meant.map(
    (one): Fix => ({
      title: `Make it a ${one}`,
      change: (pipeline) => {
        const before = pipeline.nodes[node]
        return before ? { ...pipeline, nodes: { ...pipeline.nodes, [node]: { ...before, type: one } } } : pipeline
      },
    }),
  )
  return [...uses, deleteNode(node, true)]
}

export const badNodeId: Maker = ({ pipeline, node }) => {
  const to = freeId(pipeline, node)
  return [{ title: `Call it ${to}`, change: (one) => renameNode(one, node, to) }]
}
