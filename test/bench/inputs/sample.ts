import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { connectTo } from '@headrace/nodes/formats/lancedb/connect.ts'
import { loadTokenizer } from '@headrace/nodes/formats/model/tokenizer.ts'
import { bareOnnx } from '../contenders/bare.ts'
import { texts } from './texts.ts'

/** The small model of the examples. */
export const model = join(import.meta.dirname, '..', '..', '..', 'examples', 'models', 'all-minilm-l6-v2')
export const onnxFile = 'model.int8.onnx'
const mostTokens = 256
/** Texts whose vectors are compared with those of the bare runtime. */
const compared = 32

/** `alike`: the same weights, the numbers are the same to a thousandth; `close`: others, the cosine is. */
export type Compare = 'alike' | 'close'

/** Texts spread over a file, with the vectors that the bare runtime makes of each alone. */
export interface Sample {
  readonly rows: readonly number[]
  readonly vectors: readonly (readonly number[])[]
}

const samples = new Map<number, Promise<Sample>>()

/** The sample of so many texts; made once. */
export function sampleOf(count: number): Promise<Sample> {
  const known = samples.get(count) ?? makeSample(count)
  samples.set(count, known)
  return known
}

async function makeSample(count: number): Promise<Sample> {
  const rows = Array.from({ length: compared }, (_, i) => Math.floor((i * count) / compared))
  const all = await tokenIds(count)
  const texts = rows.map((row) => all[row] as readonly number[])
  const alone = { model: join(model, onnxFile), provider: 'cpu', sessions: 1, threads: 1 }
  const { vectors } = await bareOnnx({ ...alone, calls: [], ids: [], texts })
  return { rows, vectors }
}

/** The token ids of all texts, in their order, cut where the model cuts them. */
export async function tokenIds(count: number): Promise<(readonly number[])[]> {
  const { path } = await texts(count)
  const connection = await (await DuckDBInstance.create()).connect()
  const found = await connection.runAndReadAll(`SELECT text FROM '${path.replaceAll("'", "''")}' ORDER BY id`)
  connection.closeSync()
  const tokenizer = await loadTokenizer(join(model, 'tokenizer.json'), join(model, 'tokenizer_config.json'))
  return found.getRows().map(([text]) => tokenizer.encode(String(text), mostTokens).ids)
}

/** Throws where the stored vectors of the sample are others; says how many rows are stored. */
export async function compareVectors(name: string, database: string, sample: Sample, how: Compare): Promise<string> {
  const connection = await connectTo(database)
  try {
    const table = await connection.openTable('texts')
    const found = await table
      .query()
      .where(`id IN (${sample.rows.join(', ')})`)
      .select(['id', 'vector'])
      .toArray()
    const byId = new Map(
      found.map((row: { id: unknown; vector: Iterable<number> }) => [Number(row.id), [...row.vector]]),
    )
    for (const [i, row] of sample.rows.entries()) {
      const off = distance(sample.vectors[i] as readonly number[], byId.get(row) ?? [], how)
      if (!(off < (how === 'alike' ? 1e-3 : 0.015))) throw new Error(`${name}: the vector of text ${row} is ${off} off`)
    }
    return `${await table.countRows()} rows`
  } finally {
    connection.close()
  }
}

/** The largest difference of two numbers, or 1 − the cosine; NaN where the lengths differ. */
function distance(a: readonly number[], b: readonly number[], how: Compare): number {
  if (a.length !== b.length) return Number.NaN
  if (how === 'alike') return Math.max(...a.map((value, at) => Math.abs(value - (b[at] as number))))
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)
  return 1 - dot / (Math.hypot(...a) * Math.hypot(...b))
}
