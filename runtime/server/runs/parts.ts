import { existsSync } from 'node:fs'
import type { RunView } from '../api/runs.ts'
import type { ServerContext } from '../context.ts'
import { HttpRefusal } from '../refuse.ts'
import { Children } from './children.ts'
import { LiveRuns } from './live.ts'
import { RunRegistry } from './registry.ts'
import { SharedRows } from './sharedrows.ts'
import { attachRuns } from './socket.ts'
import { stateFinder } from './states.ts'

/** What the routes and the socket of runs work with. */
export interface RunParts {
  readonly context: ServerContext
  readonly registry: RunRegistry
  readonly children: Children
  readonly live: LiveRuns
  readonly rows: SharedRows
  /** Starts that are on their way, by the pipeline's file: what ends one before it has begun. */
  readonly starting: Map<string, AbortController>
  /** Resolves with a run's last state when it is no longer at work; null where its folder went. */
  readonly ended: (id: string, signal: AbortSignal) => Promise<RunView | null>
}

const kept = new WeakMap<ServerContext, RunParts>()

/** The runs of a server: made when first asked for, ended with it. */
export function runPartsOf(context: ServerContext): RunParts {
  const before = kept.get(context)
  if (before) return before
  const { io, log, folder, state, closing } = context
  const waiting = new Set<(run: RunView | null, id: string) => void>()
  const tell = (run: RunView | null, id: string) => {
    for (const one of waiting) one(run, id)
  }
  const registry = new RunRegistry({
    edited: folder,
    states: state ? () => [state] : stateFinder(folder),
    // A folder of runs may be shared with pipelines that lie elsewhere.
    isOurs: ({ pipeline }) => state === undefined || pipeline !== null,
    changed: (run) => {
      io.emit('run', run)
      tell(run, run.id)
    },
    gone: (id) => {
      io.emit('gone', id)
      tell(null, id)
    },
  })
  const children = new Children({ ended: (id, path, exit) => registry.noteExit(id, path, exit), log, state })
  const live = new LiveRuns((message) => log('warn', message))
  const rows = new SharedRows()
  attachRuns(io, { registry, live, rows })
  closing.push(async () => {
    await children.close()
    registry.close()
    live.close()
    rows.close()
  })
  const ended = (id: string, signal: AbortSignal) =>
    new Promise<RunView | null>((resolve) => {
      const done = (run: RunView | null) => {
        waiting.delete(look)
        signal.removeEventListener('abort', leave)
        resolve(run)
      }
      const look = (run: RunView | null, changed: string) => {
        if (changed === id && run?.status !== 'running') done(run)
      }
      const leave = () => done(null)
      waiting.add(look)
      signal.addEventListener('abort', leave)
      look(registry.get(id) ?? null, id)
    })
  const parts: RunParts = { context, registry, children, live, rows, ended, starting: new Map() }
  kept.set(context, parts)
  return parts
}

/** The run that a request means; refuses with 404 where there is none. */
export function runOf({ registry }: RunParts, id: string): RunView {
  const known = registry.get(id)
  const run = known && !existsSync(known.folder) ? registry.read(id, known.folder) : known
  if (!run)
    throw new HttpRefusal(404, `there is no run ${id}`, 'Its folder was deleted, or lies in no folder of this server.')
  return run
}
