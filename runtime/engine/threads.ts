import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { LaneStart, ModelStart, SessionStart } from './messages.ts'

// Threads are started through thread.mjs. A lane's may be started before anybody knows what it will do: loading its code
// takes as long as reading and checking a pipeline, or counting a file's rows, and the two go on side by side.

type Start = LaneStart | ModelStart | SessionStart
type Data = { readonly entry: string; readonly start: Start | null; readonly types: readonly string[] }

const lane = './lane.ts'
/** Threads of lanes that nobody has asked for yet. */
const warm = new Set<Worker>()

/** Starts threads of lanes that a run will soon ask for, until there are so many; they do not keep the process alive. */
export function warmLanes(lanes: number, types: readonly string[]): void {
  while (warm.size < lanes) {
    const worker = thread(lane, null, types)
    warm.add(worker)
    worker.unref()
    // Whoever asks for a lane gets a fresh one then, and hears why.
    for (const end of ['error', 'exit']) worker.once(end, () => warm.delete(worker))
  }
}

/** Starts a thread, or hands the one that waits what it needs. */
export function startThread(entry: './lane.ts' | './modelworker.ts' | './sessions/thread.ts', start: Start): Worker {
  const [worker] = entry === lane ? warm : []
  if (!worker) return thread(entry, start)
  warm.delete(worker)
  worker.ref()
  worker.postMessage(start)
  return worker
}

/**
 * The most memory for a lane's young objects: rows are in shared memory, and few objects live long. With V8's own 192 MB
 * lanes take more memory the longer they work and are no quicker (a million rows cut into chunks: 27 MB more for two).
 */
const youngMegabytes = 12

const thread = (entry: string, start: Start | null, types: readonly string[] = []): Worker =>
  new Worker(new URL('./thread.mjs', import.meta.url), {
    workerData: { entry: new URL(entry, import.meta.url).href, start, types } satisfies Data,
    ...(entry === lane && { resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } }),
  })

/** In a thread: what it was started with, or is handed later; until then it makes itself ready. */
export async function threadStart<S extends Start>(ready?: (types: readonly string[]) => Promise<void>): Promise<S> {
  const { start, types } = workerData as Data
  if (start) return start as S
  const handed = new Promise<S>((resolve) => parentPort?.once('message', resolve))
  await ready?.(types)
  return await handed
}
