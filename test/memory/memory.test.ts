import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { observe } from './observer.ts'
import { model, type Watched, watched } from './pipelines.ts'
import { watch } from './watched.ts'

const noProc = readdirSync('/').includes('proc') ? false : 'there is no /proc here to look into'

/** A loaded machine takes its time; what is looked at is memory. */
const patience = 240_000

/** Rows of a short run, and the cap: small enough that a leak or an unbounded queue would be above the plan. */
const short: readonly (readonly [name: RegExp, rows: number, memory: string])[] = [
  [/^CSV → filter/, 200_000, '64MB'],
  [/^NDJSON → CSV/, 300_000, '64MB'],
  [/slow model/, 20_000, '64MB'],
  [/stalls/, 200_000, '64MB'],
  [/^CSV, rows of 1 byte/, 1000, '128MB'],
  [/^NDJSON, rows of 1 byte/, 1000, '256MB'],
]

/** Code that runs before the command line does. */
const before = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
const large = 'const large = Buffer.alloc(200e6, 1); setTimeout(() => large.length, 1000)'

test.skipIf(noProc)('the observer sees what a process has resident, and what its children have', async () => {
  const idle = await observe(['--version'])
  expect(idle).toMatchObject({ code: 0 })
  const grown = await observe(['--version'], { node: before(large) })
  expect(grown.peak - idle.peak).toBeGreaterThan(150e6)
  const child = `import('node:child_process').then((m) => m.spawn(process.execPath, ['-e', '${large}']))`
  const parent = await observe(['--version'], { node: before(child) })
  expect(Math.max(...parent.samples.map(({ processes }) => processes))).toBe(2)
  expect(parent.peak - idle.peak).toBeGreaterThan(150e6)
})

test.skipIf(noProc).each(short)(
  'seen from outside, %s stays below what plan expects',
  async (name, rows, memory) => {
    const pipeline = watched.find((one) => name.test(one.name)) as Watched
    const { report, peak, expected } = await watch(pipeline, rows, ['--memory', memory, '--workers', '2'])
    expect(report).toMatchObject({ status: 'done', balanced: true })
    expect(peak).toBeGreaterThan(0)
    expect(peak).toBeLessThanOrEqual(expected)
  },
  patience,
)

/** A kilobyte a row, and rows of words. */
const vectors = { id: 'sequence', vector: 'vector(256)' }
const words = { id: 'sequence', text: 'words(3, 12)' }

const alone = ['--memory', '64MB', '--workers', '1']

type Nodes = Record<string, readonly [type: string, config: object]>

const embedding: Nodes = {
  vectors: ['models/embed', { model, column: 'text', provider: 'cpu' }],
  out: ['sinks/none', {}],
}
const long = { id: 'sequence', text: 'words(20, 120)' }

/** One engine each at the work that takes most of it: a full row group, a full commit. */
const engines: readonly (readonly [
  name: string,
  rows: number,
  columns: object,
  nodes: Nodes,
  args: readonly string[],
])[] = [
  ['Node', 150_000, words, { out: ['sinks/none', {}] }, alone],
  ['parquet-wasm', 60_000, vectors, { out: ['sinks/parquet', { path: 'out.parquet' }] }, alone],
  ['LanceDB', 60_000, vectors, { out: ['sinks/lancedb', { path: 'store', table: 'rows' }] }, alone],
  ['DuckDB', 100_000, words, { order: ['transforms/sort', { by: ['text'] }], out: ['sinks/none', {}] }, alone],
  ['a model', 100, words, embedding, alone],
  ['a model with three sessions', 400, long, embedding, ['--memory', '800MB', '--workers', '3']],
]

test.skipIf(noProc).each(engines)(
  'what plan says %s takes is what it takes: no less, and not twice as much',
  async (name, rows, columns, nodes, args) => {
    const pipeline: Watched = {
      name,
      rows: [rows, rows],
      nodes: () => ({ in: ['sources/generate', { rows, columns }], ...nodes }),
    }
    const { report, peak, cap, expected } = await watch(pipeline, rows, args)
    expect(report).toMatchObject({ status: 'done' })
    const fixed = expected / 1.1 - cap
    // Rows on their way take little of the cap here.
    expect(peak).toBeLessThanOrEqual(fixed + 32e6)
    expect(peak).toBeGreaterThan(fixed * 0.45)
  },
  patience,
)
