import { join } from 'node:path'
import type { Static } from 'typebox'
import { realDisk } from '../disk/index.ts'
import { promisedOf } from '../engine/promised.ts'
import {
  Account,
  addChecksums,
  Batch,
  type Coded,
  type Column,
  columnOf,
  emptyChecksum,
  Identity,
  Scope,
  sameChecksum,
} from '../memory/index.ts'
import type { Problem } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { withDefaults } from '../pipeline/settings.ts'
import type { Field } from '../pipeline/types.ts'
import type { Receipt, Settings, SinkNode, SourceNode, SourceReject } from '../sdk/node.ts'
import { Bench, describe, type Rejected, type Row } from './bench.ts'
import { cut, type Rows } from './harness.ts'

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
      batch(path: string, numbers: number | Float64Array, rows: number, columns: readonly (Column | Coded | null)[]) {
        const whole = columns.map(
          (column, i) => column ?? columnOf(scope, (schema.fields[i] as Field).type, new Array(rows).fill(null)),
        )
        return new Batch(scope, schema, whole, new Identity({ node: 'test', path }, rows, numbers))
      },
      reject: (reject: SourceReject) => read.rejected.push(reject),
    }
    const rejectedBefore = read.rejected.length
    let rows = 0
    let sum = emptyChecksum
    for await (const batch of node.read(context)) {
      rows += batch.rows
      sum = addChecksums(sum, batch.identity.checksum)
      for (let row = 0; row < batch.rows; row++) {
        read.rows.push(batch.row(row))
        read.identities.push(batch.identity.text(row))
      }
      scope.resume()
    }
    scope.close()
    for (const { path, row } of read.rejected.slice(rejectedBefore)) {
      rows++
      sum = addChecksums(sum, new Identity({ node: 'test', path }, 1, row).checksum)
    }
    const promised = promisedOf('test', split)
    if (promised && (promised.rows !== rows || (promised.sum && !sameChecksum(promised.sum, sum))))
      throw new Error(`a part was counted as ${promised.rows} rows and gave ${rows}, or not each of them once`)
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
    disk: realDisk,
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
      disk: realDisk,
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
