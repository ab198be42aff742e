import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { LaneStart, ModelStart, SessionStart } from './messages.ts'

// Threads are started through thread.mjs. The first lane's may be started before anybody knows what it will do: loading
// its code takes as long as reading and checking a pipeline, and the two go on side by side.

type Start = LaneStart | ModelStart | SessionStart
type Data = { readonly entry: string; readonly start: Start | null; readonly types: readonly string[] }

const lane = './lane.ts'
let warm: Worker | null = null

/** Starts the thread of a lane that a run will soon ask for, with nodes of these types; it does not keep the process alive. */
export function warmLane(types: readonly string[]): void {
  const worker = thread(lane, null, types)
  warm = worker
  worker.unref()
  // Whoever asks for a lane gets a fresh one then, and hears why.
  worker.once('error', () => forget(worker))
  worker.once('exit', () => forget(worker))
}

function forget(worker: Worker): void {
  if (warm === worker) warm = null
}

/** Starts a thread, or hands the one that waits what it needs. */
export function startThread(entry: './lane.ts' | './modelworker.ts' | './sessions/thread.ts', start: Start): Worker {
  if (entry !== lane || !warm) return thread(entry, start)
  const worker = warm
  warm = null
  worker.ref()
  worker.postMessage(start)
  return worker
}

const thread = (entry: string, start: Start | null, types: readonly string[] = []): Worker =>
  new Worker(new URL('./thread.mjs', import.meta.url), {
    workerData: { entry: new URL(entry, import.meta.url).href, start, types } satisfies Data,
  })

/** In a thread: what it was started with, or is handed later; until then it makes itself ready. */
export async function threadStart<S extends Start>(ready?: (types: readonly string[]) => Promise<void>): Promise<S> {
  const { start, types } = workerData as Data
  if (start) return start as S
  const handed = new Promise<S>((resolve) => parentPort?.once('message', resolve))
  await ready?.(types)
  return await handed
}
