import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { bornAt, HeadraceError, isAlive } from '@headrace/runtime/sdk'

type Owner = {
  readonly pid: number
  /** When the system started it: its number may be another's by now. */
  readonly born?: string | null
  readonly host: string
  readonly process: string
  readonly run: string
}

/** Tells this process from an earlier one that had the same number, as in a container that was started again. */
const thisProcess = randomUUID()

/** Takes the only writer's place of a table; gives what leaves it again. A lock whose process is gone is taken over. */
export async function lockTable(file: string, table: string, run: string): Promise<() => Promise<void>> {
  const owner: Owner = { pid: process.pid, born: bornAt(process.pid), host: hostname(), process: thisProcess, run }
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, JSON.stringify(owner), { flag: 'wx' })
      let held = true
      return async () => {
        // What is there after that is somebody else's.
        if (held) await rm(file, { force: true })
        held = false
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const other = await readOwner(file)
    if (other && isAtWork(other)) throw locked(file, table, other)
    await rm(file, { force: true })
  }
  throw locked(file, table, await readOwner(file))
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    // A cast: only `lockTable` writes this file; one that is torn or gone belongs to nobody.
    return JSON.parse(await readFile(file, 'utf8')) as Owner
  } catch {
    return null
  }
}

function isAtWork({ pid, born, host, process: id }: Owner): boolean {
  if (host !== hostname()) return true
  if (pid === process.pid) return id === thisProcess
  // One that was killed and that nobody has collected yet writes no more.
  return isAlive(pid, born ?? null)
}

const locked = (file: string, table: string, owner: Owner | null): HeadraceError =>
  new HeadraceError(
    'table-locked',
    `Run ${owner?.run} (process ${owner?.pid} on ${owner?.host}) is writing to the table "${table}".`,
    { place: { file }, hint: `Wait until it ends. If that process is gone, delete ${file}.` },
  )
