import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { connectTo } from '@headrace/nodes/formats/lancedb/connect.ts'
import { loadTokenizer } from '@headrace/nodes/formats/model/tokenizer.ts'
import type { Job } from '../contenders/bare-onnx.ts'
import { texts } from '../inputs/texts.ts'
import { contest } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { megabytes, ratio, seconds } from '../runner/print.ts'
import { headrace, runNode } from '../runner/process.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const model = join(root, 'examples', 'models', 'all-minilm-l6-v2')
const onnx = join(model, 'model.int8.onnx')
const mostTokens = 256
/** Texts whose vectors are compared with those of the bare runtime. */
const compared = 32

interface Report {
  readonly modelSeconds: number
  readonly nodes: { readonly [node: string]: { readonly out: number } }
  readonly folder: string
}

const measure: Measure = {
  title: 'Parquet → embed → LanceDB, against bare ONNX Runtime',
  about:
    "`headrace run` as a whole process less the loading of its model, with all-MiniLM-L6-v2 int8; against ONNX Runtime alone running calls of the same shapes with as many threads (the shapes that Headrace cut in the same round), its loading not counted either. The vectors of a sample are compared with the bare runtime's.",
  run: async ({ quick, repeats, folder, say }) => {
    if (!existsSync(onnx)) throw new Error(`${onnx} is not there`)
    const count = quick ? 500 : 3000
    const { path, origin } = await texts(count)
    const { file, database } = pipelineOf(folder, path)
    const state = join(folder, 'state')
    const { models } = JSON.parse((await headrace(['plan', file, '--json'])).stdout) as {
      models: { threads: number }[]
    }
    const threads = models[0]?.threads ?? 1
    const jobFile = join(folder, 'job.json')
    const sample = await sampleOf(path, count)
    let calls: Job['calls'] = []

    const embed = async () => {
      for (const old of [state, database]) rmSync(old, { recursive: true, force: true })
      const ended = await headrace(['run', file, '--json', '--state', state])
      const report = JSON.parse(ended.stdout) as Report
      calls = callsOf(report.folder)
      const stored = await storedVectors(database, sample)
      const taken = ended.seconds - report.modelSeconds
      say(`Headrace: ${taken.toFixed(2)} s, ${calls.length} calls`)
      return { taken, ended, stored, rows: report.nodes['store']?.out ?? 0 }
    }
    const bare = async () => {
      writeFileSync(jobFile, JSON.stringify({ calls, texts: sample.ids } satisfies Job))
      const script = join(import.meta.dirname, '..', 'contenders', 'bare-onnx.ts')
      const ended = await runNode([script, onnx, String(threads), jobFile])
      const { seconds: taken, vectors } = JSON.parse(ended.stdout) as { seconds: number; vectors: number[][] }
      say(`ONNX Runtime: ${taken.toFixed(2)} s`)
      return { taken, ended, vectors }
    }
    const expected = (await bare()).vectors
    const rows = () => calls.reduce((sum, [some]) => sum + some, 0)
    const standings = await contest({
      baseline: 'ONNX Runtime alone',
      inOrder: true,
      repeats: repeats ?? (quick ? 2 : 5),
      contenders: [
        {
          name: 'Headrace',
          run: async () => {
            const { taken, ended, stored, rows: written } = await embed()
            compare(stored, expected)
            return { seconds: taken, result: `${written} rows`, more: { peak: ended.peak, cpu: ended.cpu } }
          },
        },
        {
          name: 'ONNX Runtime alone',
          run: async () => {
            const { taken, ended } = await bare()
            return { seconds: taken, result: `${rows()} rows`, more: { peak: ended.peak, cpu: ended.cpu } }
          },
        },
      ],
    })
    const tokens = calls.reduce((sum, [some, width]) => sum + some * width, 0)
    return {
      table: {
        head: ['', 'time', 'against ONNX Runtime', 'texts/s', 'processor time', 'peak memory'],
        rows: standings.map(({ name, seconds: taken, ratio: against, more: { peak, cpu } }) => [
          name,
          seconds(taken),
          ratio(against),
          (count / taken.median).toFixed(0),
          cpu ? seconds(cpu) : '',
          peak ? megabytes(peak) : '',
        ]),
      },
      notes: [
        `${count.toLocaleString('en')} texts (${origin}), ${calls.length} calls, ${(tokens / count).toFixed(0)} padded tokens a text, ${threads} ${threads === 1 ? 'thread' : 'threads'}; the bare runtime's processor time includes its loading.`,
      ],
      figures: { texts: count, origin, threads, calls: calls.length, paddedTokens: tokens, standings },
    }
  },
}
export default measure

function pipelineOf(folder: string, input: string): { file: string; database: string } {
  const database = join(folder, 'vectors.lance')
  const nodes = {
    texts: { type: 'sources/parquet', config: { path: input } },
    vectors: { type: 'models/embed', config: { model, file: 'model.int8.onnx', column: 'text', provider: 'cpu' } },
    store: { type: 'sinks/lancedb', config: { path: database, table: 'texts', key: 'id', ifExists: 'replace' } },
  }
  const edges = [
    { from: 'texts', to: 'vectors' },
    { from: 'vectors', to: 'store' },
  ]
  const file = join(folder, 'pipeline.json')
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
  return { file, database }
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

interface Sample {
  readonly rows: readonly number[]
  readonly ids: readonly (readonly number[])[]
}

/** Texts spread over the file, as token ids. */
async function sampleOf(path: string, count: number): Promise<Sample> {
  const rows = Array.from({ length: compared }, (_, i) => Math.floor((i * count) / compared))
  const connection = await (await DuckDBInstance.create()).connect()
  const list = rows.join(', ')
  const found = await connection.runAndReadAll(
    `SELECT text FROM '${path.replaceAll("'", "''")}' WHERE id IN (${list}) ORDER BY id`,
  )
  connection.closeSync()
  const tokenizer = await loadTokenizer(join(model, 'tokenizer.json'), join(model, 'tokenizer_config.json'))
  return { rows, ids: found.getRows().map(([text]) => tokenizer.encode(String(text), mostTokens).ids) }
}

async function storedVectors(database: string, { rows }: Sample): Promise<number[][]> {
  const connection = await connectTo(database)
  try {
    const table = await connection.openTable('texts')
    const found = await table
      .query()
      .where(`id IN (${rows.join(', ')})`)
      .select(['id', 'vector'])
      .toArray()
    const byId = new Map(
      found.map((row: { id: unknown; vector: Iterable<number> }) => [Number(row.id), [...row.vector]]),
    )
    return rows.map((row) => byId.get(row) ?? [])
  } finally {
    connection.close()
  }
}

function compare(stored: readonly number[][], expected: readonly number[][]): void {
  for (const [i, vector] of expected.entries()) {
    const other = stored[i] as number[]
    const worst = Math.max(...vector.map((value, at) => Math.abs(value - (other[at] ?? Number.NaN))))
    if (!(worst < 1e-3)) throw new Error(`the vector of sample ${i} differs by ${worst}`)
  }
}
