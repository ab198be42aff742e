import { join } from 'node:path'
import {
  type Batch,
  type Checksum,
  type Field,
  type GatherContext,
  type Gathered,
  type Gathering,
  HeadraceError,
  type Json,
  type Schema,
  type Split,
  subtractChecksums,
  type TableReadContext,
  types,
} from '@headrace/runtime/sdk'
import { type Database, filesTable, text } from './database.ts'
import { asParquet, checkRows, findAll, keepOrigins, placeType, type Staged, stagedFiles } from './gather.ts'
import { type Known, type OriginTable, readOrigins } from './identities.ts'
import { batchesOf, whoIn, whoTypes } from './rows.ts'
import { plain, readStretches, type Stretch } from './stretches.ts'
import { checksumOf, sumOf, sums } from './sums.ts'

/** A range of staged rows with the rows of another file that say what becomes of them. */
export interface Block {
  readonly ranges: readonly StagedRange[]
  /** The other file's rows that are about them. */
  readonly from: number
  readonly to: number
}

/** Some rows of one staged file. */
export interface StagedRange {
  readonly path: string
  /** The file's place among the staged ones. */
  readonly file: number
  /** Rows of the file, from 0, half open. */
  readonly start: number
  readonly end: number
  /** The place of the first one among all staged rows. */
  readonly place: number
}

/** What `read` needs beside a split. */
export interface PicksData {
  readonly origins: string
  /** The type of the rows' places in the picks. */
  readonly place: ReturnType<typeof placeType>
}

/** Writes rows with `g` (the place of a staged row), `h` and more, in the order of `g`, and cuts them by the staged rows. */
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
    `SELECT (g // ${most})::BIGINT, count(*), min(g)::BIGINT, max(g)::BIGINT + 1, ${sums} FROM ${filesTable([picks])} GROUP BY 1 ORDER BY 1`,
  )
  let from = 0
  const splits = counts.map((row): Split => {
    const [, rows, start, end] = row.slice(0, 4).map(Number) as [number, number, number, number]
    const block: Block = { ranges: rangesOf(staged, start, end), from, to: from + rows }
    from += rows
    // A cast: plain JSON without an index signature.
    const part = {
      path: picks,
      start: block.from,
      end: block.to,
      firstRow: block.from + 1,
      data: block as unknown as Json,
    }
    return { parts: [part], rows, bytes: Math.round(rows * rowBytes), sum: checksumOf(row.slice(4)) }
  })
  return { picks, splits }
}

/** The files in which the staged rows from place `start` to `end` lie. */
function rangesOf({ files, starts, rows }: Staged, start: number, end: number): StagedRange[] {
  return files.flatMap((path, file) => {
    const [first, next] = [starts[file] as number, starts[file + 1] ?? rows]
    if (next <= start || first >= end) return []
    const place = Math.max(first, start)
    return [{ path, file, start: place - first, end: Math.min(next, end) - first, place }]
  })
}

/** The block that `writeBlocks` made a split of; throws `damaged-run` where another version of Headrace made it. */
export function blockOf(split: Split): Block {
  const block = split.parts[0]?.data as unknown as Block | undefined
  if (block?.ranges) return block
  throw new HeadraceError(
    'damaged-run',
    "Another version of Headrace made this node's rows, which this one cannot read.",
    {
      hint: 'Resume the run with that version, or start it anew: headrace run PIPELINE --anew.',
    },
  )
}

/** Lets the rows go on that a query over them picks (with `g` and `h`, in order); the others count as filtered. */
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
  const data: PicksData = { origins: await keepOrigins(context.folder, gathering), place: placeType(staged.rows) }
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
  for await (const stretch of readStaged(blockOf(split), schema.fields, table, scope, signal)) {
    const end = stretch.place + stretch.rows
    const from = next
    while (next < wanted.length && (wanted[next] as number) < end) next++
    if (next === from) {
      scope.resume()
      continue
    }
    const rows = new Int32Array(next - from)
    for (let i = 0; i < rows.length; i++) rows[i] = (wanted[from + i] as number) - stretch.place
    yield* picked(context, stretch, schema, rows, table)
  }
}

/** Some staged rows, one after the other: of the file at place `file`, the first one at `place` among all of them. */
export interface StagedStretch extends Stretch {
  readonly file: number
  readonly place: number
}

/** The staged rows of a block, with whose they are. */
export async function* readStaged(
  { ranges }: Block,
  fields: readonly Field[],
  table: OriginTable,
  scope: TableReadContext<unknown>['scope'],
  signal: AbortSignal,
): AsyncGenerator<StagedStretch> {
  // The hash stands between the columns and the rest; nobody needs it here.
  const columns = [...fields.map(({ type }) => type), types.uint32, ...whoTypes(table).slice(1)]
  for (const { path, file, start, end, place } of ranges) {
    const part = { parts: [{ path, start, end, firstRow: start + 1 }], bytes: 0 }
    for await (const stretch of readStretches(part, columns, scope, signal)) {
      yield { ...stretch, file, place: place + stretch.first - start }
    }
  }
}

/** Who the rows of a stretch of staged rows are. */
export const whoStaged = ({ columns, file }: StagedStretch, fields: number): Known => ({
  file,
  ...whoIn(columns.slice(fields + 1).map(plain)),
})

async function readWanted<C>({ split, data, scope, signal }: TableReadContext<C>): Promise<Float64Array> {
  const wanted = new Float64Array(split.rows ?? 0)
  let at = 0
  const { place } = data as unknown as PicksData // `writeBlocks` made it
  for await (const { columns, rows } of readStretches(split, [placeTypes[place]], scope, signal)) {
    const places = plain(columns[0]).values as Places
    for (let i = 0; i < rows; i++) wanted[at++] = Number(places[i])
    scope.resume()
  }
  return wanted
}

/** Places of staged rows as they are read. */
export type Places = Uint32Array | BigInt64Array
export const placeTypes = { UINTEGER: types.uint32, BIGINT: types.int64 } as const

function* picked<C>(
  { scope }: TableReadContext<C>,
  stretch: StagedStretch,
  schema: Schema,
  rows: Int32Array,
  table: OriginTable,
): Generator<Batch> {
  const known = whoStaged(stretch, schema.fields.length)
  const own = stretch.columns.slice(0, schema.fields.length)
  const all = rows.length === stretch.rows
  const take = all ? known : knownAt(known, rows)
  yield* batchesOf(scope, schema, own, table, take, all ? null : rows)
}

/** What is known of some rows, in that order and as often as they are named. */
export function knownAt({ file, number, origin, more }: Known, rows: Int32Array): Known {
  const numbers = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) numbers[i] = number[rows[i] as number] as number
  return {
    file: typeof file === 'number' ? file : placesAt(file, rows),
    number: numbers,
    origin: origin && placesAt(origin, rows),
    more: more && takeMore(more, rows),
  }
}

function placesAt(places: Uint32Array, rows: Int32Array): Uint32Array {
  const found = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) found[i] = places[rows[i] as number] as number
  return found
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
