import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'

/** What every worker of a crew gets beside its work: the next range of rows that nobody has taken. */
export interface Share {
  readonly next: Int32Array
}

/** A worker's answer: when it had its last range done, in milliseconds of the wall clock, and what came of the ranges. */
export interface Done<T> {
  readonly at: number
  readonly ranges: readonly (readonly [range: number, came: T])[]
}

/** Workers that have said that they are ready, and wait. */
export interface Crew<T> {
  /** Lets them work; the seconds until the last one is done, and what came of the ranges, in their order. */
  readonly work: () => Promise<{ readonly seconds: number; readonly ranges: readonly T[] }>
  readonly close: () => void
}

/** Starts workers with a script of `contenders/` that share out ranges of rows in shared memory between them. */
export async function startCrew<T>(script: string, data: object, count: number): Promise<Crew<T>> {
  const next = new Int32Array(new SharedArrayBuffer(4))
  const path = join(import.meta.dirname, '..', 'contenders', script)
  const workers = Array.from({ length: count }, () => new Worker(path, { workerData: { ...data, next } }))
  const answers = () => Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
  await answers()
  return {
    work: async () => {
      next[0] = 0
      const started = performance.timeOrigin + performance.now()
      const answered = answers()
      for (const worker of workers) worker.postMessage('go')
      const done = (await answered) as Done<T>[]
      const ranges = done.flatMap((one) => one.ranges).sort(([a], [b]) => a - b)
      const seconds = (Math.max(...done.map(({ at }) => at)) - started) / 1000
      return { seconds, ranges: ranges.map(([, came]) => came) }
    },
    close: () => {
      for (const worker of workers) worker.postMessage('close')
    },
  }
}

/** Texts as they lie in a column: UTF-8, and where each begins and ends. */
export interface SharedTexts {
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

export function sharedTexts(texts: readonly string[]): SharedTexts {
  const encoded = texts.map((text) => Buffer.from(text))
  const offsets = new Int32Array(new SharedArrayBuffer((texts.length + 1) * 4))
  encoded.forEach((text, row) => {
    offsets[row + 1] = (offsets[row] as number) + text.length
  })
  const bytes = new Uint8Array(new SharedArrayBuffer(offsets[texts.length] as number))
  encoded.forEach((text, row) => {
    bytes.set(text, offsets[row])
  })
  return { bytes, offsets }
}
