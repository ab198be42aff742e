import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'

// ONNX Runtime and nothing else, as a process of its own: node bare-onnx.ts <job.json>.
// Prints { seconds, vectors }; the seconds are those of the calls alone. Each session runs in a thread of its own, for a
// call blocks the one that it is made in, and takes the next call when it is free.

/** What the process is given. */
export interface Job {
  readonly model: string
  readonly provider: string
  readonly sessions: number
  /** Threads of each session. */
  readonly threads: number
  /** Shapes of calls. */
  readonly calls: readonly (readonly [rows: number, tokens: number])[]
  /** Token ids of the texts that calls are filled with, padded as a batch is: made-up ids take 3 % less time. */
  readonly ids: readonly (readonly number[])[]
  /** Token ids of texts that are embedded one by one: mean of the tokens, length 1. */
  readonly texts: readonly (readonly number[])[]
}

interface Shared {
  readonly job: Job
  /** The next call that nobody has taken. */
  readonly next: Int32Array
}

if (isMainThread) await main(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job)
else await work(workerData as Shared)

async function main(job: Job): Promise<void> {
  const next = new Int32Array(new SharedArrayBuffer(4))
  const workerData: Shared = { job, next }
  const workers = Array.from({ length: job.sessions }, () => new Worker(new URL(import.meta.url), { workerData }))
  const answers = await Promise.all(workers.map((worker) => once(worker, 'message')))
  const started = performance.now()
  const done = workers.map((worker) => once(worker, 'message'))
  for (const worker of workers) worker.postMessage('go')
  await Promise.all(done)
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(JSON.stringify({ seconds, vectors: answers[0]?.[0] }))
}

async function work({ job, next }: Shared): Promise<void> {
  const session = await InferenceSession.create(job.model, {
    executionProviders: [job.provider],
    intraOpNumThreads: job.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: 3,
  })
  const [output = ''] = session.outputNames
  const vectors: number[][] = []
  for (const ids of job.texts) {
    const result = await session.run(feed([ids], ids.length))
    vectors.push(meanOf(result[output]?.data as Float32Array, ids.length))
  }
  const ascending = [...job.ids].sort((a, b) => a.length - b.length)
  const feeds = job.calls.map(([rows, tokens]) => {
    const longer = ascending.findIndex((ids) => ids.length > tokens)
    const end = Math.max(rows, longer < 0 ? ascending.length : longer)
    return feed(ascending.slice(end - rows, end), tokens)
  })
  parentPort?.postMessage(vectors)
  await once(parentPort as NonNullable<typeof parentPort>, 'message')
  for (let at = Atomics.add(next, 0, 1); at < feeds.length; at = Atomics.add(next, 0, 1)) {
    await session.run(feeds[at] as (typeof feeds)[number], [output])
  }
  parentPort?.postMessage('done')
  parentPort?.close()
}

/** Texts padded to so many tokens; what is longer is cut. */
function feed(texts: readonly (readonly number[])[], tokens: number) {
  const dims = [texts.length, tokens]
  const ids = new BigInt64Array(texts.length * tokens)
  const mask = new BigInt64Array(ids.length)
  for (const [row, text] of texts.entries())
    for (const [at, id] of text.slice(0, tokens).entries()) {
      ids[row * tokens + at] = BigInt(id)
      mask[row * tokens + at] = 1n
    }
  return {
    input_ids: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', mask, dims),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), dims),
  }
}

function meanOf(numbers: Float32Array, tokens: number): number[] {
  const dimension = numbers.length / tokens
  const sums = Array.from({ length: dimension }, (_, at) => {
    let sum = 0
    for (let token = 0; token < tokens; token++) sum += numbers[token * dimension + at] as number
    return sum
  })
  const length = Math.hypot(...sums)
  return sums.map((sum) => sum / length)
}
