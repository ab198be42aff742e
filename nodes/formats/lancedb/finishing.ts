import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Disk, type RunContext, syncFile } from '@headrace/runtime/sdk'
import type { Table } from '@lancedb/lancedb'
import { columnsOf } from './schema.ts'

/** LanceDB cannot train an index on fewer rows, and a scan of them takes no time. */
const leastRows = 256
/** A graph answers quickest but is built in memory; beyond this the smaller product quantisation is. */
const graphRows = 1_000_000

/** Gives each vector column an index for searches by cosine; one that is there takes the new rows in. */
export async function indexVectors(table: Table, log: RunContext<unknown>['log']): Promise<void> {
  const rows = await table.countRows()
  if (rows < leastRows) {
    log('info', `no index: ${rows} rows are searched without one, an index needs ${leastRows}`)
    return
  }
  const { Index } = await import('@lancedb/lancedb')
  const indexed = new Set((await table.listIndices()).flatMap(({ columns }) => columns))
  for (const { name, type } of (await columnsOf(table)).fields) {
    if (type.kind !== 'fixed' || type.item.kind !== 'float' || indexed.has(name)) continue
    const config =
      rows <= graphRows ? Index.hnswSq({ distanceType: 'cosine' }) : Index.ivfPq({ distanceType: 'cosine' })
    await table.createIndex(name, { config })
  }
  if (indexed.size) await table.optimize()
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * Gives what puts a table's new files on the disk, and all names from the database's folder on: Lance leaves that to the
 * system, and a commit must outlast a power cut.
 */
export function diskSync(disk: Disk, database: string, table: string): () => Promise<void> {
  const here = disk.at('store.sync')
  const synced = new Set<string>()
  return async () => {
    const folders = new Set<string>()
    const entries = await readdir(join(database, table), { recursive: true, withFileTypes: true })
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      const path = join(parentPath, name)
      if (synced.has(path)) continue
      await syncFile(here, path)
      synced.add(path)
      for (let folder = parentPath; ; folder = dirname(folder)) {
        folders.add(folder)
        if (folder === database || dirname(folder) === folder) break
      }
    }
    for (const one of folders) await here.syncFolder(one)
  }
}
