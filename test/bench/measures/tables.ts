import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableInputs } from '../inputs/tables.ts'
import { type Contender, contest } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { megabytes, ratio, seconds } from '../runner/print.ts'
import { headrace, runNode } from '../runner/process.ts'

interface Case {
  readonly name: string
  /** Nodes between the sources and the sink, and the edges between them; `orders` and `customers` are sources. */
  readonly nodes: Record<string, { type: string; config: object }>
  readonly edges: readonly (readonly [from: string, to: string])[]
  readonly query: (orders: string, customers: string) => string
  readonly ordered: boolean
}

const cases: readonly Case[] = [
  {
    name: 'join and aggregate',
    nodes: {
      join: { type: 'transforms/join', config: { keys: ['customer'] } },
      totals: {
        type: 'transforms/aggregate',
        config: { by: ['region'], columns: { orders: 'count()', total: 'sum(count)', most: 'max(price)' } },
      },
    },
    edges: [
      ['orders', 'join.left'],
      ['customers', 'join.right'],
      ['join', 'totals'],
      ['totals', 'out'],
    ],
    query: (orders, customers) =>
      `SELECT region, count(*) AS orders, sum(count)::BIGINT AS total, max(price) AS most FROM ${orders} JOIN ${customers} USING (customer) GROUP BY region`,
    ordered: false,
  },
  {
    name: 'the same in one query (sql)',
    nodes: {
      totals: {
        type: 'transforms/sql',
        config: {
          query:
            'SELECT region, count(*) AS orders, sum(count)::BIGINT AS total, max(price) AS most FROM orders JOIN customers USING (customer) GROUP BY region',
        },
      },
    },
    edges: [
      ['orders', 'totals.orders'],
      ['customers', 'totals.customers'],
      ['totals', 'out'],
    ],
    query: (orders, customers) =>
      `SELECT region, count(*) AS orders, sum(count)::BIGINT AS total, max(price) AS most FROM ${orders} JOIN ${customers} USING (customer) GROUP BY region`,
    ordered: false,
  },
  {
    name: 'sort',
    nodes: { sort: { type: 'transforms/sort', config: { by: ['price', 'id'] } } },
    edges: [
      ['orders', 'sort'],
      ['sort', 'out'],
    ],
    query: (orders) => `SELECT * FROM ${orders} ORDER BY price, id`,
    ordered: true,
  },
  {
    name: 'dedupe',
    nodes: { dedupe: { type: 'transforms/dedupe', config: { key: ['customer', 'price', 'count', 'item'] } } },
    edges: [
      ['orders', 'dedupe'],
      ['dedupe', 'out'],
    ],
    query: (orders) =>
      `SELECT * FROM ${orders} QUALIFY row_number() OVER (PARTITION BY customer, price, count, item ORDER BY id) = 1 ORDER BY id`,
    ordered: true,
  },
]

const measure: Measure = {
  title: 'Join and aggregate, sort, dedupe, against DuckDB',
  about:
    'Whole processes, from Parquet to Parquet (zstd), with all cores and 1 GB: `headrace run`, and DuckDB with the same query (COPY TO) from a Node process of its own. The rows of the two files are the same, in the same order where there is one. A ratio of 1.43 is 0.7 of DuckDB’s speed.',
  run: async ({ quick, repeats, folder, say }) => {
    const count = quick ? 1_000_000 : 5_000_000
    say(`making ${count} rows`)
    const inputs = await tableInputs(count)
    const state = join(folder, 'state')
    const rows: string[][] = []
    const figures: Record<string, unknown> = { rows: count }
    for (const one of cases) {
      const query = one.query(`'${inputs.orders}'`, `'${inputs.customers}'`)
      const pipeline = writePipeline(folder, inputs, one)
      const duckdb = join(folder, 'duckdb.parquet')
      const copy = join(import.meta.dirname, '..', 'contenders', 'duckdb-query.ts')
      const contender = (name: string, output: string, start: () => ReturnType<typeof runNode>): Contender => ({
        name,
        run: async () => {
          rmSync(output, { force: true })
          rmSync(state, { recursive: true, force: true })
          const { seconds: taken, peak, cpu } = await start()
          say(`${one.name}, ${name}: ${taken.toFixed(2)} s`)
          return { seconds: taken, result: await digest(output, one.ordered), more: { peak, cpu } }
        },
      })
      const standings = await contest({
        baseline: 'DuckDB',
        repeats: repeats ?? (quick ? 3 : 5),
        contenders: [
          contender('Headrace', pipeline.output, () =>
            headrace(['run', pipeline.file, '--json', '--memory', '1GB', '--state', state]),
          ),
          contender('DuckDB', duckdb, () => runNode([copy, duckdb, query])),
        ],
      })
      figures[one.name] = standings
      for (const { name, seconds: taken, ratio: against, more } of standings) {
        const { peak, cpu } = more
        rows.push([
          one.name,
          name,
          seconds(taken),
          ratio(against),
          cpu ? seconds(cpu) : '',
          peak ? megabytes(peak) : '',
        ])
      }
    }
    return {
      table: { head: ['', '', 'time', 'against DuckDB', 'processor time', 'peak memory'], rows },
      notes: [`${count.toLocaleString('en')} orders of five columns, ${(count / 10).toLocaleString('en')} customers.`],
      figures,
    }
  },
}
export default measure

function writePipeline(folder: string, inputs: { orders: string; customers: string }, { nodes, edges }: Case) {
  const output = join(folder, 'headrace.parquet')
  const file = join(folder, 'pipeline.json')
  const used = new Set(edges.map(([from]) => from))
  const sources = Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => used.has(name))
      .map(([name, path]) => [name, { type: 'sources/parquet', config: { path } }]),
  )
  const out = { type: 'sinks/parquet', config: { path: output, compression: 'zstd', ifExists: 'replace' } }
  const all = { ...sources, ...nodes, out }
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes: all, edges: edges.map(([from, to]) => ({ from, to })) }))
  return { file, output }
}

/** A hash of all rows, of their order too where it counts. */
async function digest(path: string, ordered: boolean): Promise<string> {
  const connection = await (await DuckDBInstance.create()).connect()
  const place = ordered ? 'file_row_number, ' : ''
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::VARCHAR, bit_xor(hash(${place}row))::VARCHAR FROM (SELECT concat_ws('|', *COLUMNS(*)) AS row, ${ordered ? 'row_number() OVER ()' : '0'} AS file_row_number FROM read_parquet('${path}'))`,
  )
  connection.closeSync()
  return reader.getRows().join()
}
