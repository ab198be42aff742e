import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, parquetOf } from '../inputs/duckdb.ts'
import { headrace, runNode } from '../runner/process.ts'
import type { Racer } from '../runner/race.ts'
import type { Work } from './work.ts'

const read = ['c1', 'c2', 'c3']

/** Parquet → filter → Parquet, 3 of 50 columns, 9 of 10 rows. */
export const wideWork: Work = {
  name: 'Parquet → Parquet',
  async racers(rows, folder, peers) {
    mkdirSync(folder, { recursive: true })
    const columns = Array.from({ length: 50 }, (_, i) =>
      i % 3 ? `(hash(i + ${i}) % 1000)::DOUBLE / 10 AS c${i}` : `'text ' || (hash(i + ${i}) % 5000)::VARCHAR AS c${i}`,
    )
    const input = await parquetOf(`wide-${rows}-v1.parquet`, `SELECT ${columns.join()} FROM range(${rows}) r(i)`)
    const written = join(folder, 'out.parquet')
    const state = join(folder, 'state')
    const file = join(folder, 'pipeline.json')
    const nodes = {
      wide: { type: 'sources/parquet', config: { path: input, columns: read } },
      keep: { type: 'transforms/filter', config: { where: 'c1 >= 10.0' } },
      store: { type: 'sinks/parquet', config: { path: written, compression: 'zstd', ifExists: 'replace' } },
    }
    const edges = [
      { from: 'wide', to: 'keep' },
      { from: 'keep', to: 'store' },
    ]
    writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
    const query = join(import.meta.dirname, '..', 'contenders', 'duckdb-query.ts')
    const select = `SELECT ${read.join()} FROM '${input}' WHERE c1 >= 10`
    const racer = (name: string, start: Racer['start']): Racer => ({
      name,
      start,
      leaves: [written, state],
      result: () => digestOf(`'${written}'`),
    })
    return [
      racer('Headrace', () => headrace(['run', file, '--json', '--state', state])),
      racer('DuckDB', () => runNode([query, written, select])),
      ...(peers ? [racer('pyarrow', () => peers.run('wide_pyarrow.py', [input, written]))] : []),
    ]
  },
}
