import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { orders } from '../bench/inputs/orders.ts'
import { events, mixed } from './inputs.ts'

type Nodes = { readonly [id: string]: readonly [type: string, config: object] }

/** A pipeline whose memory is watched. */
export interface Watched {
  readonly name: string
  /** Where the rows are: what grows with `rows`, for one that is run with a million and with ten. */
  readonly nodes: (rows: number, folder: string) => Promise<Nodes> | Nodes
  /** Edges, where the nodes do not just follow one another. */
  readonly edges?: readonly (readonly [from: string, to: string])[]
  /** The rows of a short run and of a long one. */
  readonly rows: readonly [short: number, long: number]
}

const root = join(import.meta.dirname, '..', '..')
const million = 1e6
/** The small model of the examples. */
export const model = join(root, 'examples', 'models', 'all-minilm-l6-v2')
const out = (name: string) => ({ path: `out/${name}`, ifExists: 'replace' })

const generated = (rows: number, columns: Record<string, string>) =>
  ['sources/generate', { rows, columns: { id: 'sequence', ...columns } }] as const

/** What each stage of the engine does with memory, one pipeline each. */
export const watched: readonly Watched[] = [
  {
    name: 'CSV → filter → derive → Parquet',
    rows: [million, 10 * million],
    nodes: async (rows) => ({
      in: ['sources/csv', { path: await orders(rows) }],
      keep: ['transforms/filter', { where: 'price > 100.0 && language != "fr" || count * 2 > 100' }],
      more: ['transforms/derive', { columns: { total: 'price * count', label: 'upper(language) + "-" + item' } }],
      store: ['sinks/parquet', out('orders.parquet')],
    }),
  },
  {
    name: 'NDJSON → CSV',
    rows: [million, 10 * million],
    nodes: async (rows) => ({
      in: ['sources/ndjson', { path: await events(rows) }],
      store: ['sinks/csv', out('events.csv')],
    }),
  },
  {
    name: 'vectors → LanceDB, upsert',
    rows: [200_000, 2 * million],
    nodes: (rows) => ({
      in: generated(rows, { text: 'words(3, 12)', vector: 'vector(64)' }),
      store: ['sinks/lancedb', { path: 'out/store', table: 'rows', key: 'id', ifExists: 'replace' }],
    }),
  },
  {
    name: 'CSV → Parquet by language',
    rows: [million, 10 * million],
    nodes: async (rows) => ({
      in: ['sources/csv', { path: await orders(rows) }],
      store: ['sinks/parquet', { ...out('parts/'), partitionBy: ['language'] }],
    }),
  },
  {
    name: 'sort (DuckDB) → NDJSON',
    rows: [million, 10 * million],
    nodes: (rows) => ({
      in: generated(rows, { price: 'float(0, 1000)', item: 'words(2, 5)' }),
      order: ['transforms/sort', { by: ['price'] }],
      store: ['sinks/ndjson', out('sorted.ndjson')],
    }),
  },
  {
    name: 'join (DuckDB) → Parquet',
    rows: [million, 10 * million],
    nodes: (rows) => ({
      left: generated(rows, { customer: 'int(1, 100000)', price: 'float(0, 1000)' }),
      right: ['sources/generate', { rows: 100_000, columns: { customer: 'sequence', name: 'words(2, 4)' } }],
      join: ['transforms/join', { on: ['customer'] }],
      store: ['sinks/parquet', out('joined.parquet')],
    }),
    edges: [
      ['left', 'join.left'],
      ['right', 'join.right'],
      ['join', 'store'],
    ],
  },
  {
    name: 'texts → embed → NDJSON',
    rows: [2000, 20_000],
    nodes: (rows) => ({
      in: generated(rows, { text: 'text(20, 1000)' }),
      vectors: ['models/embed', { model, column: 'text' }],
      store: ['sinks/ndjson', out('vectors.ndjson')],
    }),
  },
  {
    name: 'CSV → a slow model',
    rows: [100_000, million],
    nodes: (rows) => ({
      in: generated(rows, { n: 'sequence', text: 'text(200, 2000)' }),
      model: ['models/picky', { milliseconds: 2 }],
      store: ['sinks/none', {}],
    }),
  },
  {
    name: 'CSV → a sink that stalls',
    rows: [million, 10 * million],
    nodes: async (rows) => ({
      in: ['sources/csv', { path: await orders(rows) }],
      store: ['sinks/sleepy', { milliseconds: 5, commitMilliseconds: 300 }],
    }),
  },
  ...(['csv', 'ndjson'] as const).map((format) => ({
    name: `${format === 'csv' ? 'CSV' : 'NDJSON'}, rows of 1 byte to 64 MB → derive → Parquet`,
    rows: [5000, 50_000] as const,
    nodes: async (rows: number): Promise<Nodes> => ({
      in: [`sources/${format}`, { path: await mixed(format, rows) }],
      more: ['transforms/derive', { columns: { twice: 'text + text' } }],
      store: ['sinks/parquet', out(`mixed-${format}.parquet`)],
    }),
  })),
]

/** Writes a watched pipeline for so many rows; its file. */
export async function writeWatched({ nodes, edges }: Watched, rows: number, folder: string): Promise<string> {
  const made = await nodes(rows, folder)
  const ids = Object.keys(made)
  const pairs = edges ?? ids.slice(1).map((to, i) => [ids[i] as string, to] as const)
  const pipeline = {
    headrace: 1,
    settings: { errorLimit: 1e9 },
    nodes: Object.fromEntries(Object.entries(made).map(([id, [type, config]]) => [id, { type, config }])),
    edges: pairs.map(([from, to]) => ({ from, to })),
  }
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'pipeline.json')
  writeFileSync(file, JSON.stringify(pipeline))
  return file
}
