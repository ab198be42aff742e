import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { parquetDigest } from '../contenders/parquet-digest.ts'
import { orders } from '../inputs/orders.ts'
import { type Contender, contest, type Standing } from '../runner/contest.ts'
import type { Measure, Setting } from '../runner/measure.ts'
import type { Peers } from '../runner/peers.ts'
import { megabytes, ratio, seconds } from '../runner/print.ts'
import { type Ended, headrace, runNode } from '../runner/process.ts'

const measure: Measure = {
  title: 'CSV → filter → derive → Parquet, against DuckDB; with --peers polars, pandas and scripts',
  about:
    "Whole processes, from start to end, with all cores: `headrace run`, and DuckDB doing the same in SQL (read_csv, COPY TO, zstd) from a Node process of its own. With --peers polars' streaming engine and pandas in chunks; and, on a tenth of the rows, Python's own csv and a Node script on csv-parse and parquetjs-lite (which knows no zstd). Every cell of the files is the same.",
  run: async (setting) => {
    const count = setting.quick ? 1_000_000 : 10_000_000
    const { peers } = setting
    const all = await race(setting, count, peers ? fast(peers) : {})
    const few = peers ? await race(setting, count / 10, slow(peers)) : null
    return {
      table: {
        head: ['', 'rows', 'time', 'against DuckDB', 'rows/s', 'processor time', 'peak memory', 'file'],
        rows: [...all.rows, ...(few?.rows ?? [])],
      },
      notes: [
        `${count.toLocaleString('en')} rows, ${(statSync(all.input).size / 1e6).toFixed(0)} MB of CSV in the page cache.`,
      ],
      figures: { rows: count, standings: all.standings, ...(few && { tenth: few.standings }) },
    }
  },
}
export default measure

type Start = (input: string, output: string) => Promise<Ended>

const fast = ({ run }: Peers): Record<string, Start> => ({
  'polars, streaming': (...paths) => run('orders_polars.py', paths),
  'pandas, in chunks': (...paths) => run('orders_pandas.py', paths),
})

const slow = ({ run, node }: Peers): Record<string, Start> => ({
  "Python's csv": (...paths) => run('orders_csv.py', paths),
  'csv-parse and parquetjs-lite': (...paths) => node('orders_rows.mjs', paths),
})

async function race({ quick, repeats, folder, say }: Setting, count: number, others: Record<string, Start>) {
  say(`making ${count} rows`)
  const input = await orders(count)
  const pipeline = ordersPipeline(folder, input, 'headrace')
  const copy = join(import.meta.dirname, '..', 'contenders', 'duckdb-copy.ts')
  const state = join(folder, 'state')
  const sizes: Record<string, number> = {}
  const contender = (name: string, output: string, start: Start): Contender => ({
    name,
    run: async () => {
      rmSync(output, { force: true })
      rmSync(state, { recursive: true, force: true })
      const { seconds: taken, peak, cpu } = await start(input, output)
      say(`${name}: ${taken.toFixed(2)} s`)
      sizes[name] = statSync(output).size
      return { seconds: taken, result: await parquetDigest(output), more: { peak, cpu } }
    },
  })
  const written = join(folder, 'peer.parquet')
  const standings = await contest({
    baseline: 'DuckDB',
    repeats: repeats ?? (quick ? 2 : 5),
    contenders: [
      contender('Headrace', pipeline.output, () => headrace(['run', pipeline.file, '--json', '--state', state])),
      contender('DuckDB', written, (...paths) => runNode([copy, ...paths])),
      ...Object.entries(others).map(([name, start]) => contender(name, written, start)),
    ],
  })
  return { input, standings, rows: standings.map((standing) => cells(standing, count, sizes[standing.name] as number)) }
}

function cells({ name, seconds: taken, ratio: against, more: { peak, cpu } }: Standing, count: number, size: number) {
  return [
    name,
    count.toLocaleString('en'),
    seconds(taken),
    ratio(against),
    `${(count / taken.median / 1e6).toFixed(2)} M`,
    cpu ? seconds(cpu) : '',
    peak ? megabytes(peak) : '',
    `${(size / 1e6).toFixed(0)} MB`,
  ]
}
