import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { parquetDigest } from '../contenders/parquet-digest.ts'
import { orders } from '../inputs/orders.ts'
import { type Ended, headrace, runNode } from '../runner/process.ts'
import type { Racer } from '../runner/race.ts'
import type { Work } from './work.ts'

type Start = (input: string, output: string) => Promise<Ended>

/** CSV → filter, derive → Parquet: those that take seconds for millions of rows. */
export const ordersWork: Work = {
  name: 'CSV → Parquet',
  racers: (rows, folder, peers) =>
    racersOf(rows, folder, {
      ...(peers && {
        'polars, streaming': (...paths) => peers.run('orders_polars.py', paths),
        'pandas, in chunks': (...paths) => peers.run('orders_pandas.py', paths),
      }),
    }),
}

/** The same, with those that go row by row. */
export const ordersRowByRow: Work = {
  name: 'CSV → Parquet, row by row',
  racers: (rows, folder, peers) => {
    const node = peers?.node
    return racersOf(rows, folder, {
      ...(peers && { "Python's csv": (...paths) => peers.run('orders_csv.py', paths) }),
      ...(node && { 'csv-parse and parquetjs-lite': (...paths) => node('orders_rows.mjs', paths) }),
    })
  },
}

async function racersOf(rows: number, folder: string, others: Record<string, Start>): Promise<Racer[]> {
  mkdirSync(folder, { recursive: true })
  const input = await orders(rows)
  const pipeline = ordersPipeline(folder, input, 'headrace')
  const state = join(folder, 'state')
  const written = join(folder, 'peer.parquet')
  const copy = join(import.meta.dirname, '..', 'contenders', 'duckdb-copy.ts')
  const racer = (name: string, output: string, start: Start): Racer => ({
    name,
    start: () => start(input, output),
    leaves: [output, state],
    result: () => parquetDigest(output),
  })
  return [
    racer('Headrace', pipeline.output, () => headrace(['run', pipeline.file, '--json', '--state', state])),
    racer('DuckDB', written, (...paths) => runNode([copy, ...paths])),
    ...Object.entries(others).map(([name, start]) => racer(name, written, start)),
  ]
}
