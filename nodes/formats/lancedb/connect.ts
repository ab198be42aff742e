import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fault, HeadraceError } from '@headrace/runtime/sdk'
import type { Connection } from '@lancedb/lancedb'

/** The folder of a table inside a database. */
export const tableFolder = (database: string, table: string): string => join(database, `${table}.lance`)

export const tableExists = async (database: string, table: string): Promise<boolean> =>
  (await stat(tableFolder(database, table)).catch(() => null)) !== null

/** Connects to a local database. `database` is absolute: LanceDB takes a bare name for one in its cloud. */
export async function connectTo(database: string): Promise<Connection> {
  // Without a choice Lance warns on standard error whenever an index is looked at.
  process.env['LANCE_INCLUDE_VECTOR_CENTROIDS'] ??= 'false'
  const { connect } = await import('@lancedb/lancedb')
  return connect(database)
}

/** The instance of apache-arrow that LanceDB uses, a CommonJS package: it takes only that one's tables as they are. */
export function arrowOfLanceDb(): typeof import('apache-arrow') {
  // A cast: `require` knows no types.
  return createRequire(import.meta.url)('apache-arrow') as typeof import('apache-arrow')
}

/** Runs a step in LanceDB; a full disk is a fault of the surroundings, anything else says which table it was. */
export async function inLanceDb<T>(table: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof HeadraceError) throw error
    const text = error instanceof Error ? error.message : String(error)
    const passing = fault(error)
    const full = passing?.code === 'ENOSPC'
    const code = full ? 'disk-full' : passing?.code === 'EIO' ? 'disk-fault' : passing?.code
    // LanceDB puts the causes and places in its sources after the first sentence.
    const first = text.split(/, \/|\n| Caused by/)[0]
    throw new HeadraceError(
      code ?? 'lancedb-refused',
      full ? `No space is left on the disk of the table "${table}".` : `LanceDB on the table "${table}": ${first}`,
      {
        cause: error,
        fault: passing !== null,
        ofRows: true,
        ...(full && { hint: 'Free some space and resume the run.' }),
      },
    )
  }
}
