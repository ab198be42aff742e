import type { Json } from '../sdk/node.ts'
import type { CheckedNode } from './check.ts'
import { columnsOf, isError, type NodeProblem, twiceNamed } from './columns.ts'
import type { PipelineEdge } from './model.ts'
import type { Prepared } from './prepare.ts'
import { Schema } from './schema.ts'
import { unionOf } from './union.ts'

/** What would leave a node that misses columns, so that those behind it that miss the same ones are found too. */
export interface Guess {
  readonly output: Schema | null
  /** The columns that are missed, here or before. */
  readonly missing: ReadonlySet<string>
  /** What is wrong with this node for that reason alone. */
  readonly problems: readonly NodeProblem[]
}

type Node = Omit<CheckedNode, 'outputs'>

/** Looks at a node without known columns; null where it has other reasons, or where nothing can be said. */
export function guessNode(
  { definition, config, probe, ready }: Prepared,
  inputs: readonly { readonly edge: PipelineEdge }[],
  checked: ReadonlyMap<string, Node>,
  guesses: ReadonlyMap<string, Guess>,
  known: Schema | null,
): Guess | null {
  if (!definition || definition.kind === 'source' || definition.kind === 'table' || !ready) return null
  const before = inputs.map(({ edge }) => guesses.get(edge.from.node)).filter((guess) => guess !== undefined)
  const input = known ?? guessInput(inputs, checked, guesses)
  if (!input) return null
  const { fields, problems } = columnsOf({ definition, config, inputs: { '': input }, probe: probe as Json })
  const missed = problems.filter(({ code, column }) => code === 'unknown-column' && column !== undefined)
  const inherited = new Set(before.flatMap(({ missing }) => [...missing]))
  const own = known ? missed : missed.filter(({ column }) => inherited.has(column as string))
  const missing = new Set([...(known ? [] : inherited), ...own.map(({ column }) => column as string)])
  if (missing.size === 0) return null
  const output = fields && !twiceNamed(fields).some(isError) ? new Schema(fields) : null
  return { output, missing, problems: known ? [] : own }
}

function guessInput(
  inputs: readonly { readonly edge: PipelineEdge }[],
  checked: ReadonlyMap<string, Node>,
  guesses: ReadonlyMap<string, Guess>,
): Schema | null {
  const known = inputs.flatMap(({ edge }) => {
    const from = checked.get(edge.from.node)
    const schema = edge.from.port === 'rejects' ? from?.rejects : (from?.output ?? guesses.get(edge.from.node)?.output)
    return schema ? [{ edge, schema }] : []
  })
  if (known.length === 0 || known.length < inputs.length) return null
  const { schema, conflicts } = unionOf(known)
  return conflicts.length ? null : schema
}
