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
  if (!(await tableExists(database, name))) {
    throw new HeadraceError('no-table', `There is no table "${name}" in ${database}.`, {
      place: { file: database },
      hint: 'Run the pipeline first; a table gets its name when its first run is complete.',
    })
  }
  const { fromArrow } = await import('@headrace/runtime/arrow')
  const { tableFromIPC } = await import('apache-arrow')
  const connection = await connectTo(database)
  try {
    return await inLanceDb(name, async () => {
      const table = await connection.openTable(name)
      const columns = (await table.schema()).fields.map((field) => field.name).filter((one) => one !== column)
      const indexed = (await table.listIndices()).some((index) => index.columns.includes(column))
      const search = table.vectorSearch(vector).column(column).limit(limit)
      // An index knows its own distance, asking for another one would scan; what it finds roughly is then sorted exactly.
      const nearest = indexed ? search.refineFactor(4) : search.distanceType('cosine')
      const found = await nearest.select([...columns, '_distance']).toArrow()
      const scope = new Scope(new Pool(1 << 28))
      try {
        // Through bytes, because LanceDB's instance of apache-arrow has classes of its own.
        const bytes = arrowOfLanceDb().tableToIPC(found as unknown as Table)
        return tableFromIPC(bytes).batches.flatMap((batch) => {
          const values = fromArrow(scope, batch)
          return Array.from({ length: batch.numRows }, (_, row) =>
            Object.fromEntries(
              batch.schema.fields.map(({ name: key }, i) => [key, values[i] && shown(values[i], row)]),
            ),
          )
        })
      } finally {
        scope.close()
      }
    })
  } finally {
    connection.close()
  }
}

const asText: ReadonlySet<string> = new Set(['date', 'time', 'timestamp', 'decimal'])

/** A value for people: dates, times and decimals as they are written, everything else as it is. */
function shown(column: Column, row: number): unknown {
  if (!asText.has(column.type.kind) || !isValid(column, row)) return valueAt(column, row)
  return textBy((out) => scalarWriter(column)(out, row))
}
