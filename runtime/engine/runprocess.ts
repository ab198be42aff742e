import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Who started a run: the editor's page, its schedule, or a command line. */
export type RunOrigin = 'page' | 'terminal' | 'schedule'

/** The process that a run is at work in, as `process.json` in the run's folder says; gone when the run has ended. */
export interface RunProcess {
  readonly pid: number
  /** ISO 8601. */
  readonly started: string
  readonly origin: RunOrigin
  /** When the system started the process, in its own ticks: a number that was given again is not this process. */
  readonly born: string | null
  /** The machine or container that it is a process of; older runs do not say. */
  readonly machine?: string
  readonly host?: string
  /** The process that waits for it, to take the run up again after a crash: while it is there the run is at work. */
  readonly guard?: { readonly pid: number; readonly born: string | null }
}

/** How often a process says that it is at work, for those who cannot look at it: other containers on the same disk. */
const beatMilliseconds = 5000
const silentMilliseconds = 30_000

const fileOf = (folder: string): string => join(folder, 'process.json')

/** Says in the run's folder that this process works on it. Best effort: a full disk ends no run here. */
export function markProcess(folder: string, origin: RunProcess['origin']): () => void {
  if (!writeMark(folder, origin)) return () => {}
  const timer = setInterval(() => beat(fileOf(folder)), beatMilliseconds).unref()
  return () => {
    clearInterval(timer)
    rmSync(fileOf(folder), { force: true })
  }
}

/** Says that a run is at work whose process crashed, until another one says so itself. */
export function holdProcess(folder: string, origin: RunProcess['origin']): () => void {
  writeMark(folder, origin)
  return () => {
    if (readMark(folder)?.pid === process.pid) rmSync(fileOf(folder), { force: true })
  }
}

function writeMark(folder: string, origin: RunProcess['origin']): boolean {
  const { pid } = process
  const waiting = guardOf()
  const guard = waiting === null ? {} : { guard: { pid: waiting, born: bornAt(waiting) } }
  const mark: RunProcess = { pid, started: new Date().toISOString(), origin, born: bornAt(pid), ...machine(), ...guard }
  try {
    const hidden = join(folder, '.process.json')
    writeFileSync(hidden, JSON.stringify(mark))
    renameSync(hidden, fileOf(folder))
    return true
  } catch {
    return false
  }
}

function readMark(folder: string): RunProcess | null {
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as RunProcess // as `writeMark` wrote it
  } catch {
    return null
  }
}

function beat(file: string): void {
  try {
    const now = new Date()
    utimesSync(file, now, now)
  } catch {
    // Its folder went, or cannot be written to: then it counts as silent.
  }
}

/** The process that works on a run now; null where the run has ended, or its process went away. */
export function processOf(folder: string): RunProcess | null {
  const mark = readMark(folder)
  if (!mark) return null
  const here = mark.machine === undefined || mark.machine === machine().machine
  const isThere = ({ pid, born }: { readonly pid: number; readonly born: string | null }) => isAlive(pid, born)
  const alive = isThere(mark) || (mark.guard !== undefined && isThere(mark.guard))
  return (here ? alive : isHeard(fileOf(folder))) ? mark : null
}

const isHeard = (file: string): boolean =>
  Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < silentMilliseconds

let own: { readonly machine: string; readonly host: string } | undefined

/** Where this process's number means this process: its machine since that was started, and its container there. */
export function machine(): { readonly machine: string; readonly host: string } {
  own ??= { machine: [readLink('/proc/self/ns/pid'), bootOf(), hostname()].filter(Boolean).join(' '), host: hostname() }
  return own
}

function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** The process that waits for this one, to take its run up again after a crash; null where none does. */
export const guardOf = (): number | null =>
  process.env['HEADRACE_SUPERVISOR'] === String(process.ppid) ? process.ppid : null

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
