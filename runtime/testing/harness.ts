import type { Static } from 'typebox'
import { Account, Batch, batchOf, Identity, Scope } from '../memory/index.ts'
import type { Problem } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { withDefaults } from '../pipeline/settings.ts'
import type { Field } from '../pipeline/types.ts'
import type { Json, ModelContext, ModelNode, Session, Settings, TransformNode } from '../sdk/node.ts'
import { Bench, describe, type Rejected, type Row } from './bench.ts'

export interface Ran {
  /** Rows of the only port. */
  readonly rows: Row[]
  readonly ports: Record<string, Row[]>
  readonly identities: string[]
  readonly rejected: Rejected[]
  readonly problems: Problem[]
  readonly schema: Schema
  readonly account: Account
  readonly counts: Record<string, number>
}

/** Input for a transform: rows cut into batches of `batchRows` (0: empty batches between them). */
export interface Rows {
  readonly fields: readonly Field[]
  readonly rows: readonly Row[]
  readonly batchRows?: number
  /** Stops asking after so many output batches, as a run that is stopped does. */
  readonly stopAfter?: number
  /** Throws in place of the input batch after so many. */
  readonly failAfter?: number
}

/** Runs a transform or model over one split made of plain rows, as the engine would. */
export async function runNode<C extends Settings>(
  node: TransformNode<C> | ModelNode<C>,
  settings: unknown,
  input: Rows,
  bench = new Bench(),
): Promise<Ran> {
  const config = withDefaults(node.config, settings) as Static<C>
  const probe = (await node.probe?.(bench.probeContext(config))) ?? null
  const schema = new Schema(input.fields)
  const output = new Schema(node.columns(bench.columnsContext(config, schema, probe)))
  const account = new Account()
  const scope = new Scope(bench.pool, account)
  const ran: Ran = {
    rows: [],
    ports: {},
    identities: [],
    rejected: [],
    problems: bench.problems,
    schema: output,
    account,
    counts: bench.counts,
  }
  account.onReject = (batch, failures) => ran.rejected.push(...describe(batch, failures))
  if (bench.problems.some((problem) => problem.severity === 'error')) return ran
  const session = node.kind === 'model' ? await openSession(node, config, probe, bench) : null
  const asked: Promise<unknown>[] = []
  const context = {
    ...bench.context(config, scope),
    input: Object.assign(cut(input, schema, scope), { schema }),
    probe,
    outBefore: 0,
    infer: (batch: Batch) => {
      const answer = inferAlone(session as Session, batch, scope)
      asked.push(answer)
      return answer
    },
  }
  try {
    let given = 0
    for await (const item of node.run(context as ModelContext<Static<C>>)) {
      const { port, batch } = 'port' in item ? item : { port: '', batch: item }
      account.addRows('out', batch.identity)
      account.add('parents', batch.parents.rows, batch.parents.sum)
      if (!batch.schema.equals(output)) throw new Error(`columns promised ${output}, run gave ${batch.schema}`)
      const rows = Array.from({ length: batch.rows }, (_, row) => batch.row(row))
      ;(ran.ports[port] ??= []).push(...rows)
      ran.rows.push(...rows)
      ran.identities.push(...rows.map((_, row) => batch.identity.text(row)))
      if (++given === input.stopAfter) break
      scope.resume()
    }
  } finally {
    // What a node asked for and did not wait for is answered before its memory goes.
    await Promise.allSettled(asked)
    scope.close()
    await session?.close()
  }
  const imbalance = input.stopAfter === undefined && account.imbalance()
  if (imbalance) throw new Error(`the books do not balance: ${imbalance}`)
  if (bench.pool.held) throw new Error(`${bench.pool.held} blocks are still held after the run`)
  return ran
}

/** Rows as batches of `batchRows` rows. */
export async function* cut(
  { fields, rows, batchRows = 4096, failAfter = Infinity }: Rows,
  schema: Schema,
  scope: Scope,
): AsyncGenerator<Batch> {
  const origin = { node: 'source', path: 'rows' }
  const step = Math.max(1, batchRows)
  if (batchRows === 0) yield enter(batchOf(scope, fields, [], new Identity(origin, 0, 1)), scope)
  for (let start = 0; start < rows.length; start += step) {
    if (start / step >= failAfter) throw new Error('the input failed')
    const some = rows.slice(start, start + step)
    yield enter(batchOf(scope, schema.fields, some, new Identity(origin, some.length, start + 1)), scope)
    if (batchRows === 0) yield enter(batchOf(scope, fields, [], new Identity(origin, 0, 1)), scope)
  }
}

function enter(batch: Batch, scope: Scope): Batch {
  scope.account.addRows('in', batch.identity)
  return batch
}

async function openSession<C extends Settings>(
  node: ModelNode<C>,
  config: Static<C>,
  probe: Json,
  bench: Bench,
): Promise<Session> {
  return await node.resource.open({ config, probe, resolve: bench.resolve, threads: 2, log: () => {} })
}

async function inferAlone(session: Session, batch: Batch, scope: Scope) {
  const inner = new Scope(scope.pool, new Account())
  const columns = batch.rows === 0 ? [] : await session.infer(batch.into(inner))
  const answer = new Batch(
    scope,
    new Schema(columns.map(([field]) => field)),
    columns.map(([, column]) => column),
    batch.identity,
  ).keep()
  inner.close()
  return { batch: answer, failures: [] }
}
