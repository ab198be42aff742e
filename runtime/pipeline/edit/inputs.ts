import type { CheckAnswer } from '../../server/api/pipelines.ts'
import { type InputNames, inputName, wordOf } from '../graph.ts'
import { type Pipeline, type PipelineEdge, type Port, portText } from '../model.ts'

/** Names of a node's inputs as far as the last check knows them, else those of its type; null: not known. */
export function inputsOf(
  answer: CheckAnswer | null,
  node: string,
  ofType: readonly string[] | null | undefined = undefined,
): InputNames {
  const view = answer && Object.hasOwn(answer.nodes, node) ? answer.nodes[node] : undefined
  if (view?.openInputs) return 'any'
  if (view?.inputs.length) return view.inputs.map(({ name }) => name)
  return ofType === undefined ? null : (ofType ?? 'any')
}

/**
 * The input to which a new edge from a port leads: the first without an edge; where edges name a node's inputs, one
 * called as what it comes from. Null where every one has an edge.
 */
export function freeInput(pipeline: Pipeline, from: Port, node: string, inputs: InputNames): string | null {
  if (inputs === null) return ''
  const taken = new Set(pipeline.edges.flatMap(({ to }) => (to.node === node ? [inputName(to.port, inputs)] : [])))
  if (inputs === 'any') {
    const name = wordOf(from.port === 'rejects' ? `${from.node}_rejects` : from.node)
    for (let n = 1; ; n++) if (!taken.has(n === 1 ? name : `${name}_${n}`)) return n === 1 ? name : `${name}_${n}`
  }
  const [only] = inputs
  return inputs.length === 1 && only === '' ? '' : (inputs.find((input) => !taken.has(input)) ?? null)
}

/** Whether an edge leads to the same input of the same node as a port. */
export const sameInput = ({ to }: PipelineEdge, port: Port): boolean => portText(to) === portText(port)
