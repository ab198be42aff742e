import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeadraceError } from '../pipeline/problem.ts'
import { bornAt, guardOf, isAlive, machine } from './runprocess.ts'
import { makeStateFolder, noStateFolder } from './statefolder.ts'

/** A pipeline that is this process's until it lets go of it, or ends in whatever way. */
export interface RunLock {
  /** The run that begins under it. */
  readonly runId: string
  readonly release: () => void
}

/** What to do where another run of the pipeline is at work. */
export interface LockOptions {
  /** Wait for its end, so many seconds at most. Without it the start is refused. */
  readonly wait?: number
  /** Says whom it waits for. */
  readonly onWait?: (whom: string) => void
  readonly signal?: AbortSignal
}

/** Who holds a pipeline. */
interface Holder {
  readonly runId: string
  readonly pid: number
  readonly born: string | null
  readonly machine: string
  readonly host: string
  /** The process that waits for it: where that one is gone, this one is about to be. */
  readonly guard?: { readonly pid: number; readonly born: string | null }
}

const lookMilliseconds = 200
/** So long a holder that has not written its name yet, or is ending in this moment, is given. */
const graceMilliseconds = 3000

/**
 * Only one run of a pipeline at a time: a lock of the operating system on a file, which ends with the process however
 * that ends. SQLite is Node's only door to such locks. It holds between containers that share a disk, too, where the
 * number of a process says nothing.
 */
export async function lockPipeline(
  state: string,
  pipelineFile: string,
  runId: string,
  { wait, onWait, signal }: LockOptions = {},
): Promise<RunLock> {
  const { DatabaseSync: Database } = await import('node:sqlite')
  const locks = makeStateFolder(state, 'locks')
  const name = join(locks, lockName(pipelineFile))
  const start = performance.now()
  let told = false
  for (;;) {
    const held = tryLock(state, `${name}.held`, Database)
    if (held) return keep(held, name, runId)
    const waited = performance.now() - start
    const holder = readHolder(`${name}.json`)
    if (holder || waited > graceMilliseconds) {
      const whom = holder ? nameOf(holder) : 'another run of this pipeline is starting'
      if (wait === undefined) throw anotherRun(whom, 'Wait until it has ended (--wait), or stop it.')
      if (waited > wait * 1000) throw anotherRun(`${whom}, still after ${wait} s`, 'Wait longer, or stop it.')
      if (!told) onWait?.(whom)
      told = true
    }
    await sleep(lookMilliseconds, null, signal ? { signal } : {})
  }
}

const anotherRun = (whom: string, hint: string) => new HeadraceError('another-run', whom, { hint })

/** Two names of one file are one pipeline. */
function lockName(pipelineFile: string): string {
  const file = existsSync(pipelineFile) ? realpathSync(pipelineFile) : pipelineFile
  return `${basename(file)}-${createHash('sha256').update(file).digest('hex').slice(0, 12)}`
}

/** SQLITE_BUSY, SQLITE_LOCKED. */
const taken = new Set([5, 6])

function tryLock(state: string, path: string, Database: typeof DatabaseSync): DatabaseSync | null {
  let database: DatabaseSync | undefined
  try {
    database = new Database(path)
    // Nothing is ever written: the file stays empty, and its locks are all that it is for.
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (taken.has((error as { errcode?: number }).errcode ?? 0)) return null
    throw noStateFolder(state, error)
  }
}

function keep(database: DatabaseSync, name: string, runId: string): RunLock {
  const { pid } = process
  const guard = guardOf()
  const waits = guard === null ? {} : { guard: { pid: guard, born: bornAt(guard) } }
  const holder: Holder = { runId, pid, born: bornAt(pid), ...machine(), ...waits }
  const file = `${name}.json`
  try {
    writeFileSync(`${file}.new`, JSON.stringify(holder))
    renameSync(`${file}.new`, file)
  } catch {
    // A full disk: who holds it cannot be told, and nobody else gets it all the same.
  }
  return {
    runId,
    release: () => {
      if (!database.isOpen) return
      rmSync(file, { force: true })
      database.close()
    },
  }
}

/** Who wrote that the pipeline is theirs; null where that one is known to be gone: its successor is about to write. */
function readHolder(file: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Holder // as `keep` wrote it
    const here = holder.machine === machine().machine
    const { guard } = holder
    const leaves = !isAlive(holder.pid, holder.born) || (guard !== undefined && !isAlive(guard.pid, guard.born))
    return here && leaves ? null : holder
  } catch {
    return null
  }
}

function nameOf(holder: Holder): string {
  const where = holder.machine === machine().machine ? '' : ` on ${holder.host}`
  return `run ${holder.runId} of this pipeline is at work (process ${holder.pid}${where})`
}
