import { join } from 'node:path'
import {
  type Batch,
  type Checksum,
  type Column,
  type Field,
  type GatherContext,
  type Gathered,
  type Gathering,
  type Json,
  type Schema,
  type Split,
  subtractChecksums,
  type TableReadContext,
  types,
} from '@headrace/runtime/sdk'
import { type Database, filesTable, text } from './database.ts'
import { asParquet, checkRows, findAll, keepOrigins, type Staged, stagedFiles } from './gather.ts'
import { type Known, readOrigins } from './identities.ts'
import { batchesOf, readStretches, type Stretch, whoOf, whoTypes } from './rows.ts'
import { checksumOf, sumOf, sums } from './sums.ts'

/** A part of a staged file with the rows of another file that say what becomes of it. */
export interface Block {
  readonly staged: string
  /** The file's place among the staged ones. */
  readonly file: number
  /** Rows of the staged file, from 0, half open. */
  readonly start: number
  readonly end: number
  /** The other file's rows that are about them. */
  readonly from: number
  readonly to: number
}

/** What `read` needs beside a split. */
export interface PicksData {
  readonly picks: string
  readonly origins: string
}

/** Where a row of staged files stands among all of them, as one number: rows sort by it as in the source. */
export const orderOf = (table: string): string => `(${table}f::BIGINT << 32) + ${table}r`

/** Writes rows with `f`, `r` (of a staged file) and more, in their order, and cuts them by the staged files' rows. */
export async function writeBlocks<C>(
  database: Database,
  { folder, target }: GatherContext<C>,
  staged: Staged,
  query: string,
): Promise<{ picks: string; splits: Split[] }> {
  const picks = join(folder, 'picks.parquet')
  await database.run(`COPY (${query}) TO ${text(picks)} (${asParquet})`)
  const rowBytes = Math.max(1, staged.bytes / Math.max(1, staged.rows))
  const most = Math.max(1024, Math.min(target.rows, Math.floor(target.bytes / rowBytes)))
  const counts = await database.run(
    `SELECT f::BIGINT, r // ${most}, count(*), min(r), max(r) + 1, ${sums} FROM ${filesTable([picks])} GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  let from = 0
  const splits = counts.map((row): Split => {
    const [file, , rows, start, end] = row.slice(0, 5).map(Number) as [number, number, number, number, number]
    const block: Block = { staged: staged.files[file] as string, file, start, end, from, to: from + rows }
    from += rows
    // A cast: plain JSON without an index signature.
    const part = {
      path: picks,
      start: block.from,
      end: block.to,
      firstRow: block.from + 1,
      data: block as unknown as Json,
    }
    return { parts: [part], rows, bytes: Math.round(rows * rowBytes), sum: checksumOf(row.slice(5)) }
  })
  return { picks, splits }
}

/** The block that `writeBlocks` made a split of. */
export const blockOf = (split: Split): Block => split.parts[0]?.data as unknown as Block

/** Lets the rows go on that a query over them picks (with `f`, `r` and `h`, in order); the others count as filtered. */
export async function gatherPicks<C>(
  database: Database,
  context: GatherContext<C>,
  gathering: Gathering,
  query: string,
): Promise<Gathered> {
  const found = await findAll(database, context)
  const all = Object.values(found).reduce((sum, one) => ({ rows: sum.rows + one.rows, sum: add(sum.sum, one.sum) }))
  const staged = stagedFiles(gathering)
  if (staged.from === null) return { splits: [], found, filtered: all, data: null }
  const { picks, splits } = await writeBlocks(database, context, staged, query)
  const kept = await sumOf(database, filesTable([picks]))
  checkRows(context.node, splits, kept.rows)
  const filtered = { rows: all.rows - kept.rows, sum: subtractChecksums(all.sum, kept.sum) }
  const data: PicksData = { picks, origins: await keepOrigins(context.folder, gathering) }
  return { splits, found, filtered, passed: true, data: data as unknown as Json } // plain JSON without an index signature
}

const add = (x: Checksum, y: Checksum): Checksum => ({ a: (x.a + y.a) | 0, b: (x.b + y.b) | 0 })

/** The picked rows of one split, read from where they were staged. */
export async function* readPicks<C>(context: TableReadContext<C>): AsyncGenerator<Batch> {
  const { split, schema, scope, signal } = context
  const { origins } = context.data as unknown as PicksData // `gatherPicks` put it there
  const table = await readOrigins(origins)
  const wanted = await readWanted(context)
  let next = 0
  for await (const stretch of readStaged(blockOf(split), schema.fields, context.scope, signal)) {
    const end = stretch.first + stretch.rows
    const from = next
    while (next < wanted.length && (wanted[next] as number) < end) next++
    if (next === from) {
      scope.resume()
      continue
    }
    const rows = Int32Array.from(wanted.subarray(from, next), (row) => row - stretch.first)
    yield* picked(context, stretch, schema, rows, table)
  }
}

/** The staged rows of a block, with whose they are. */
export async function* readStaged(
  { staged, start, end }: Block,
  fields: readonly Field[],
  scope: TableReadContext<unknown>['scope'],
  signal: AbortSignal,
): AsyncGenerator<Stretch> {
  const file = { parts: [{ path: staged, start, end, firstRow: start + 1 }], bytes: 0 }
  // The hash stands between the columns and the rest; nobody needs it here.
  const columns = [...fields.map(({ type }) => type), types.uint32, ...whoTypes.slice(1)]
  yield* readStretches(file, columns, scope, signal)
}

/** Who the rows of a stretch of staged rows are. */
export function whoStaged({ columns, rows }: Stretch, fields: number, file: number) {
  const place: Column = {
    type: types.uint32,
    length: rows,
    nulls: 0,
    validity: null,
    offsets: null,
    values: new Uint32Array(rows).fill(file),
    children: [],
  }
  return whoOf([place, ...columns.slice(fields + 1)])
}

async function readWanted<C>({ split, scope, signal }: TableReadContext<C>): Promise<Float64Array> {
  const wanted = new Float64Array(split.rows ?? 0)
  let at = 0
  for await (const { columns, rows } of readStretches(split, [types.uint32, types.int64], scope, signal)) {
    const numbers = columns[1]?.values as BigInt64Array
    for (let i = 0; i < rows; i++) wanted[at++] = Number(numbers[i])
    scope.resume()
  }
  return wanted
}

function* picked<C>(
  { split, scope }: TableReadContext<C>,
  stretch: Stretch,
  schema: Schema,
  rows: Int32Array,
  table: Awaited<ReturnType<typeof readOrigins>>,
): Generator<Batch> {
  const known = whoStaged(stretch, schema.fields.length, blockOf(split).file)
  const own = stretch.columns.slice(0, schema.fields.length)
  const all = rows.length === stretch.rows
  const take = all ? known : knownAt(known, rows)
  yield* batchesOf(scope, schema, own, table, take, all ? null : rows)
}

/** What is known of some rows, in that order and as often as they are named. */
export function knownAt({ file, number, origin, more }: Known, rows: Int32Array): Known {
  return {
    file: Uint32Array.from(rows, (row) => file[row] as number),
    number: Float64Array.from(rows, (row) => number[row] as number),
    origin: Uint32Array.from(rows, (row) => origin[row] as number),
    more: more && takeMore(more, rows),
  }
}

/** The texts of some rows, one after the other. */
function takeMore({ offsets, values }: NonNullable<Known['more']>, rows: Int32Array): NonNullable<Known['more']> {
  const ends = new Int32Array(rows.length + 1)
  rows.forEach((row, i) => {
    ends[i + 1] = (ends[i] as number) + (offsets[row + 1] as number) - (offsets[row] as number)
  })
  const bytes = new Uint8Array(ends[rows.length] as number)
  rows.forEach((row, i) => {
    bytes.set(values.subarray(offsets[row], offsets[row + 1]), ends[i])
  })
  return { offsets: ends, values: bytes }
}
