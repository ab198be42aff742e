import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { edgeKey } from '../pipeline/live.ts'
import type { Counters } from './counters.ts'
import type { FlowPlan } from './flowplan.ts'
import { rowsFile, rowsFolder } from './runplaces.ts'
import type { TappedRows } from './taps.ts'

export interface EdgeRowsOptions {
  readonly folder: string
  readonly flow: FlowPlan
  readonly counters: Counters
  /** Milliseconds since the run started. */
  readonly elapsed: () => number
  /** Told once where pages cannot be written: rows to look at are not worth a run. */
  readonly warn: (message: string) => void
}

interface EdgeState {
  readonly index: number
  readonly path: string
  /** Its latest rows, and when they passed. */
  page: { readonly text: string; readonly at: number; written: boolean } | null
  /** When its flag was set last. */
  armed: number
  watched: boolean
}

/** So many characters of pages wait in memory for the run's end; more go to their files at once. */
const mostKept = 16 << 20
/** A run that ends sooner writes its pages once, at its end. */
const patienceMilliseconds = 3000
/** So many pages that nobody watches are written at a look. */
const pagesAtOnce = 2

/**
 * The latest rows of every edge. For an edge that somebody watches a page is asked of the lanes at each look and written
 * at once; of the others one now and then, so that after the run the rows of every edge can still be looked at.
 */
export class EdgeRows {
  /** A flag an edge, for the lanes. */
  readonly flags: Int32Array
  readonly #options: EdgeRowsOptions
  readonly #edges: ReadonlyMap<string, EdgeState>
  readonly #byIndex: readonly EdgeState[]
  #kept = 0
  #warned = false

  constructor(options: EdgeRowsOptions) {
    this.#options = options
    const { flow, folder } = options
    this.flags = new Int32Array(new SharedArrayBuffer(Math.max(4, flow.edges.length * 4))).fill(1)
    const states = flow.edges.map((edge): [string, EdgeState] => {
      const key = edgeKey(edge)
      return [key, { index: edge.index, path: rowsFile(folder, key), page: null, armed: 0, watched: false }]
    })
    this.#edges = new Map(states)
    this.#byIndex = states.map(([, state]) => state)
  }

  /** A look, four times a second: asks for the next rows of the edges that are watched, and of those that are due. */
  look(watched: ReadonlySet<string>): void {
    const now = this.#options.elapsed()
    // At first every second, later more rarely: a long run ends with rows of its last moments, and pays nothing for it.
    const pause = Math.min(15_000, Math.max(1000, now / 4))
    for (const [key, state] of this.#edges) {
      state.watched = watched.has(key)
      if (state.watched) this.#write(state)
      if (!state.watched && now - state.armed < pause) continue
      state.armed = now
      Atomics.store(this.flags, state.index, 1)
    }
    if (now > patienceMilliseconds) this.#writeSome()
  }

  /** Now and then also what nobody watches: a run that is killed leaves rows to look at, too. */
  #writeSome(): void {
    const unwritten = this.#byIndex.filter(({ page }) => page && !page.written)
    const oldest = unwritten.sort((a, b) => (a.page?.at ?? 0) - (b.page?.at ?? 0))
    for (const state of oldest.slice(0, pagesAtOnce)) this.#write(state)
  }

  /** Rows that a lane has copied. */
  take({ edge, text }: TappedRows): void {
    const state = this.#byIndex.find(({ index }) => index === edge)
    if (!state) return
    this.#kept += text.length - (state.page?.text.length ?? 0)
    state.page = { text, at: this.#options.elapsed(), written: false }
    if (state.watched) this.#write(state)
    if (this.#kept > mostKept) this.#release()
  }

  /** At the run's end: the last rows of every edge, with how many passed in all. */
  finish(): void {
    for (const state of this.#byIndex) {
      if (state.page) state.page.written = false
      this.#write(state)
    }
  }

  #release(): void {
    for (const state of this.#byIndex) {
      this.#write(state)
      state.page = null
    }
    this.#kept = 0
  }

  #write(state: EdgeState): void {
    const { page, path, index } = state
    if (!page || page.written) return
    page.written = true
    const { counters, folder } = this.#options
    const head = `{"total":${counters.edge(index, 'rows', 0)},"at":${Math.round(page.at)},`
    const hidden = join(dirname(path), `.${basename(path)}`)
    try {
      mkdirSync(rowsFolder(folder), { recursive: true })
      writeFileSync(hidden, head + page.text.slice(1))
      renameSync(hidden, path)
    } catch (error) {
      removeQuietly(hidden)
      if (!this.#warned) this.#options.warn(`rows of edges cannot be shown: ${(error as Error).message}`)
      this.#warned = true
    }
  }
}

/** What is left of a page that did not fit takes room that the run needs. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // It is not there, or its folder is not: there is nothing to be gained.
  }
}
