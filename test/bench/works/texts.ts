import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from '../contenders/bare-onnx.ts'
import { keep } from '../inputs/keep.ts'
import { type Compare, compareVectors, model, onnxFile, sampleOf } from '../inputs/sample.ts'
import { texts } from '../inputs/texts.ts'
import type { Peers } from '../runner/peers.ts'
import { type Ended, headrace } from '../runner/process.ts'
import type { Racer } from '../runner/race.ts'
import type { Work } from './work.ts'

/** The float32 weights lie beside the repository: they are too large for it. */
const float32 = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'models', 'all-minilm-l6-v2')
export const sentenceTorch = 'sentence-transformers, torch float32'
const sentenceOnnx = 'sentence-transformers, ONNX int8'
export const rayData = 'Ray Data'
export const handTuned = 'Python, tuned by hand'

interface Report {
  readonly modelSeconds: number
  readonly folder: string
}

/** Headrace's run of texts, and how it cut them. */
export interface EmbedRun {
  readonly racer: Racer
  /** The calls of the last run: rows × tokens. */
  readonly calls: () => Job['calls']
  /** What ONNX Runtime alone is run with: the model, and the sessions and threads that the plan gives it. */
  readonly bare: Pick<Job, 'model' | 'provider' | 'sessions' | 'threads'>
}

/** `headrace run` of Parquet → embed → LanceDB; its seconds are without the loading of the model. */
export async function embedRun(
  count: number,
  folder: string,
  { provider, file }: { provider: string; file: string } = { provider: 'cpu', file: onnxFile },
): Promise<EmbedRun> {
  mkdirSync(folder, { recursive: true })
  const { path } = await texts(count)
  const database = join(folder, 'vectors.lance')
  const state = join(folder, 'state')
  const pipeline = join(folder, 'pipeline.json')
  const nodes = {
    texts: { type: 'sources/parquet', config: { path } },
    vectors: { type: 'models/embed', config: { model, file, column: 'text', provider } },
    store: { type: 'sinks/lancedb', config: { path: database, table: 'texts', key: 'id', ifExists: 'replace' } },
  }
  const edges = [
    { from: 'texts', to: 'vectors' },
    { from: 'vectors', to: 'store' },
  ]
  writeFileSync(pipeline, JSON.stringify({ headrace: 1, nodes, edges }))
  const { models } = JSON.parse((await headrace(['plan', pipeline, '--json', '--no-estimate'])).stdout) as {
    models: { sessions: number; threads: number }[]
  }
  const { sessions = 1, threads = 1 } = models[0] ?? {}
  let calls: Job['calls'] = []
  const racer = await embedder('Headrace', count, database, 'alike', async () => {
    const ended = await headrace(['run', pipeline, '--json', '--state', state])
    const report = JSON.parse(ended.stdout) as Report
    calls = callsOf(report.folder)
    return ended
  })
  return {
    racer: { ...racer, leaves: [database, state] },
    calls: () => calls,
    bare: { model: join(model, file), provider, sessions, threads },
  }
}

/** The same by hand in Python. */
export const tunedRun = async (count: number, folder: string, { run }: Peers): Promise<Racer> => {
  const { path } = await texts(count)
  return embedder(handTuned, count, join(folder, 'tuned.lance'), 'alike', (database) =>
    run('texts_tuned.py', [path, model, onnxFile, database]),
  )
}

/** Those that bring torch or Ray with them; `say` tells who is missing. */
export async function heavyRuns(
  count: number,
  folder: string,
  peers: Peers | null,
  say: (text: string) => void,
): Promise<Racer[]> {
  const heavy = peers?.heavy
  if (!heavy) return []
  const { path } = await texts(count)
  const racer = (name: string, compare: Compare, start: (database: string) => Promise<Ended>) =>
    embedder(name, count, join(folder, 'heavy.lance'), compare, start)
  const int8 = await racer(sentenceOnnx, 'alike', (database) =>
    heavy('texts_sentence.py', [path, model, onnxFile, database]),
  )
  if (!existsSync(join(float32, 'model.onnx'))) {
    say(`skipped: ${sentenceTorch} and ${rayData}, for the float32 weights are not beside the repository`)
    return [int8]
  }
  const weights = await keep(
    'all-minilm-l6-v2-torch',
    async (target) => void (await heavy('minilm_weights.py', [float32, target])),
  ).catch((error: Error) => say(`skipped: ${sentenceTorch} and ${rayData}, for ${error.message}`))
  if (!weights) return [int8]
  return [
    await racer(sentenceTorch, 'close', (database) => heavy('texts_sentence.py', [path, weights, 'torch', database])),
    int8,
    await racer(rayData, 'close', (database) => heavy('texts_ray.py', [path, weights, database])),
  ]
}

export const textsWork: Work = {
  name: 'Parquet → embed → LanceDB',
  racers: async (rows, folder, peers) => [
    (await embedRun(rows, folder)).racer,
    ...(peers ? [await tunedRun(rows, folder, peers), ...(await heavyRuns(rows, folder, peers, () => {}))] : []),
  ],
}

/** A process that says how long it loaded its model, which does not count, and whose vectors are compared. */
async function embedder(
  name: string,
  count: number,
  database: string,
  compare: Compare,
  start: (database: string) => Promise<Ended>,
): Promise<Racer> {
  const sample = await sampleOf(count)
  return {
    name,
    leaves: [database],
    start: async () => {
      const ended = await start(database)
      const { modelSeconds } = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as Report
      return { ...ended, seconds: ended.seconds - modelSeconds }
    },
    result: () => compareVectors(name, database, sample, compare),
  }
}

/** The calls that the run's log names: rows × tokens. */
function callsOf(runFolder: string): Job['calls'] {
  const lines = readFileSync(join(runFolder, 'run.log'), 'utf8').split('\n').filter(Boolean)
  const calls = lines
    .map((line) => (JSON.parse(line) as { message: string }).message)
    .filter((message) => message.startsWith('calls '))
    .flatMap((message) => message.slice('calls '.length).split(' '))
    .map((shape) => shape.split('×').map(Number) as [number, number])
  if (calls.length === 0) throw new Error(`no calls in the log of ${readdirSync(runFolder).join(', ')}`)
  return calls
}
