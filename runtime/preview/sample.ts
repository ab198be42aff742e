import { isAbsolute, join } from 'node:path'
import { pinnedSource } from '../drift/source.ts'
import type { Batch } from '../memory/index.ts'
import type { SourceContext, SourceNode, SourceProbe, SourceReject, Split } from '../sdk/node.ts'

/** How much of a source a preview reads at most. */
export interface SampleLimits {
  readonly rows: number
  readonly bytes: number
}

/** A source that gives its first rows, and whether these are all. */
export interface Sample {
  readonly definition: SourceNode
  readonly split: Split
  /** Once it is read: the sample is everything there is. */
  readonly complete: () => boolean
}

/** Makes a source of another's first rows; reading stops where the limits are reached. */
export async function sampleOf(
  definition: SourceNode,
  { config, probe, folder, signal }: { config: unknown; probe: SourceProbe; folder: string; signal: AbortSignal },
  limits: SampleLimits,
): Promise<Sample> {
  const resolve = (path: string) => (isAbsolute(path) ? path : join(folder, path))
  // The settings were checked against the node's own schema.
  const about = { config: config as never, probe, resolve }
  const pinned = pinnedSource(definition)
  const split = pinned.whole
    ? await pinned.whole(about)
    : joined(await pinned.splits({ ...about, signal, target: limits }))
  const covered = new Set(split.parts.map(({ path }) => path))
  const all = probe.files.every(({ path, size }) => size === 0 || covered.has(path))
  const state = { ended: false }
  const read = (context: SourceContext<unknown>) => firstRows(definition, context, limits, state)
  return { definition: { ...definition, read }, split, complete: () => state.ended && all }
}

/** All splits as one: whoever reads it stops soon. */
const joined = (splits: readonly Split[]): Split => ({
  parts: splits.flatMap(({ parts }) => parts),
  bytes: splits.reduce((sum, { bytes }) => sum + bytes, 0),
})

async function* firstRows(
  definition: SourceNode,
  context: SourceContext<unknown>,
  limits: SampleLimits,
  state: { ended: boolean },
): AsyncGenerator<Batch> {
  const enough = new AbortController()
  let pending: SourceReject[] = []
  let rejected = 0
  const reject = (one: SourceReject) => {
    pending.push(one)
    // A source that rejects everything yields nothing, and would be read to its end.
    if (++rejected >= limits.rows) enough.abort()
  }
  const pass = (wanted: (one: SourceReject) => boolean) => {
    for (const one of pending) if (wanted(one)) context.reject(one)
    pending = []
  }
  let rows = 0
  let bytes = 0
  try {
    const signal = AbortSignal.any([context.signal, enough.signal])
    for await (const batch of definition.read({ ...context, signal, reject } as SourceContext<never>)) {
      // What comes after the last row of the sample shows that it is not all.
      if (rows >= limits.rows || bytes >= limits.bytes) return
      const taken = Math.min(batch.rows, limits.rows - rows)
      const kept = taken < batch.rows ? batch.slice(0, taken) : batch
      const last = kept.identity.number(taken - 1)
      const { path } = batch.identity.origin
      pass((one) => taken === batch.rows || one.path !== path || one.row < last)
      rows += taken
      bytes += (batch.bytes * taken) / Math.max(1, batch.rows)
      yield kept
      if (taken < batch.rows) return
    }
    state.ended = true
  } catch (error) {
    if (!enough.signal.aborted || context.signal.aborted) throw error
  }
  pass(() => true)
}
