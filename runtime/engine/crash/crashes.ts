import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Note, type RowRange, takeNotes } from './notes.ts'
import { unpackRows } from './rows.ts'

/** A call that was at work when the process of a run crashed. */
export interface Crash {
  readonly signal: string
  /** No other call was: one of its rows is at fault. */
  readonly proved: boolean
  readonly call:
    | { readonly do: 'infer'; readonly nodes: readonly string[]; readonly rows: readonly string[] }
    | { readonly do: 'write' | 'commit'; readonly node: string; readonly split: number; readonly range?: RowRange }
}

/** What is known of the crashes of a run, kept in its folder. */
export interface Crashes {
  /** How often the run was taken up again after one. */
  readonly restarts: number
  readonly calls: readonly Crash[]
}

export const noCrashes: Crashes = { restarts: 0, calls: [] }

const fileOf = (folder: string): string => join(folder, 'crashes.json')

export function readCrashes(folder: string): Crashes {
  if (!existsSync(fileOf(folder))) return noCrashes
  return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Crashes // as `addCrash` wrote it
}

/** Adds what was at work when a signal ended the run's process; gives those calls, in words. `goesOn`: the run is taken up again. */
export function addCrash(
  folder: string,
  signal: string,
  goesOn: boolean,
): { readonly at: readonly string[]; readonly crashes: Crashes } {
  const notes = takeNotes(join(folder, 'work'))
  const before = readCrashes(folder)
  const proved = notes.length === 1
  const calls = notes.flatMap((note): Crash[] =>
    callsOf(note).map((call) => ({ signal, call, proved: proved && isOne(note) })),
  )
  const crashes = { restarts: before.restarts + (goesOn && notes.length ? 1 : 0), calls: [...before.calls, ...calls] }
  writeFileSync(`${fileOf(folder)}.new`, JSON.stringify(crashes))
  renameSync(`${fileOf(folder)}.new`, fileOf(folder))
  return { at: notes.map(inWords), crashes }
}

/** A commit of several splits says of none of them that it is at fault. */
const isOne = (note: Note): boolean => note.do !== 'commit' || note.splits.length === 1

function callsOf(note: Note): Crash['call'][] {
  if (note.do === 'infer') return [{ do: 'infer', nodes: note.nodes, rows: note.rows.flatMap(unpackRows) }]
  if (note.do === 'write') return [note]
  return note.splits.map((split) => ({
    do: 'commit',
    node: note.node,
    split,
    ...(note.range && { range: note.range }),
  }))
}

function inWords(note: Note): string {
  const rows = note.do === 'infer' ? note.rows.reduce((sum, some) => sum + some.rows, 0) : note.range?.rows
  return `${note.do === 'infer' ? note.nodes.join(', ') : note.node}${rows === undefined ? '' : `, at work on ${rows === 1 ? '1 row' : `${rows} rows`}`}`
}

/** Some call of a crash has more than one row: the next one must be told from all others. */
export const isOpen = ({ calls }: Crashes): boolean =>
  calls.some((one) => !isSingle(one) && !calls.some((other) => other !== one && explains(other, one)))

const isSingle = ({ call, proved }: Crash): boolean =>
  proved && (call.do === 'infer' ? call.rows.length === 1 : call.range?.rows === 1)

/** A proved crash in fewer rows of the same call is the reason of the one in more. */
function explains({ call, proved }: Crash, { call: whole }: Crash): boolean {
  if (!proved) return false
  if (call.do === 'infer') {
    if (whole.do !== 'infer') return false
    const rows = new Set(whole.rows)
    return call.rows.length <= whole.rows.length && call.rows.every((row) => rows.has(row))
  }
  if (whole.do === 'infer' || call.node !== whole.node || call.split !== whole.split) return false
  return (call.range?.rows ?? Number.POSITIVE_INFINITY) <= (whole.range?.rows ?? Number.POSITIVE_INFINITY)
}

/** Rows that a model must not be asked for, and those that are asked for apart from all others. */
export interface ModelSuspects {
  /** The signal that ended the process, by the row's identity. */
  readonly condemned: ReadonlyMap<string, string>
  /** A group's number, by the row's identity: they are asked for in this order, before all others. */
  readonly groups: ReadonlyMap<string, number>
}

/**
 * The first half, then the first half of what is left, and so on: tried in this order, each call halves the rows that
 * may be at fault, and only those that crash take a restart.
 */
function halves(rows: number): [from: number, to: number][] {
  const parts: [number, number][] = []
  let from = 0
  for (; rows - from > 1; from += (rows - from) >> 1) parts.push([from, from + ((rows - from) >> 1)])
  return [...parts, [from, rows]]
}

/** What crashes say of the rows of a model: a call that crashed alone is halved, any other is asked once more. */
export function modelSuspects({ calls }: Crashes, nodes: readonly string[]): ModelSuspects | null {
  const own = calls.filter(({ call }) => call.do === 'infer' && call.nodes.some((node) => nodes.includes(node)))
  if (own.length === 0) return null
  const condemned = new Map<string, string>()
  const groups = new Map<string, number>()
  let group = 0
  const add = (rows: readonly string[]) => {
    group++
    for (const row of rows) if (!groups.has(row)) groups.set(row, group)
  }
  // The newest first: it has the fewest rows.
  for (const [at, crash] of [...own.entries()].reverse()) {
    const { rows } = crash.call as Extract<Crash['call'], { do: 'infer' }>
    if (isSingle(crash)) condemned.set(rows[0] as string, crash.signal)
    else if (own.some((other, i) => i !== at && (i > at || other.proved) && explains(other, crash))) continue
    else if (!crash.proved || rows.length === 1) add(rows)
    else for (const [from, to] of halves(rows.length)) add(rows.slice(from, to))
  }
  return { condemned, groups }
}

/** What a sink is known to crash on in a split: ranges of rows, and whether only in its commit. */
export interface SinkSuspects {
  readonly how: 'write' | 'commit'
  readonly ranges: readonly (RowRange & { readonly signal: string })[]
  /** Signal of a crash with all its rows, where it is proved. */
  readonly whole: string | null
}

/** What crashes say of a sink: by split. */
export function sinkSuspects({ calls }: Crashes, node: string): Map<number, SinkSuspects> {
  const found = new Map<number, SinkSuspects>()
  for (const { call, proved, signal } of calls) {
    if (call.do === 'infer' || call.node !== node) continue
    const before = found.get(call.split) ?? { how: 'write', ranges: [], whole: null }
    found.set(call.split, {
      how: call.do === 'commit' ? 'commit' : before.how,
      ranges: call.range && proved ? [...before.ranges, { ...call.range, signal }] : before.ranges,
      whole: !call.range && proved ? signal : before.whole,
    })
  }
  return found
}
