import { Worker } from 'node:worker_threads'
import { stopwatch } from './clock.ts'

const milliseconds = 150

const spin = `
const { parentPort } = require('node:worker_threads')
parentPort.once('message', () => {
  const until = performance.now() + ${milliseconds}
  while (performance.now() < until);
  parentPort.postMessage('done')
})
parentPort.postMessage('ready')
`

/**
 * How many processors so many threads get now, beside whatever others are at: neither the number of cores nor the load
 * says that where the system shares them among groups, or gives a container a part of them.
 */
export async function freeCores(threads: number): Promise<number> {
  const workers = Array.from({ length: threads }, () => new Worker(spin, { eval: true, execArgv: [] }))
  const heard = () =>
    Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.once('message', () => resolve())
            worker.once('error', reject)
          }),
      ),
    )
  await heard()
  const done = heard()
  const watch = stopwatch()
  for (const worker of workers) worker.postMessage('go')
  await done
  const { wall, cpu } = watch()
  const free = cpu / wall
  // Waking up takes a moment, too.
  return free > threads * 0.9 ? threads : Math.max(0.05, free)
}
