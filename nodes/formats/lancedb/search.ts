import { readdir } from 'node:fs/promises'
import { type Column, HeadraceError, isValid, Pool, Scope, valueAt } from '@headrace/runtime/sdk'
import { scalarWriter, textBy } from '@headrace/runtime/text'
import type { Table } from 'apache-arrow'
import { arrowOfLanceDb, connectTo, inLanceDb, tableExists } from './connect.ts'

/** The rows nearest to a vector by cosine, nearest first, with `_distance`; the vector itself is left out. */
export async function nearestRows(
  database: string,
  name: string,
  { column, vector, limit }: { column: string; vector: Float32Array; limit: number },
): Promise<Record<string, unknown>[]> {
  const stored = (await tableExists(database, name)) ? name : await growingTable(database, name)
  if (stored === null) {
    throw new HeadraceError('no-table', `nothing is stored yet: there is no table "${name}" in ${database}.`, {
      place: { file: database },
      hint: 'Run the pipeline first.',
    })
  }
  const connection = await connectTo(database)
  try {
    return await inLanceDb(name, async () => {
      const table = await connection.openTable(stored)
      const columns = (await table.schema()).fields.map((field) => field.name).filter((one) => one !== column)
      const indexed = (await table.listIndices()).some((index) => index.columns.includes(column))
      const search = table.vectorSearch(vector).column(column).limit(limit)
      // An index knows its own distance, asking for another one would scan; what it finds roughly is then sorted exactly.
      const nearest = indexed ? search.refineFactor(4) : search.distanceType('cosine')
      const found = await nearest.select([...columns, '_distance']).toArrow()
      const scope = new Scope(new Pool(1 << 28))
      try {
        return await rowsOf(found, scope, shown)
      } finally {
        scope.close()
      }
    })
  } finally {
    connection.close()
  }
}

/** The rows of an answer, each value as `read` gives it; columns are made in `scope`. */
export async function rowsOf(
  found: unknown,
  scope: Scope,
  read: (column: Column, row: number) => unknown,
): Promise<Record<string, unknown>[]> {
  const { fromArrow } = await import('@headrace/runtime/arrow')
  const { tableFromIPC } = await import('apache-arrow')
  // Through bytes, because LanceDB's instance of apache-arrow has classes of its own.
  const bytes = arrowOfLanceDb().tableToIPC(found as Table)
  return tableFromIPC(bytes).batches.flatMap((batch) => {
    const values = fromArrow(scope, batch)
    return Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(batch.schema.fields.map(({ name: key }, i) => [key, values[i] && read(values[i], row)])),
    )
  })
}

/** The table that a first run is filling: it has its own name only when it is complete. The newest, or null. */
export async function growingTable(database: string, name: string): Promise<string | null> {
  const entries = await readdir(database).catch(() => [])
  const hidden = entries.filter((entry) => entry.startsWith(`.${name}.`) && entry.endsWith('.lance')).sort()
  return hidden.at(-1)?.slice(0, -'.lance'.length) ?? null
}

const asText: ReadonlySet<string> = new Set(['date', 'time', 'timestamp', 'decimal'])

/** A value for people: dates, times and decimals as they are written, everything else as it is. */
function shown(column: Column, row: number): unknown {
  if (!asText.has(column.type.kind) || !isValid(column, row)) return valueAt(column, row)
  return textBy((out) => scalarWriter(column)(out, row))
}
