import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { parquetDigest } from '../contenders/parquet-digest.ts'
import { orders } from '../inputs/orders.ts'
import type { Measure, Setting } from '../runner/measure.ts'
import type { Peers } from '../runner/peers.ts'
import { type Ended, headrace, runNode } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const measure: Measure = {
  title: 'CSV → filter → derive → Parquet, against DuckDB; with --peers polars, pandas and scripts',
  about:
    "Whole processes, from start to end, with all cores: `headrace run`, and DuckDB doing the same in SQL (read_csv, COPY TO, zstd) from a Node process of its own. With --peers polars' streaming engine and pandas in chunks; and, on a tenth of the rows, Python's own csv and a Node script on csv-parse and parquetjs-lite (which knows no zstd). Every cell of the files is the same.",
  run: async (setting) => {
    const count = setting.quick ? 1_000_000 : 10_000_000
    const { peers } = setting
    const all = await compared(setting, count, peers ? fast(peers) : {})
    const few = peers ? await compared(setting, count / 10, slow(peers)) : null
    return {
      table: {
        head: ['', 'rows', ...raceHead('DuckDB'), 'rows/s', 'file'],
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

async function compared(setting: Setting, count: number, others: Record<string, Start>) {
  const { folder, say } = setting
  say(`making ${count} rows`)
  const input = await orders(count)
  const pipeline = ordersPipeline(folder, input, 'headrace')
  const copy = join(import.meta.dirname, '..', 'contenders', 'duckdb-copy.ts')
  const state = join(folder, 'state')
  const sizes: Record<string, number> = {}
  const racer = (name: string, output: string, start: Start): Racer => ({
    name,
    start: () => start(input, output),
    leaves: [output, state],
    result: async () => {
      sizes[name] = statSync(output).size
      return await parquetDigest(output)
    },
  })
  const written = join(folder, 'peer.parquet')
  const standings = await race(setting, 'DuckDB', [
    racer('Headrace', pipeline.output, () => headrace(['run', pipeline.file, '--json', '--state', state])),
    racer('DuckDB', written, (...paths) => runNode([copy, ...paths])),
    ...Object.entries(others).map(([name, start]) => racer(name, written, start)),
  ])
  const rows = standings.map((standing) => [
    standing.name,
    count.toLocaleString('en'),
    ...raceCells(standing),
    `${(count / standing.seconds.median / 1e6).toFixed(2)} M`,
    `${((sizes[standing.name] as number) / 1e6).toFixed(0)} MB`,
  ])
  return { input, standings, rows }
}
