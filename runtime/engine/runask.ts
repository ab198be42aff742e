import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RowsPage } from '../server/api/rows.ts'
import { askFolder, rowsFile } from './runplaces.ts'
import { processOf } from './runprocess.ts'

// The asker's side of a run's folder: whoever follows a run, in whatever process, asks by files; the run never waits.

export { processOf } from './runprocess.ts'

/** Asks a run to finish what is in flight and end, resumable. It looks four times a second. */
export function askStop(folder: string): void {
  mkdirSync(askFolder(folder), { recursive: true })
  writeFileSync(join(askFolder(folder), 'stop'), '')
}

/** Rows of one edge, as fresh as the run gives them. */
export interface OpenRows {
  /** The latest rows; the same object as before where nothing new has come, null where there are none yet. */
  readonly read: () => RowsPage | null
  /** Asks no longer. */
  readonly close: () => void
}

/** How often an ask says that somebody is still there; the run forgets it after five seconds. */
const touchMilliseconds = 2000

/** Asks a run for the rows of an edge (its key: `emoji.rejects → store`) until closed. Of a run that is over it reads the last ones. */
export function openRows(folder: string, edge: string): OpenRows {
  const lease = join(askFolder(folder), `rows-${process.pid}-${randomBytes(4).toString('hex')}.json`)
  const path = rowsFile(folder, edge)
  let seen = ''
  let page: RowsPage | null = null
  const ask = () => quietly(() => writeLease(folder, lease, edge))
  const touch = () => {
    const now = new Date()
    // Gone: the run began anew, or ended.
    if (!quietly(() => utimesSync(lease, now, now)) && processOf(folder)) ask()
  }
  ask()
  const timer = setInterval(touch, touchMilliseconds)
  timer.unref()
  return {
    read: () => {
      const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
      if (!stat) return page
      const now = `${stat.ino} ${stat.mtimeNs} ${stat.size}`
      if (now !== seen) {
        quietly(() => {
          page = JSON.parse(readFileSync(path, 'utf8')) as RowsPage
          seen = now
        })
      }
      return page
    },
    close: () => {
      clearInterval(timer)
      quietly(() => rmSync(lease, { force: true }))
    },
  }
}

function writeLease(folder: string, lease: string, edge: string): void {
  mkdirSync(askFolder(folder), { recursive: true })
  writeFileSync(lease, JSON.stringify({ edge }))
}

/** False where the folder does not let us: then only what the run left by itself can be read. */
function quietly(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
