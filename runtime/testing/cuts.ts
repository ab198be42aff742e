import { deepStrictEqual } from 'node:assert/strict'
import type { ModelNode, Settings, TransformNode } from '../sdk/node.ts'
import { Bench } from './bench.ts'
import { type Ran, type Rows, runNode } from './harness.ts'

/** The ways to cut rows into batches that every node must be indifferent to; 0 puts empty batches between single rows. */
export const cuts = [4096, 0, 1, 3] as const

/**
 * Runs a node over the same rows cut in each way and throws where a cut changes rows, identities or rejects. Gives the
 * first run. `tolerance`: how far numbers may lie apart, for models.
 */
export async function runCuts<C extends Settings>(
  node: TransformNode<C> | ModelNode<C>,
  settings: unknown,
  input: Rows,
  options: { folder?: string; tolerance?: number; cuts?: readonly number[] } = {},
): Promise<Ran> {
  const runs: Ran[] = []
  for (const batchRows of options.cuts ?? cuts) {
    runs.push(await runNode(node, settings, { ...input, batchRows }, new Bench(options.folder)))
  }
  const [first, ...others] = runs as [Ran, ...Ran[]]
  for (const other of others) sameOutcome(other, first, options.tolerance ?? 0)
  return first
}

function sameOutcome(actual: Ran, expected: Ran, tolerance: number): void {
  deepStrictEqual(sortedIdentities(actual), sortedIdentities(expected), 'another cut gave other rows')
  sameValues(portsOf(actual), portsOf(expected), tolerance)
  const reject = ({ identity, code, column }: Ran['rejected'][number]) => ({ identity, code, column })
  deepStrictEqual(actual.rejected.map(reject), expected.rejected.map(reject), 'another cut rejected other rows')
}

/** Ports without rows say nothing: whether a node yields an empty batch for them is its own affair. */
const portsOf = (ran: Ran) => Object.fromEntries(Object.entries(ran.ports).filter(([, rows]) => rows.length > 0))
/** Across ports the order depends on the batches; inside one it is compared with the rows. */
const sortedIdentities = (ran: Ran) => [...ran.identities].sort()

/** Throws unless two values are equal, numbers within a tolerance. */
export function sameValues(actual: unknown, expected: unknown, tolerance: number): void {
  if (tolerance === 0) deepStrictEqual(actual, expected)
  else if (typeof actual === 'number' && typeof expected === 'number') {
    if (!Object.is(actual, expected) && !(Math.abs(actual - expected) <= tolerance)) {
      throw new RangeError(`${actual} is not within ${tolerance} of ${expected}`)
    }
  } else if (typeof actual === 'object' && typeof expected === 'object' && actual && expected) {
    deepStrictEqual(Object.keys(actual), Object.keys(expected))
    for (const [key, value] of Object.entries(actual)) {
      sameValues(value, (expected as Record<string, unknown>)[key], tolerance)
    }
  } else deepStrictEqual(actual, expected)
}
