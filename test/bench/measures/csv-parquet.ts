import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { parquetDigest } from '../contenders/parquet-digest.ts'
import { orders } from '../inputs/orders.ts'
import { type Contender, contest } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { megabytes, ratio, seconds } from '../runner/print.ts'
import { headrace, runNode } from '../runner/process.ts'

const measure: Measure = {
  title: 'CSV → filter → derive → Parquet, against DuckDB',
  about:
    'Whole processes, from start to end, with all cores: `headrace run`, and DuckDB doing the same in SQL (read_csv, COPY TO, zstd) from a Node process of its own. Every cell of the two files is the same.',
  run: async ({ quick, repeats, folder, say }) => {
    const count = quick ? 1_000_000 : 10_000_000
    say(`making ${count} rows`)
    const input = await orders(count)
    const pipeline = ordersPipeline(folder, input, 'headrace')
    const duckdb = join(folder, 'duckdb.parquet')
    const copy = join(import.meta.dirname, '..', 'contenders', 'duckdb-copy.ts')
    const state = join(folder, 'state')
    const sizes: Record<string, number> = {}
    const contender = (name: string, output: string, start: () => ReturnType<typeof runNode>): Contender => ({
      name,
      run: async () => {
        rmSync(output, { force: true })
        rmSync(state, { recursive: true, force: true })
        const { seconds: taken, peak, cpu } = await start()
        say(`${name}: ${taken.toFixed(2)} s`)
        sizes[name] = statSync(output).size
        return { seconds: taken, result: await parquetDigest(output), more: { peak, cpu } }
      },
    })
    const standings = await contest({
      baseline: 'DuckDB',
      repeats: repeats ?? (quick ? 2 : 3),
      contenders: [
        contender('Headrace', pipeline.output, () => headrace(['run', pipeline.file, '--json', '--state', state])),
        contender('DuckDB', duckdb, () => runNode([copy, input, duckdb])),
      ],
    })
    const rows = standings.map(({ name, seconds: taken, ratio: against, more: { peak, cpu } }) => [
      name,
      seconds(taken),
      ratio(against),
      `${(count / taken.median / 1e6).toFixed(2)} M`,
      cpu ? seconds(cpu) : '',
      peak ? megabytes(peak) : '',
      `${((sizes[name] as number) / 1e6).toFixed(0)} MB`,
    ])
    return {
      table: { head: ['', 'time', 'against DuckDB', 'rows/s', 'processor time', 'peak memory', 'file'], rows },
      notes: [
        `${count.toLocaleString('en')} rows, ${(statSync(input).size / 1e6).toFixed(0)} MB of CSV in the page cache.`,
      ],
      figures: { rows: count, standings, sizes },
    }
  },
}
export default measure
