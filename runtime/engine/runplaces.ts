import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where others ask a run for something. */
export const askFolder = (folder: string): string => join(folder, 'ask')

/** Where a run leaves the latest rows of its edges. */
export const rowsFolder = (folder: string): string => join(folder, 'rows')

/** The file of an edge's latest rows, by the edge's key: `emoji.rejects → store` is `emoji.rejects~store.json`. */
export function rowsFile(folder: string, edge: string): string {
  // An id has no `~`, so that two edges never share a name.
  const name = edge.replace(' → ', '~')
  const fits = /^[a-z0-9._~-]{1,100}$/.test(name)
  return join(rowsFolder(folder), `${fits ? name : createHash('sha256').update(edge).digest('hex').slice(0, 32)}.json`)
}
