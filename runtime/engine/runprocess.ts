import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The process that a run is at work in, as `process.json` in the run's folder says; gone when the run has ended. */
export interface RunProcess {
  readonly pid: number
  /** ISO 8601. */
  readonly started: string
  readonly origin: 'page' | 'terminal'
  /** When the system started the process, in its own ticks: a number that was given again is not this process. */
  readonly born: string | null
}

const fileOf = (folder: string): string => join(folder, 'process.json')

/** Says in the run's folder that this process works on it. Best effort: a full disk ends no run here. */
export function markProcess(folder: string, origin: RunProcess['origin']): () => void {
  const { pid } = process
  const mark: RunProcess = { pid, started: new Date().toISOString(), origin, born: bornAt(pid) }
  try {
    const hidden = join(folder, '.process.json')
    writeFileSync(hidden, JSON.stringify(mark))
    renameSync(hidden, fileOf(folder))
  } catch {
    return () => {}
  }
  return () => rmSync(fileOf(folder), { force: true })
}

/** The process that works on a run now; null where the run has ended, or its process went away. */
export function processOf(folder: string): RunProcess | null {
  let mark: RunProcess
  try {
    mark = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as RunProcess
  } catch {
    return null
  }
  return isAlive(mark.pid, mark.born) ? mark : null
}

/** Whether a process is there: not one that took its number over, nor one that is dead and not yet collected. */
export function isAlive(pid: number, born: string | null = null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = statOf(pid)
  if (!now) return true
  return now.state !== 'Z' && now.state !== 'X' && (born === null || now.born === born)
}

/** When the system started a process, in its own ticks; null where it does not tell. */
export const bornAt = (pid: number): string | null => statOf(pid)?.born ?? null

/** State and start of a process, where the system tells them (Linux, proc(5)). */
function statOf(pid: number): { state: string; born: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold anything: what follows its end is fields 3 and on.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, born] = [fields[0], fields[19]]
    return state && born ? { state, born } : null
  } catch {
    return null
  }
}
