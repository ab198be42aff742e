import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { processOf } from '../../engine/runask.ts'
import type { RunView } from '../api/runs.ts'
import { type Exit, readRun } from './view.ts'

export interface RegistryOptions {
  /** The folder that is edited: runs of its pipelines have ids in it. */
  readonly edited: string
  /** The folders that may hold runs, `.headrace` of each pipeline's folder; asked again at each look. */
  readonly states: () => readonly string[]
  readonly isOurs: (run: RunView) => boolean
  /** A run began, changed, or ended. */
  readonly changed: (run: RunView) => void
  readonly gone: (id: string) => void
}

/** How often the folders are looked at: what a terminal starts shows within two seconds, a death within one. */
const lookMilliseconds = 400
/** How often new folders of runs are looked for: that costs a stat for each folder below the edited one. */
const findMilliseconds = 1000
/** After something began or ended in a folder of runs it is looked at closely for so long. */
const closeMilliseconds = 6000

interface Kept {
  readonly view: RunView
  /** The time of the folder's last change: files come and go there when a run begins and ends. */
  readonly mark: number
}

interface StateFolder {
  mark: string
  closeUntil: number
}

/**
 * The runs of all pipelines in the edited folder, whoever started them. A look costs two calls of stat for a folder of
 * runs in which nothing began or ended (`runs` and `locks` change then), however many runs it holds.
 */
export class RunRegistry {
  readonly #options: RegistryOptions
  readonly #runs = new Map<string, Kept>()
  readonly #states = new Map<string, StateFolder>()
  readonly #exits = new Map<string, Exit>()
  readonly #timer: NodeJS.Timeout
  #listed: RunView[] | null = null
  #found = Number.NEGATIVE_INFINITY

  constructor(options: RegistryOptions) {
    this.#options = options
    this.look()
    this.#timer = setInterval(() => this.look(), lookMilliseconds).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** All runs, or those of one pipeline, newest first. */
  list(pipeline?: string): readonly RunView[] {
    this.#listed ??= [...this.#runs.values()]
      .map(({ view }) => view)
      .sort((a, b) => b.started - a.started || (a.id < b.id ? 1 : -1))
    return pipeline === undefined ? this.#listed : this.#listed.filter((run) => run.pipeline === pipeline)
  }

  get(id: string): RunView | undefined {
    return this.#runs.get(id)?.view
  }

  /** The folders that hold runs, as far as they are known. */
  states(): readonly string[] {
    return [...this.#states.keys()]
  }

  /** The run of a pipeline's file that is at work. */
  atWork(file: string): RunView | undefined {
    return this.list().find((run) => run.file === file && run.status === 'running')
  }

  /** Looks for what began, changed or ended since the last look. */
  look(): void {
    if (performance.now() - this.#found >= findMilliseconds) this.#find()
    // Runs stay in the list when the pipeline beside them is gone.
    for (const [state, known] of this.#states) this.#lookInto(state, known)
    for (const [id, { view }] of this.#runs) {
      if (view.status === 'running' && !processOf(view.folder)) this.read(id, view.folder)
    }
  }

  /** Reads a run's folder now; undefined where it holds none. */
  read(id: string, path: string): RunView | undefined {
    const mark = modified(path)
    let view: RunView | undefined
    try {
      if (mark !== 0) view = readRun(path, this.#options.edited, this.#exits.get(id))
    } catch {
      // Deleted between two calls, or not a run: it is shown as neither.
    }
    if (!view || !this.#options.isOurs(view)) {
      this.#forget(id)
      return undefined
    }
    const before = this.#runs.get(id)?.view
    this.#runs.set(id, { view, mark })
    if (before && JSON.stringify(before) === JSON.stringify(view)) return before
    this.#listed = null
    this.#options.changed(view)
    return view
  }

  /** Notes how a run's process ended; null: it is at work again. */
  noteExit(id: string, path: string, exit: Exit | null): void {
    if (exit) this.#exits.set(id, { ...this.#exits.get(id), ...exit })
    else this.#exits.delete(id)
    this.read(id, path)
  }

  /** Notes that a reader wishes a run's process to end at once, so that its end is told as that. */
  noteKill(id: string): void {
    this.#exits.set(id, { code: null, signal: 'SIGKILL', killed: true })
  }

  #find(): void {
    this.#found = performance.now()
    for (const state of this.#options.states()) {
      if (!this.#states.has(state)) this.#states.set(state, { mark: '', closeUntil: 0 })
    }
  }

  #lookInto(state: string, known: StateFolder): void {
    const runs = join(state, 'runs')
    const mark = `${modified(runs)} ${modified(join(state, 'locks'))}`
    const now = Date.now()
    if (mark !== known.mark) known.closeUntil = known.mark === '' ? now : now + closeMilliseconds
    if (mark === known.mark && now > known.closeUntil) return
    known.mark = mark
    this.#readAll(runs)
  }

  #readAll(runs: string): void {
    const names = new Set(namesIn(runs))
    for (const name of names) {
      const path = join(runs, name)
      if (this.#runs.get(name)?.mark !== modified(path)) this.read(name, path)
    }
    for (const [id, { view }] of this.#runs) {
      if (dirname(view.folder) === runs && !names.has(basename(view.folder))) this.#forget(id)
    }
  }

  #forget(id: string): void {
    this.#exits.delete(id)
    if (!this.#runs.delete(id)) return
    this.#listed = null
    this.#options.gone(id)
  }
}

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}
