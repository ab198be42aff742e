import { type GatherContext, type Gathered, type Gathering, type Json, subtractChecksums } from '@headrace/runtime/sdk'
import { type Database, filesTable } from './database.ts'
import { findAll, keepOrigins, placeType, type Staged, stagedFiles } from './gather.ts'
import { type PicksData, writeBlocks } from './picks.ts'
import { emptyRows } from './sqltypes.ts'
import { sumOf } from './sums.ts'

/** What a join is made of, by places of columns. */
export interface JoinPlan {
  readonly how: 'inner' | 'left'
  readonly keys: readonly { readonly left: number; readonly right: number }[]
  /** The columns of the right side that go along. */
  readonly taken: readonly number[]
}

/** What `readJoin` needs beside a split. */
export interface JoinData extends PicksData {
  /** Some left row matched several right ones: each joined row is numbered among its left row's. */
  readonly several: boolean
  /** How many columns of the right side there are. */
  readonly taken: number
}

/** Joins: which right rows each left row meets, with their columns, in the left rows' order. */
export async function gatherJoin<C>(
  database: Database,
  context: GatherContext<C>,
  { how, keys, taken }: JoinPlan,
): Promise<Gathered> {
  const found = await findAll(database, context)
  const [left, right] = ['left', 'right'].map((side) => context.inputs[side] as Gathering) as [Gathering, Gathering]
  const [l, r] = [stagedFiles(left), stagedFiles(right)]
  const all = ['left', 'right'].map((side) => found[side] as Gathered['found'][string])
  const total = all.reduce((sum, one) => plus(sum, one))
  if (l.from === null) return { splits: [], found, filtered: total, data: null }
  const rightRows = r.from ?? emptyRows(right.schema.fields)
  const on = keys.map((key) => `l.c${key.left} = r.c${key.right}`).join(' AND ')
  const columns = [...taken.map((place, i) => `r.c${place} AS m${i}`), 'l.g AS g', 'l.h AS h']
  const kind = how === 'left' ? 'LEFT' : 'INNER'
  const order = 'ORDER BY l.g, r.g'
  const query = `SELECT ${columns.join(', ')} FROM ${l.from} l ${kind} JOIN ${rightRows} r ON ${on} ${order}`
  const bytes = l.bytes + (l.rows ? (r.bytes / Math.max(1, r.rows)) * l.rows : 0)
  const { picks, splits } = await writeBlocks(database, context, { ...l, bytes }, query)
  // Rows of one left row stand one after the other: the first of each is that whose predecessor is another's.
  const firsts = `(SELECT h FROM (SELECT h, g, lag(g) OVER () AS before FROM ${filesTable([picks])}) WHERE before IS NULL OR before <> g)`
  const leftKept = await sumOf(database, firsts)
  const rightLost =
    r.from === null ? { rows: 0, sum: { a: 0, b: 0 } } : await sumOf(database, antiJoin(r, l, keys, true))
  const rows = splits.reduce((sum, split) => sum + (split.rows ?? 0), 0)
  const leftAll = all[0] as Gathered['found'][string]
  const leftLost = { rows: leftAll.rows - leftKept.rows, sum: subtractChecksums(leftAll.sum, leftKept.sum) }
  const data: JoinData = {
    place: placeType(l.rows),
    origins: await keepOrigins(context.folder, left),
    several: rows > leftKept.rows,
    taken: taken.length,
  }
  // The pieces of a left row are rows of their own: their checksum is not that of the left rows.
  const own = data.several ? splits.map(({ sum: _, ...split }) => split) : splits
  return { splits: own, found, filtered: plus(leftLost, rightLost), data: data as unknown as Json } // plain JSON
}

/** The rows of one side that meet none of the other, as a table. */
export function antiJoin(side: Staged, other: Staged, keys: JoinPlan['keys'], turned = false): string {
  const on = keys.map(({ left, right }) => (turned ? `a.c${right} = b.c${left}` : `a.c${left} = b.c${right}`))
  return `(SELECT a.g AS g, a.h AS h FROM ${side.from} a ANTI JOIN ${other.from} b ON ${on.join(' AND ')})`
}

function plus(x: Gathered['filtered'], y: Gathered['filtered']): Gathered['filtered'] {
  return { rows: x.rows + y.rows, sum: { a: (x.sum.a + y.sum.a) | 0, b: (x.sum.b + y.sum.b) | 0 } }
}
