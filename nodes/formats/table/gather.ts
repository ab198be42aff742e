import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Checksum,
  type GatherContext,
  type Gathered,
  type Gathering,
  HeadraceError,
  type Split,
} from '@headrace/runtime/sdk'
import { type Footer, readFooter } from '../parquet/footer.ts'
import { type Limits, packSplits } from '../splits.ts'
import { type Database, filesTable, openDatabase, text } from './database.ts'
import { runProblem } from './errors.ts'
import { areSimple, type OriginTable, writeOrigins } from './identities.ts'
import type { StagedData } from './staging.ts'
import { sumOf } from './sums.ts'

/** An input's staged files as SQL reads them, with what is known of their rows. */
export interface Staged {
  /** Files that hold rows, in the order of the splits. */
  readonly files: readonly string[]
  /** The place of each file's first row among all rows of the input, from 0. */
  readonly starts: readonly number[]
  readonly rows: number
  /** As if no row were coded. */
  readonly bytes: number
  /** Rows with their columns, `f` (the file's place), and `g` (the row's among all rows); null without rows. */
  readonly from: string | null
}

export function stagedFiles({ staged }: Gathering): Staged {
  const files: string[] = []
  const starts: number[] = []
  let rows = 0
  let bytes = 0
  for (const { receipt } of staged) {
    // One file, or none where the split had no rows.
    for (const file of receipt.files) {
      files.push(file)
      starts.push(rows)
    }
    rows += receipt.rows
    // A cast: `stageRows` put it there.
    bytes += (receipt.data as unknown as StagedData).decoded ?? receipt.bytes
  }
  if (files.length === 0) return { files, starts, rows, bytes, from: null }
  const place = `([${starts.join(', ')}][file_index::BIGINT + 1] + file_row_number)::${placeType(rows)}`
  const from = `(SELECT *, file_index::UINTEGER AS f, ${place} AS g FROM ${filesTable(files)})`
  return { files, starts, rows, bytes, from }
}

/**
 * The type of a row's place among so many rows. As the last of the keys by which rows are sorted it makes equal ones stay
 * in their order; DuckDB sorts half as fast again where all keys together take no more than 24 bytes.
 */
export const placeType = (rows: number): 'UINTEGER' | 'BIGINT' => (rows < 2 ** 32 ? 'UINTEGER' : 'BIGINT')

/** Opens the database of one node's work, does it, and makes every error one line that says what to do. */
export async function withDatabase<C, T>(
  context: GatherContext<C>,
  work: (database: Database) => Promise<T>,
  threads = context.threads,
): Promise<T> {
  const spill = join(context.folder, 'spill')
  await mkdir(spill, { recursive: true })
  const staged = Object.values(context.inputs).flatMap(({ staged }) => staged.flatMap(({ receipt }) => receipt.files))
  const database = await openDatabase({
    folders: [...new Set([context.folder, ...staged.map(dirname)])],
    spill,
    memory: context.memory * shareOfMemory,
    threads,
    signal: context.signal,
  })
  try {
    return await work(database)
  } catch (error) {
    throw runProblem(error, context)
  } finally {
    database.close()
  }
}

/** What DuckDB allocates beside the memory that it counts. */
const shareOfMemory = 0.8

/** The rows of each input, counted in its files. */
export async function findAll<C>(database: Database, context: GatherContext<C>): Promise<Gathered['found']> {
  const found: Record<string, { rows: number; sum: Checksum }> = {}
  for (const [input, gathering] of Object.entries(context.inputs)) {
    found[input] = await sumOf(database, stagedFiles(gathering).from)
  }
  return found
}

/** Keeps whose rows the staged files hold; gives the file of it. */
export async function keepOrigins(folder: string, gathering: Gathering): Promise<string> {
  const path = join(folder, 'origins.json')
  await writeOrigins(path, originsOf(gathering))
  return path
}

const originsOf = ({ staged }: Gathering): OriginTable =>
  staged.flatMap(({ receipt }) =>
    // A cast: `stageRows` put it there.
    receipt.files.map(() => (receipt.data as unknown as StagedData).origins),
  )

/**
 * What `whoTypes` names of staged rows, as SQL: the second list puts nulls in place of what no row has, outside of the
 * query, so that nothing is carried through it.
 */
export function whoColumns(gathering: Gathering): { readonly inside: string[]; readonly outside: string[] } {
  const table = originsOf(gathering)
  if (areSimple(table)) return { inside: ['f', 'n'], outside: ['f', 'n'] }
  const several = table.some((some) => some.length > 1)
  const more = table.flat().some(({ depth, named }) => depth > 0 || named)
  return {
    inside: ['f', 'n', ...(several ? ['o'] : []), ...(more ? ['x'] : [])],
    outside: ['f', 'n', several ? 'o' : 'NULL::UINTEGER AS o', more ? 'x' : 'NULL::BLOB AS x'],
  }
}

/** No dictionaries: they make -0 and 0 one value, and looking for values that repeat takes a third of a COPY. */
export const asParquet = 'FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 0'

/** Writes a query's rows to a Parquet file in the folder, in their order, and cuts it into splits. */
export async function writeOutput<C>(
  database: Database,
  context: GatherContext<C>,
  query: string,
  guess: { readonly rows: number; readonly bytes: number },
): Promise<Split[]> {
  const { folder, target } = context
  const path = join(folder, 'rows.parquet')
  // A group is held in memory while it is written, and read by one lane: as large as a split.
  const rowBytes = Math.max(1, guess.bytes / Math.max(1, guess.rows))
  const most = Math.min(target.rows, Math.floor(target.bytes / rowBytes))
  // DuckDB ends a group with a whole chunk of its own: with one more, each would be two splits.
  const groupRows = Math.max(chunkRows, most - (most % chunkRows))
  await database.run(`COPY (${query}\n) TO ${text(path)} (${asParquet}, ROW_GROUP_SIZE ${groupRows})`)
  const { groups } = await readFooter(path)
  return cutRows(path, groups, target)
}

/** The rows of a vector of DuckDB. */
const chunkRows = 2048

/** A file's row groups as splits, each of at most the target's rows and bytes: a larger group in pieces. */
function cutRows(path: string, groups: Footer['groups'], target: Limits): Split[] {
  const splits = packSplits(target)
  let row = 0
  for (const group of groups) {
    const least = Math.max(Math.ceil(group.rows / target.rows), Math.ceil(group.bytes / target.bytes))
    const pieces = Math.max(1, Math.min(group.rows, least))
    for (let i = 0; i < pieces; i++) {
      const [start, end] = [i, i + 1].map((place) => row + Math.floor((group.rows * place) / pieces)) as [
        number,
        number,
      ]
      const rows = end - start
      const part = { path, start, end, firstRow: start + 1 }
      if (rows) splits.add({ part, rows, bytes: Math.round((group.bytes * rows) / group.rows) })
    }
    row += group.rows
  }
  return splits.finish()
}

/** Throws where the rows that will be read are not as many as they must be: none is lost without a word. */
export function checkRows(node: string, splits: readonly Split[], expected: number): void {
  const rows = splits.reduce((sum, split) => sum + (split.rows ?? 0), 0)
  if (rows === expected) return
  throw new HeadraceError('rows-lost', `"${node}" was to give ${expected} rows and made ${rows}.`, { place: { node } })
}
