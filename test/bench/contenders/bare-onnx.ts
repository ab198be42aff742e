import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { randomFrom } from '../inputs/random.ts'

// ONNX Runtime and nothing else, as a process of its own: node bare-onnx.ts <model.onnx> <threads> <job.json> <provider>.
// The job holds the shapes of calls, whose ids are made up (an encoder's time does not depend on them), and texts' ids
// that are embedded one by one: mean of the tokens, length 1. Prints { seconds, vectors }; the seconds are the calls' alone.

/** What the process is given. */
export interface Job {
  readonly calls: readonly (readonly [rows: number, tokens: number])[]
  readonly texts: readonly (readonly number[])[]
}

const [model = '', threads = '1', job = '', provider = 'cpu'] = process.argv.slice(2)
const { calls, texts } = JSON.parse(readFileSync(job, 'utf8')) as Job
const session = await InferenceSession.create(model, {
  executionProviders: [provider],
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
})
const [output = ''] = session.outputNames

const tensor = (values: BigInt64Array, dims: number[]) => new Tensor('int64', values, dims)
const feed = (ids: BigInt64Array, dims: number[]) => ({
  input_ids: tensor(ids, dims),
  attention_mask: tensor(new BigInt64Array(ids.length).fill(1n), dims),
  token_type_ids: tensor(new BigInt64Array(ids.length), dims),
})

const vectors: number[][] = []
for (const ids of texts) {
  const result = await session.run(feed(BigInt64Array.from(ids, BigInt), [1, ids.length]))
  vectors.push(meanOf(result[output]?.data as Float32Array, ids.length))
}

const random = randomFrom(3)
const feeds = calls.map(([rows, tokens]) =>
  feed(
    BigInt64Array.from({ length: rows * tokens }, () => BigInt(1000 + Math.floor(random() * 20_000))),
    [rows, tokens],
  ),
)
const started = performance.now()
for (const one of feeds) await session.run(one, [output])
const seconds = (performance.now() - started) / 1000
process.stdout.write(JSON.stringify({ seconds, vectors }))

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
