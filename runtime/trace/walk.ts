import { isAbsolute, join } from 'node:path'
import type { EdgePlan, NodePlan } from '../engine/flowplan.ts'
import type { Batch } from '../memory/batch.ts'
import type { Identity, Pool, Scope } from '../memory/index.ts'
import type { AloneOptions } from '../preview/alone.ts'
import type { Sessions } from '../preview/sessions.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import type { TracedFate, TraceStep } from '../server/api/trace.ts'
import type { TracedRun } from './openrun.ts'
import type { Wanted } from './question.ts'

/** What a trace goes through a run with. */
export interface Walk {
  readonly run: TracedRun
  /** The nodes that lead to a sink: those that the run had. */
  readonly nodes: ReadonlyMap<string, NodePlan>
  readonly sessions: Sessions
  readonly pool: Pool
  readonly signal: AbortSignal
  /** How a node is run with a row, its ports aside. */
  readonly options: (node: NodePlan) => Omit<AloneOptions, 'ports'>
}

/** Makes a walk through a run. */
export function walkThrough(
  run: TracedRun,
  { sessions, pool, signal }: { sessions: Sessions; pool: Pool; signal: AbortSignal },
): Walk {
  const { flow } = run.plan
  return {
    run,
    nodes: new Map(flow.nodes.map((node) => [node.id, node])),
    sessions,
    pool,
    signal,
    options: (node) => ({
      definition: run.checked.nodes[node.id]?.definition as NodeDefinition,
      folder: flow.folder,
      now: flow.now,
      values: flow.values,
      maxRowBytes: flow.maxRowBytes,
      pool,
      signal,
      outBefore: new Map(),
    }),
  }
}

/** A path as a run's files have it, absolute. */
export const pathOf = ({ checked }: TracedRun, path: string): string =>
  isAbsolute(path) ? path : join(checked.folder, path)

/** One row on its way into a node. */
export interface Entry {
  /** Null for what begins here: a row of a source, or one that a node made of others. */
  readonly edge: EdgePlan | null
  /** One row, under the identity that it has on this way. */
  readonly batch: Batch
}

/** What a node did with a row: for people, what goes on, and where what does not has come to rest. */
export interface Met {
  readonly step: TraceStep
  readonly on: readonly Entry[]
  readonly fates: readonly TracedFate[]
}

/** Whether a row is one that was asked for, or may have become or come from one: of pieces and ways only those named. */
export function isMeant(identity: Identity, { children, branch }: Wanted): boolean {
  const pieces = identity.children.every(
    (level, depth) => children[depth] === undefined || level[0] === children[depth],
  )
  return pieces && (!branch || !identity.branch || isPart(identity.branch, branch) || isPart(branch, identity.branch))
}

const isPart = (ways: string, of: string): boolean => `${of}/`.startsWith(`${ways}/`)

/** The rows of batches one by one. */
export function rowsApart(batches: readonly Batch[], scope: Scope): Batch[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) => batch.slice(row, row + 1).into(scope)),
  )
}

/** What a way is called where rows leave a port by several. */
export const branchOf = ({ to, toPort }: EdgePlan): string => (toPort ? `${to}.${toPort}` : to)
