import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Static } from 'typebox'
import { realDisk } from '../disk/index.ts'
import {
  Account,
  addChecksums,
  type Batch,
  batchOf,
  type Checksum,
  emptyChecksum,
  Identity,
  type Origin,
  Scope,
  sameChecksum,
  subtractChecksums,
} from '../memory/index.ts'
import type { Problem } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { withDefaults } from '../pipeline/settings.ts'
import type { Field } from '../pipeline/types.ts'
import type { GatherContext, Gathered, Gathering, Json, Receipt, Settings, TableNode } from '../sdk/node.ts'
import { Bench, type Row } from './bench.ts'

/** The rows of one input of a node that needs all of them: one file a split. */
export interface TableRows {
  readonly fields: readonly Field[]
  readonly splits: readonly (readonly Row[])[]
  /** Where a split's rows come from; by default file `INPUT-SPLIT` of the node `source`. */
  readonly origin?: (split: number) => Origin
}

export interface TableRan {
  readonly rows: Row[]
  readonly identities: string[]
  readonly columns: readonly Field[]
  readonly problems: readonly Problem[]
  readonly described: Json
  readonly filtered: number
  readonly splits: number
  readonly gathered: Gathered | null
}

export interface TableOptions {
  readonly batchRows?: number
  readonly threads?: number
  readonly memory?: number
  readonly target?: GatherContext<unknown>['target']
  /** Gives the identity of a batch's rows, for rows that are not the source's own. */
  readonly identity?: (identity: Identity) => Identity
}

/** Runs a node over whole inputs, as the engine would: describe, columns, write each split, gather, read each split. */
export async function runTable<C extends Settings>(
  node: TableNode<C>,
  settings: unknown,
  inputs: { readonly [input: string]: TableRows },
  options: TableOptions = {},
  bench = new Bench(),
): Promise<TableRan> {
  const config = withDefaults(node.config, settings) as Static<C>
  const schemas = Object.fromEntries(Object.entries(inputs).map(([name, { fields }]) => [name, new Schema(fields)]))
  const described = (await node.describe?.({ config, inputs: schemas, signal: bench.signal })) ?? null
  const { input: _, probe: __, ...pure } = bench.columnsContext(config, new Schema([]), null)
  const columns = node.columns({ ...pure, inputs: schemas, described })
  const ran = { rows: [], identities: [], columns, problems: bench.problems, described, filtered: 0, splits: 0 }
  if (bench.problems.some(({ severity }) => severity === 'error')) return { ...ran, gathered: null }
  // A name that SQL and patterns must get right.
  const folder = mkdtempSync(join(tmpdir(), "it's [a] table*-"))
  try {
    const staged = await stageAll(node, config, inputs, schemas, folder, options, bench)
    const made = join(folder, 'made')
    mkdirSync(made)
    const gathered = await node.gather({
      config,
      node: 'test',
      inputs: staged.inputs,
      output: new Schema(columns),
      folder: made,
      disk: realDisk,
      memory: options.memory ?? 512 << 20,
      threads: options.threads ?? availableParallelism(),
      target: options.target ?? { rows: 100_000, bytes: 64 << 20 },
      now: new Date('2026-01-02T03:04:05Z'),
      signal: bench.signal,
      log: () => {},
    })
    compareFound(gathered, staged.entered)
    const plain = JSON.parse(JSON.stringify(gathered)) as Gathered // it crosses to workers
    const read = await readAll(node, config, plain, new Schema(columns), bench)
    checkParents(node, plain, staged.entered, read)
    return { ...ran, ...read, filtered: gathered.filtered.rows, splits: gathered.splits.length, gathered: plain }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Entered = Record<string, { rows: number; sum: Checksum; hashes: Set<string> }>

async function stageAll<C extends Settings>(
  node: TableNode<C>,
  config: Static<C>,
  inputs: { readonly [input: string]: TableRows },
  schemas: Record<string, Schema>,
  folder: string,
  { batchRows = 4096, identity = (one) => one }: TableOptions,
  bench: Bench,
) {
  const gatherings: Record<string, Gathering> = {}
  const entered: Entered = {}
  let index = 0
  for (const [name, { fields, splits, origin }] of Object.entries(inputs)) {
    const schema = schemas[name] as Schema
    const staged: { split: number; receipt: Receipt }[] = []
    const all = { rows: 0, sum: emptyChecksum, hashes: new Set<string>() }
    for (const [split, rows] of splits.entries()) {
      const scope = new Scope(bench.pool, new Account())
      const from = origin?.(split) ?? { node: 'source', path: `${name}-${split}` }
      let names = 0
      const splitIndex = index++
      async function* batches(): AsyncGenerator<Batch> {
        for (let start = 0; start < rows.length; start += batchRows) {
          const some = rows.slice(start, start + batchRows)
          const who = identity(new Identity(from, some.length, start + 1))
          all.sum = addChecksums(all.sum, who.checksum)
          for (let row = 0; row < who.rows; row++) all.hashes.add(who.text(row))
          all.rows += some.length
          yield batchOf(scope, fields, some, who)
          scope.resume()
        }
      }
      const receipt = await node.write({
        ...bench.context(config, scope),
        input: Object.assign(batches(), { schema }),
        name,
        disk: realDisk,
        splitIndex,
        stage: (ending) => join(folder, `${splitIndex}-${names++}${ending}`),
      })
      if (receipt.rows !== rows.length) throw new Error(`split ${split} staged ${receipt.rows} of ${rows.length} rows`)
      staged.push({ split: splitIndex, receipt: JSON.parse(JSON.stringify(receipt)) as Receipt })
      scope.close()
    }
    gatherings[name] = { schema, staged }
    entered[name] = all
  }
  if (bench.pool.held) throw new Error(`${bench.pool.held} blocks are still held after writing`)
  return { inputs: gatherings, entered }
}

function compareFound({ found }: Gathered, entered: Entered): void {
  for (const [name, { rows, sum }] of Object.entries(entered)) {
    const there = found[name]
    if (there?.rows === rows && sameChecksum(there.sum, sum)) continue
    throw new Error(`input "${name}": ${rows} rows entered, ${there?.rows} were found, or others`)
  }
}

async function readAll<C extends Settings>(
  node: TableNode<C>,
  config: Static<C>,
  { splits, data }: Gathered,
  schema: Schema,
  bench: Bench,
) {
  const rows: Row[] = []
  const identities: string[] = []
  let sum = emptyChecksum
  for (const split of splits) {
    const scope = new Scope(bench.pool, new Account())
    let count = 0
    for await (const batch of node.read({ ...bench.context(config, scope), split, data, schema })) {
      if (!batch.schema.equals(schema)) throw new Error(`columns promised ${schema}, read gave ${batch.schema}`)
      for (let row = 0; row < batch.rows; row++) {
        rows.push(batch.row(row))
        identities.push(batch.identity.text(row))
      }
      count += batch.rows
      sum = addChecksums(sum, batch.identity.checksum)
      scope.resume()
    }
    if (split.rows !== undefined && split.rows !== count)
      throw new Error(`a split promised ${split.rows}, gave ${count}`)
    scope.close()
  }
  if (bench.pool.held) throw new Error(`${bench.pool.held} blocks are still held after reading`)
  return { rows, identities, sum }
}

/** Where rows keep their identity, those that left are those that entered and were not filtered. */
function checkParents<C extends Settings>(
  _node: TableNode<C>,
  { filtered }: Gathered,
  entered: Entered,
  { identities, sum }: { identities: readonly string[]; sum: Checksum },
): void {
  if (new Set(identities).size !== identities.length) throw new Error('two rows that leave have the same identity')
  const all = Object.values(entered)
  const known = new Set(all.flatMap(({ hashes }) => [...hashes]))
  if (all.length !== 1 || !identities.every((text) => known.has(text))) return
  if (identities.length + filtered.rows !== (all[0]?.rows ?? 0)) throw new Error('rows are neither out nor filtered')
  const total = all[0]?.sum ?? emptyChecksum
  if (!sameChecksum(subtractChecksums(total, filtered.sum), sum))
    throw new Error('other rows left than were not filtered')
}
