import { type Checksum, emptyChecksum, type Split, type SplitPart } from '@headrace/runtime/sdk'
import { type Database, filesTable } from './database.ts'

// The second sum's part is made from the first one's, as `Identity.hashes` makes it.
const second = '(xor(h, 1540483477::UINTEGER)::UBIGINT * (h >> 7)::UBIGINT) % 4294967296'

/** The two sums of a checksum as SQL makes them of the rows' hashes, in a column `h`. */
export const sums = `coalesce(sum(h), 0)::BIGINT, coalesce(sum((${second})::BIGINT), 0)::BIGINT`

/** The checksum of what `sums` gave. */
export function checksumOf(row: readonly unknown[]): Checksum {
  const [a, b] = row as readonly [bigint, bigint] // as `sums` casts them
  return { a: Number(BigInt.asIntN(32, a)), b: Number(BigInt.asIntN(32, b)) }
}

/** Rows and checksum of some staged rows, by their hashes. */
export async function sumOf(database: Database, from: string | null): Promise<{ rows: number; sum: Checksum }> {
  if (from === null) return { rows: 0, sum: emptyChecksum }
  const [row = []] = await database.run(`SELECT count(*), ${sums} FROM ${from}`)
  return { rows: Number(row[0] ?? 0), sum: checksumOf(row.slice(1)) }
}

/** Splits of one file that was written with the column `h`, each with which rows it has: counted in the file itself. */
export async function withSums(database: Database, splits: readonly Split[]): Promise<Split[]> {
  const summed: Split[] = []
  for (const split of splits) {
    const [first, last] = [split.parts[0], split.parts.at(-1)] as [SplitPart, SplitPart]
    const range = `file_row_number >= ${first.start} AND file_row_number < ${last.end}`
    const { sum } = await sumOf(database, `${filesTable([first.path])} WHERE ${range}`)
    summed.push({ ...split, sum })
  }
  return summed
}
