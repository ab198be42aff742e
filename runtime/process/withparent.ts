import { Worker } from 'node:worker_threads'

const beatMilliseconds = 100

/** Looks for the parent where the main thread cannot: it may be inside native code, or in somebody's endless loop. */
const watch = `
const { workerData: { parent, beat, patience } } = require('node:worker_threads')
let last = -1
let since = 0
setInterval(() => {
  if (process.ppid === parent) return
  const now = Atomics.load(beat, 0)
  if (now !== last) since = performance.now()
  last = now
  if (performance.now() - since >= patience) process.kill(process.pid, 'SIGKILL')
}, ${beatMilliseconds})
`

let watched = false

/**
 * Ends this process when the one that started it is gone and its main thread does not see to that itself: when that has
 * not come back for `patience` milliseconds.
 */
export function endWithParent(patience: number): void {
  if (watched) return
  watched = true
  const beat = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(beat, 0, 1), beatMilliseconds).unref()
  const workerData = { parent: process.ppid, beat, patience }
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 }
  const worker = new Worker(watch, { eval: true, workerData, execArgv: [], env: {}, resourceLimits: limits })
  // Without it, a process that does not come back may stay: that is no reason to end now.
  worker.on('error', () => {})
  worker.unref()
}
