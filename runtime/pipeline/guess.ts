import type { Json } from '../sdk/node.ts'
import type { CheckedNode } from './check.ts'
import { columnsOf, isError, type NodeProblem, twiceNamed } from './columns.ts'
import { type Before, type Entering, enteringOf, type LiveEdge } from './entering.ts'
import type { Prepared } from './prepare.ts'
import { Schema } from './schema.ts'

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
  { definition, config, probe, inputs, ready, constants }: Prepared,
  edges: readonly LiveEdge[],
  checked: ReadonlyMap<string, Node>,
  guesses: ReadonlyMap<string, Guess>,
  known: Entering,
): Guess | null {
  if (!definition || definition.kind === 'source' || !ready) return null
  // What its columns would be only its engine could say.
  if (definition.kind === 'table' && definition.describe) return null
  const before = edges.map(({ edge }) => guesses.get(edge.from.node)).filter((guess) => guess !== undefined)
  const entering = known.complete ? known : enteringOf(inputs, edges, guessing(checked, guesses))
  if (!entering.complete || entering.conflicts.length) return null
  const { fields, problems } = columnsOf({
    definition,
    config,
    inputs: entering.schemas,
    probe: probe as Json,
    constants,
  })
  const missed = problems.filter(({ code, column }) => code === 'unknown-column' && column !== undefined)
  const inherited = new Set(before.flatMap(({ missing }) => [...missing]))
  const own = known.complete ? missed : missed.filter(({ column }) => inherited.has(column as string))
  const missing = new Set([...(known.complete ? [] : inherited), ...own.map(({ column }) => column as string)])
  if (missing.size === 0) return null
  const output = fields && !twiceNamed(fields).some(isError) ? new Schema(fields) : null
  return { output, missing, problems: known.complete ? [] : own }
}

/** What leaves the nodes before, guessed where it is not known. */
const guessing = (checked: ReadonlyMap<string, Node>, guesses: ReadonlyMap<string, Guess>): Before => ({
  get: (id) => {
    const node = checked.get(id)
    return node && { output: node.output ?? guesses.get(id)?.output ?? null, rejects: node.rejects }
  },
})
