import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetOf } from '../inputs/duckdb.ts'
import { events } from '../inputs/events.ts'
import { orders } from '../inputs/orders.ts'
import { tableInputs } from '../inputs/tables.ts'
import { texts } from '../inputs/texts.ts'
import { type Spread, spread } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { ratio, seconds } from '../runner/print.ts'
import { headrace } from '../runner/process.ts'

/** How far an estimate may be from the truth. */
const aim = 0.3

interface Case {
  readonly rows: number
  readonly input: string
  readonly nodes: (input: string, output: string) => Record<string, { type: string; config: object }>
  readonly edges: readonly string[]
}

const file = (path: string, type: string) => ({ type: `sinks/${type}`, config: { path, ifExists: 'replace' } })
const model = join(import.meta.dirname, '..', '..', '..', 'examples', 'models', 'all-minilm-l6-v2')

/** As the benchmarks of the same names have them. */
async function casesOf(quick: boolean): Promise<Record<string, Case>> {
  const some = (rows: number, few: number) => (quick ? few : rows)
  const csv = some(10_000_000, 1_000_000)
  const ndjson = some(5_000_000, 200_000)
  const wide = some(2_000_000, 200_000)
  const embedded = some(3000, 500)
  const sorted = some(5_000_000, 1_000_000)
  const columns = Array.from({ length: 50 }, (_, i) =>
    i % 3 ? `(hash(i + ${i}) % 1000)::DOUBLE / 10 AS c${i}` : `'text ' || (hash(i + ${i}) % 5000)::VARCHAR AS c${i}`,
  )
  return {
    'csv-parquet': {
      rows: csv,
      input: await orders(csv),
      nodes: (path, out) => ({
        orders: { type: 'sources/csv', config: { path } },
        keep: {
          type: 'transforms/filter',
          config: { where: 'price > 100.0 && language != "fr" || count * 2 > 100' },
        },
        more: {
          type: 'transforms/derive',
          config: { columns: { total: 'price * count', label: 'upper(language) + "-" + item' } },
        },
        store: file(`${out}.parquet`, 'parquet'),
      }),
      edges: ['orders keep', 'keep more', 'more store'],
    },
    'ndjson-route': {
      rows: ndjson,
      input: await events(ndjson),
      nodes: (path, out) => ({
        events: { type: 'sources/ndjson', config: { path } },
        flat: { type: 'transforms/derive', config: { columns: { country: 'user.country', name: 'user.name' } } },
        few: { type: 'transforms/select', config: { columns: ['id', 'kind', 'country', 'name', 'amount'] } },
        apart: { type: 'transforms/route', config: { routes: [{ port: 'paid', where: 'kind == "paid"' }] } },
        paid: file(`${out}-paid.ndjson`, 'ndjson'),
        other: file(`${out}-other.ndjson`, 'ndjson'),
      }),
      edges: ['events flat', 'flat few', 'few apart', 'apart.paid paid', 'apart.otherwise other'],
    },
    'parquet-parquet': {
      rows: wide,
      input: await parquetOf(`wide-${wide}-v1.parquet`, `SELECT ${columns.join()} FROM range(${wide}) r(i)`),
      nodes: (path, out) => ({
        wide: { type: 'sources/parquet', config: { path, columns: ['c1', 'c2', 'c3'] } },
        keep: { type: 'transforms/filter', config: { where: 'c1 >= 10.0' } },
        store: file(`${out}.parquet`, 'parquet'),
      }),
      edges: ['wide keep', 'keep store'],
    },
    embed: {
      rows: embedded,
      input: (await texts(embedded)).path,
      nodes: (path, out) => ({
        texts: { type: 'sources/parquet', config: { path } },
        vectors: { type: 'models/embed', config: { model, file: 'model.int8.onnx', column: 'text', provider: 'cpu' } },
        store: {
          type: 'sinks/lancedb',
          config: { path: `${out}.lance`, table: 'texts', key: 'id', ifExists: 'replace' },
        },
      }),
      edges: ['texts vectors', 'vectors store'],
    },
    sort: {
      rows: sorted,
      input: (await tableInputs(sorted)).orders,
      nodes: (path, out) => ({
        orders: { type: 'sources/parquet', config: { path } },
        sort: { type: 'transforms/sort', config: { by: ['price', 'id'] } },
        store: file(`${out}.parquet`, 'parquet'),
      }),
      edges: ['orders sort', 'sort store'],
    },
  }
}

interface Estimate {
  readonly seconds: number
  readonly low: number
  readonly high: number
  readonly from: string
}

const measure: Measure = {
  title: "The plan's estimate, against the run",
  about:
    'What `headrace plan --json` expects the whole command to take, against what `headrace run` then takes, one after the other: by some rows that are tried, with no earlier run to go by; and by the run before. A ratio of 1.2 is a fifth too long. The aim is 0.7 to 1.3.',
  run: async ({ quick, repeats, folder, say }) => {
    const rows: string[][] = []
    const figures: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(await casesOf(quick))) {
      const found = await compared(name, one, { folder, rounds: repeats ?? (quick ? 2 : 5), say })
      figures[name] = found
      const { run, tried, before, taken, within } = found
      rows.push([
        name,
        one.rows.toLocaleString('en'),
        seconds(run),
        ratio(tried),
        ratio(before),
        seconds(taken),
        `${Math.round(within * 100)} %`,
        Math.abs(tried.median - 1) <= aim ? 'yes' : 'no',
      ])
    }
    const head = ['', 'rows', 'run', 'by tried rows', 'by the run before', 'planning', 'within low–high', 'within 30 %']
    return { table: { head, rows }, notes: [], figures }
  },
}
export default measure

async function compared(
  name: string,
  { input, nodes, edges }: Case,
  { folder, rounds, say }: { folder: string; rounds: number; say: (text: string) => void },
) {
  const output = join(folder, `${name}-out`)
  const pipeline = join(folder, `${name}.json`)
  const state = join(folder, `${name}-state`)
  const pairs = edges.map((edge) => edge.split(' ')).map(([from, to]) => ({ from, to }))
  writeFileSync(pipeline, JSON.stringify({ headrace: 1, nodes: nodes(input, output), edges: pairs }))
  const plan = async () => {
    const { stdout, seconds: taken } = await headrace(['plan', pipeline, '--json', '--state', state])
    const { estimate, noEstimate } = JSON.parse(stdout) as { estimate: Estimate | null; noEstimate?: string }
    if (!estimate) throw new Error(`no estimate of ${name}: ${noEstimate}`)
    return { estimate, taken }
  }
  const found = { run: [] as number[], tried: [] as number[], before: [] as number[], taken: [] as number[] }
  let within = 0
  for (let round = 0; round < rounds; round++) {
    rmSync(state, { recursive: true, force: true })
    const { estimate, taken } = await plan()
    const { seconds: truth } = await headrace(['run', pipeline, '--json', '--state', state])
    const { estimate: again } = await plan()
    if (estimate.from !== 'calibration') throw new Error(`${name}: the estimate is from ${estimate.from}`)
    say(
      `${name}: ${estimate.seconds} s (${estimate.low}–${estimate.high}), ${truth.toFixed(2)} s, then ${again.seconds}`,
    )
    found.run.push(truth)
    found.tried.push(estimate.seconds / truth)
    found.before.push(again.seconds / truth)
    found.taken.push(taken)
    if (truth >= estimate.low && truth <= estimate.high) within++
  }
  const spreads = Object.fromEntries(Object.entries(found).map(([what, values]) => [what, spread(values)]))
  return { ...(spreads as Record<keyof typeof found, Spread>), within: within / rounds }
}
