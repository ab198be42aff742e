import { isAbsolute, join } from 'node:path'
import type { Static } from 'typebox'
import { checkExpression, compileExpression } from '../expression/index.ts'
import { Account, Batch, batchOf, type Failure, Identity, Pool, Scope } from '../memory/index.ts'
import type { Problem } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { withDefaults } from '../pipeline/settings.ts'
import type { Field } from '../pipeline/types.ts'
import type {
  Json,
  ModelContext,
  ModelNode,
  Receipt,
  Report,
  RunContext,
  Session,
  Settings,
  SinkNode,
  SourceNode,
  SourceReject,
  TransformNode,
} from '../sdk/node.ts'

type Row = Record<string, unknown>

/** A rejected row as the harness shows it. */
export interface Rejected {
  readonly identity: string
  readonly code: string
  readonly message: string
  readonly column?: string
  readonly row: Row
}

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

/** Where a node runs in a test: a folder for its paths, a pool of its own. */
export class Bench {
  readonly folder: string
  readonly pool = new Pool(1 << 30)
  readonly problems: Problem[] = []
  readonly counts: Record<string, number> = {}
  readonly signal = new AbortController().signal

  constructor(folder = '.') {
    this.folder = folder
    this.pool.poison = true
  }

  resolve = (path: string): string => (isAbsolute(path) ? path : join(this.folder, path))

  report: Report = ({ setting, severity = 'error', ...problem }) => {
    this.problems.push({ severity, ...problem, place: { node: 'test', ...(setting && { setting }) } })
  }

  context<C>(config: C, scope: Scope): RunContext<C> {
    return {
      config,
      node: 'test',
      folder: this.folder,
      resolve: this.resolve,
      scope,
      signal: this.signal,
      now: new Date('2026-01-02T03:04:05Z'),
      runId: 'test',
      log: () => {},
      count: (name, rows) => {
        this.counts[name] = (this.counts[name] ?? 0) + rows
      },
      expression: (text, input, wanted) =>
        compileExpression(text, input, { wanted, now: new Date('2026-01-02T03:04:05Z') }),
    }
  }

  probeContext<C>(config: C) {
    return {
      config,
      node: 'test',
      folder: this.folder,
      resolve: this.resolve,
      report: this.report,
      signal: this.signal,
    }
  }

  columnsContext<C>(config: C, input: Schema, probe: Json) {
    return {
      config,
      input,
      probe,
      report: this.report,
      expression: (text: string, against: Schema, wanted?: 'bool', at?: string) => {
        const checked = checkExpression(text, against, { wanted })
        if ('type' in checked) return checked.type
        this.report({ code: checked.code, message: checked.message, ...(at && { setting: at }) })
        return null
      },
    }
  }
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

function describe(batch: Batch, failures: readonly Failure[]): Rejected[] {
  return failures.map(({ code, message, column }, row) => ({
    identity: batch.identity.text(row),
    code,
    message,
    ...(column && { column }),
    row: batch.row(row),
  }))
}

async function* cut(
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

export interface Read {
  readonly rows: Row[]
  readonly identities: string[]
  readonly columns: readonly Field[]
  readonly rejected: SourceReject[]
  readonly problems: Problem[]
  readonly detected: Readonly<Record<string, string>>
  readonly splits: number
}

/** Probes, cuts and reads a source whole. */
export async function readSource<C extends Settings>(
  node: SourceNode<C>,
  settings: unknown,
  bench = new Bench(),
): Promise<Read> {
  const config = withDefaults(node.config, settings) as Static<C>
  const probe = await node.probe(bench.probeContext(config))
  const read: Read = {
    rows: [],
    identities: [],
    columns: probe.columns,
    rejected: [],
    problems: bench.problems,
    detected: probe.detected ?? {},
    splits: 0,
  }
  if (bench.problems.some((problem) => problem.severity === 'error')) return read
  const splits = await node.splits({ config, probe, resolve: bench.resolve, signal: bench.signal })
  const schema = new Schema(probe.columns)
  for (const split of splits) {
    const scope = new Scope(bench.pool)
    const context = {
      ...bench.context(config, scope),
      split,
      probe,
      schema,
      maxRowBytes: 64 << 20,
      batch: (path: string, numbers: number | Float64Array, rows: number, columns: Batch['columns']) =>
        new Batch(scope, schema, columns, new Identity({ node: 'test', path }, rows, numbers)),
      reject: (reject: SourceReject) => read.rejected.push(reject),
    }
    for await (const batch of node.read(context)) {
      for (let row = 0; row < batch.rows; row++) {
        read.rows.push(batch.row(row))
        read.identities.push(batch.identity.text(row))
      }
      scope.resume()
    }
    scope.close()
  }
  if (bench.pool.held) throw new Error(`${bench.pool.held} blocks are still held after reading`)
  return { ...read, splits: splits.length }
}

/** Writes rows through a sink, `splits` at a time, commits each and finishes. */
export async function writeSink<C extends Settings>(
  node: SinkNode<C>,
  settings: unknown,
  splits: readonly Rows[],
  bench = new Bench(),
) {
  const config = withDefaults(node.config, settings) as Static<C>
  const probe = (await node.probe?.(bench.probeContext(config))) ?? null
  const schema = new Schema(splits[0]?.fields ?? [])
  node.columns?.(bench.columnsContext(config, schema, probe))
  const problems = bench.problems
  if (problems.some((problem) => problem.severity === 'error'))
    return { problems, receipts: [], output: null, rejected: [], replaced: 0 }
  const sink = await node.open({
    config,
    node: 'test',
    probe,
    schema,
    resolve: bench.resolve,
    runId: 'test',
    resumed: null,
    models: [],
    log: () => {},
  })
  const receipts: Receipt[] = []
  const rejected: Rejected[] = []
  let replaced = 0
  for (const [splitIndex, rows] of splits.entries()) {
    const account = new Account()
    account.onReject = (batch, failures) => rejected.push(...describe(batch, failures))
    const scope = new Scope(bench.pool, account)
    let staged = 0
    const receipt = await node.write({
      ...bench.context(config, scope),
      input: Object.assign(resuming(cut(rows, schema, scope), scope), { schema }),
      probe,
      splitIndex,
      stage: (ending) => join(sink.stageFolder, `.test-${splitIndex}-${staged++}${ending}.tmp`),
    })
    receipts.push(receipt)
    const committed = await sink.commit([receipt], async () => {})
    replaced += committed.replaced ?? 0
    scope.close()
  }
  const output = await sink.finish()
  await sink.close()
  return { problems, receipts, output, rejected, replaced }
}

async function* resuming(input: AsyncIterable<Batch>, scope: Scope): AsyncGenerator<Batch> {
  for await (const batch of input) {
    yield batch
    scope.resume()
  }
}
