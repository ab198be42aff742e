import type { Inputs } from '../sdk/node.ts'
import type { CheckedNode } from './check.ts'
import { type InputNames, inputName } from './graph.ts'
import type { PipelineEdge } from './model.ts'
import type { Schema } from './schema.ts'
import { type Conflict, unionOf } from './union.ts'

/** An edge of the run, with the number of the edge in the file that leads to its end. */
export interface LiveEdge {
  readonly edge: PipelineEdge
  readonly index: number
}

/** The columns that enter a node. */
export interface Entering {
  /** Of the first input that has edges; null where they are not known. */
  readonly input: Schema | null
  /** By input, in the node's order; of those that are known. */
  readonly schemas: Inputs
  /** Whether those of every input are known. */
  readonly complete: boolean
  readonly conflicts: readonly { readonly conflict: Conflict; readonly index: number }[]
}

/** What is known of the nodes that lead to another. */
export interface Before {
  readonly get: (node: string) => Pick<CheckedNode, 'output' | 'rejects'> | undefined
}

/** Puts the columns of the edges that lead to each input together. */
export function enteringOf(names: InputNames, edges: readonly LiveEdge[], checked: Before): Entering {
  const byInput = Map.groupBy(edges, ({ edge }) => inputName(edge.to.port, names))
  const wanted = names === 'any' || names === null ? [...byInput.keys()] : names
  const inputs = wanted.map((name) => ({ name, ...inputOf(byInput.get(name) ?? [], checked) }))
  const known = inputs.filter(({ schema }) => schema !== null)
  const first = inputs.find(({ edges }) => edges > 0)
  return {
    input: first?.schema ?? null,
    schemas: Object.fromEntries(known.map(({ name, schema }) => [name, schema as Schema])),
    complete: inputs.length > 0 && known.length === inputs.length,
    conflicts: inputs.flatMap(({ conflicts }) => conflicts),
  }
}

function inputOf(inputs: readonly LiveEdge[], checked: Before) {
  const known = inputs.flatMap(({ edge, index }) => {
    const from = checked.get(edge.from.node)
    const schema = edge.from.port === 'rejects' ? from?.rejects : from?.output
    return schema ? [{ edge, index, schema }] : []
  })
  const { schema, conflicts } = unionOf(known)
  const complete = known.length > 0 && known.length === inputs.length && conflicts.length === 0
  const numbered = conflicts.map((conflict) => ({
    conflict,
    index: known.find(({ edge }) => edge === conflict.edge)?.index as number,
  }))
  return { schema: complete ? schema : null, conflicts: numbered, edges: inputs.length }
}
