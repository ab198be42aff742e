import { HeadraceError } from '@headrace/runtime/sdk'
import type { Table as LanceTable } from '@lancedb/lancedb'
import type { Table as ArrowTable } from 'apache-arrow'

/**
 * The rows that a table had before the run: only those give way to others with their value. Rows that come later lie in
 * fragments with higher numbers, so a document may come in many commits and none takes its own rows for old ones.
 */
export type OldRows = {
  /** The first fragment that is not of before. */
  readonly before: number
  /** How many there still are. */
  readonly rows: number
  /** How many had to give way to rows of this run. */
  readonly replaced: number
  /** The table's version that this describes. */
  readonly version: number
}

/** Values in one delete: as text they stay below a few megabytes, and each delete reads the column once. */
const atOnce = 5_000

const addressBits = 32n

/** What a table has when a run begins. */
export async function oldRowsOf(table: LanceTable): Promise<OldRows> {
  const [version, rows] = [await table.version(), await table.countRows()]
  let last = -1n
  for await (const batch of table.query().select(['_rowaddr'])) {
    // A cast: LanceDB's name of a column of its own, unsigned numbers of 64 bits.
    const addresses = batch.getChild('_rowaddr')?.toArray() as BigUint64Array
    for (const address of addresses) if (address > last) last = address
  }
  return { before: last < 0n ? 0 : Number(last >> addressBits) + 1, rows, replaced: 0, version }
}

/** The same after the table has changed: what is missing has given way. */
export async function recounted(table: LanceTable, old: OldRows): Promise<OldRows> {
  const rows = await table.countRows(isOld(old))
  return { ...old, rows, replaced: old.replaced + old.rows - rows, version: await table.version() }
}

/** Throws where another program has moved or deleted rows since: it cannot be told any more which are old. */
export async function refuseMoved(table: LanceTable, old: OldRows): Promise<void> {
  if ((await table.version()) === old.version) return
  const rows = await table.countRows(isOld(old))
  if (rows === old.rows) return
  throw new HeadraceError(
    'table-rewritten',
    `Another program has rewritten the table "${table.name}" while this run went on: of ${old.rows} rows from before the run ${rows} are where they were, so it cannot be told any more which of them new rows replace.`,
    { hint: 'Start the run anew while nothing else changes or compacts the table.' },
  )
}

/** Deletes the old rows that have one of these values in a column. Once more it finds none: it may be done again. */
export async function withoutOld(
  table: LanceTable,
  old: OldRows,
  column: string,
  values: ReadonlySet<string | number | bigint>,
): Promise<OldRows> {
  let { rows } = old
  const literals = [...values].map(literal)
  for (let start = 0; start < literals.length && rows > 0; start += atOnce) {
    const list = literals.slice(start, start + atOnce).join(', ')
    rows -= (await table.delete(`\`${column}\` IN (${list}) AND ${isOld(old)}`)).numDeletedRows
  }
  return { ...old, rows, replaced: old.replaced + old.rows - rows, version: await table.version() }
}

/** The values that rows have in a column. */
export function valuesIn(rows: ArrowTable, column: string): Set<string | number | bigint> {
  const values = new Set<string | number | bigint>()
  for (const value of rows.getChild(column) ?? []) if (value !== null) values.add(value)
  return values
}

const isOld = ({ before }: OldRows): string => `_rowaddr < ${BigInt(before) << addressBits}`

const leastInt = -(2n ** 63n)

/** A value as the store's filters write it. */
export function literal(value: string | number | bigint): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  // The parser reads a sign apart from its number, and this number alone does not fit.
  return value === leastInt ? `(${leastInt + 1n} - 1)` : String(value)
}
