import {
  Batch,
  type Coded,
  type Column,
  gather,
  Identity,
  isCoded,
  Schema,
  type Scope,
  slice,
  type TableReadContext,
} from '@headrace/runtime/sdk'
import { readOrigins } from './identities.ts'
import type { JoinData } from './join-gather.ts'
import { blockOf, knownAt, type Places, placeTypes, readStaged, type StagedStretch, whoStaged } from './picks.ts'
import { batchesOf } from './rows.ts'
import { plain, readStretches, type Stretch } from './stretches.ts'

/** The joined rows of one split: left rows are read from where they were staged, each as often as it met a right one. */
export async function* readJoin<C>(context: TableReadContext<C>, left: Schema): AsyncGenerator<Batch> {
  const { split, data, schema, scope, signal } = context
  const { origins, several, place } = data as unknown as JoinData // `gatherJoin` put it there
  const table = await readOrigins(origins)
  const rightTypes = schema.fields.slice(left.fields.length).map(({ type }) => type)
  const lefts = readStaged(blockOf(split), left.fields, table, scope, signal)
  const met = readStretches(split, [...rightTypes, placeTypes[place]], scope, signal)
  const pieces = countPieces()
  let one: Held<StagedStretch> | null = null
  try {
    for await (const stretch of met) {
      const pairs = hold(context, stretch)
      const rows = plain(stretch.columns[rightTypes.length]).values as Places
      for (let start = 0; start < stretch.rows; ) {
        const row = Number(rows[start])
        while (!one || row >= one.stretch.place + one.stretch.rows) {
          one?.batch.release()
          one = null
          const next = await lefts.next()
          if (next.done) throw new Error(`a joined row is of row ${row}, which was not staged`)
          one = hold(context, next.value)
        }
        const side: Held<StagedStretch> = one
        const taken = rowsBelow(rows, start, side.stretch)
        const end = start + taken.length
        const columns = [
          ...takeRows(scope, side.stretch.columns.slice(0, left.fields.length), taken),
          ...stretch.columns.slice(0, rightTypes.length).map((column) => rangeOf(scope, column, start, end)),
        ]
        const known = knownAt(whoStaged(side.stretch, left.fields.length), taken)
        const places = several ? pieces(taken, side.stretch.place) : null
        yield* batchesOf(scope, schema, columns, table, { ...known, pieces: places })
        start = end
      }
      pairs.batch.release()
    }
  } finally {
    one?.batch.release()
    await lefts.return(undefined)
  }
}

/** The places from `start` on that lie in a stretch of left rows, as rows of it. */
function rowsBelow(places: Places, start: number, { place, rows }: StagedStretch): Int32Array {
  const found = new Int32Array(places.length - start)
  let count = 0
  for (; count < found.length; count++) {
    const row = Number(places[start + count]) - place
    if (row >= rows) break
    found[count] = row
  }
  return found.subarray(0, count)
}

/** Numbers joined rows among those of their left row, from 0, also where these go on in the next piece of the file. */
function countPieces() {
  let last = -1
  let count = 0
  return (rows: Int32Array, place: number): Uint32Array => {
    const pieces = new Uint32Array(rows.length)
    for (let i = 0; i < rows.length; i++) {
      const row = place + (rows[i] as number)
      count = row === last ? count + 1 : 0
      last = row
      pieces[i] = count
    }
    return pieces
  }
}

/** Rows of columns; where each left row met one right row, as with a foreign key, they follow one another: nothing is copied. */
function takeRows(scope: Scope, columns: readonly (Column | Coded)[], rows: Int32Array): (Column | Coded)[] {
  const first = rows[0] as number
  if (rows.every((row, i) => row === first + i)) {
    return columns.map((column) => rangeOf(scope, column, first, first + rows.length))
  }
  return columns.map((column) => {
    if (!isCoded(column)) return gather(scope, column, rows)
    const codes = scope.allocate(Int32Array, rows.length)
    for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i] as number] as number
    return { ...column, codes, bytes: (column.bytes / column.codes.length) * rows.length }
  })
}

function rangeOf(scope: Scope, column: Column | Coded, start: number, end: number): Column | Coded {
  if (!isCoded(column)) return slice(scope, column, start, end)
  const { codes, bytes } = column
  return { ...column, codes: codes.subarray(start, end), bytes: (bytes / codes.length) * (end - start) }
}

interface Held<T> {
  readonly stretch: T
  readonly batch: Batch
}

/** Keeps a stretch's memory until it is released, whatever is asked for meanwhile. */
function hold<C, T extends Stretch>({ scope, node }: TableReadContext<C>, stretch: T): Held<T> {
  const schema = new Schema(
    stretch.columns.map((column, i) => ({ name: String(i), type: (isCoded(column) ? column.values : column).type })),
  )
  const identity = new Identity({ node, path: '' }, stretch.rows, 1)
  return { stretch, batch: new Batch(scope, schema, stretch.columns, identity).keep() }
}
