import { type Crashes, sinkSuspects } from '../crash/crashes.ts'
import type { FlowPlan } from '../flowplan.ts'
import type { Progress } from '../progress.ts'
import type { Apart } from './apart.ts'

/** What is known of the sinks of a run that take rows in parts: from crashes, and from an earlier start. */
export class KnownApart {
  readonly #sinks: ReadonlyMap<string, ReturnType<typeof sinkSuspects>>
  readonly #progress: Progress

  constructor(flow: FlowPlan, crashes: Crashes, progress: Progress) {
    const sinks = flow.nodes.filter(({ kind }) => kind === 'sink')
    this.#sinks = new Map(sinks.map(({ id }) => [id, sinkSuspects(crashes, id)]))
    this.#progress = progress
  }

  /** By sink the splits that it makes durable in parts. */
  get toCommit(): ReadonlyMap<string, ReadonlySet<number>> {
    return new Map(
      [...this.#sinks].map(([sink, splits]) => {
        const crashed = [...splits].filter(([, { how }]) => how === 'commit').map(([split]) => split)
        return [sink, new Set([...crashed, ...(this.#progress.parts.get(sink)?.keys() ?? [])])]
      }),
    )
  }

  /** How a split's rows go to its sinks in parts; `now`: the one that makes them durable so now. */
  of(
    split: number,
    now?: { readonly sink: string; readonly failed: string | null },
  ): { readonly [sink: string]: Apart } {
    const found: Record<string, Apart> = {}
    for (const [sink, splits] of this.#sinks) {
      const crashes = splits.get(split) ?? null
      const done = this.#progress.parts.get(sink)?.get(split) ?? null
      // Durable as a whole, and run again for the books: its rejected rows are known, and must be the same.
      const again = done !== null && this.#progress.committed.get(sink)?.has(split)
      if (again) found[sink] = { how: 'commit', failed: null, crashes: null, done }
      else if (sink === now?.sink) {
        found[sink] = { how: 'commit', failed: now.failed, crashes, done }
      } else if (crashes?.how === 'write') found[sink] = { how: 'write', failed: null, crashes, done: null }
    }
    return found
  }
}
