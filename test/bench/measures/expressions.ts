import { createRequire } from 'node:module'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { Batch, Pool, Scope } from '@headrace/runtime/sdk'
import { Bench } from '@headrace/runtime/testing'
import { absent, type Columns, compare, type Filter, mixed, prefix, total, within } from '../contenders/loops.ts'
import { batchesOf, batchRows, type Row, rowsOf, schema, writeRows } from '../inputs/rows.ts'
import { type Aim, speedAim } from '../runner/aims.ts'
import { type Bars, timeBars } from '../runner/bars.ts'
import { type Contender, contest } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { milliseconds, ratio } from '../runner/print.ts'

interface Case {
  readonly name: string
  readonly cel: string
  readonly sql: string
  /** The loop; null for a derived column. */
  readonly filter: Filter | null
  /** What cel-js as it is published understands; null where it has nothing that says the same. */
  readonly published: string | null
}

const cases: readonly Case[] = [
  { name: 'compare', cel: 'price > 100.0', sql: 'price > 100.0', filter: compare, published: 'price > 100.0' },
  {
    name: 'mixed',
    cel: 'price > 100.0 && lang == "de" || n * 2 > 50',
    sql: "price > 100.0 AND lang = 'de' OR n * 2 > 50",
    filter: mixed,
    published: 'price > 100.0 && lang == "de" || n * 2 > 50',
  },
  {
    name: 'arithmetic',
    cel: 'price * n + 0.5',
    sql: 'price * n + 0.5',
    filter: null,
    published: 'price * double(n) + 0.5',
  },
  {
    name: 'prefix',
    cel: 'item.startsWith("amber")',
    sql: "starts_with(item, 'amber')",
    filter: prefix,
    published: 'item.startsWith("amber")',
  },
  {
    name: 'in',
    cel: 'lang in ["de", "fr", "ja"]',
    sql: "lang IN ('de', 'fr', 'ja')",
    filter: within,
    published: 'lang in ["de", "fr", "ja"]',
  },
  {
    name: 'null',
    cel: 'discount != null && discount > 5.0',
    sql: 'discount IS NOT NULL AND discount > 5.0',
    filter: absent,
    published: null,
  },
]

const loop = 'loop over typed arrays'
const published = 'cel-js, row by row'

const measure: Measure = {
  title: 'Expressions over ten million rows',
  about:
    'A condition that keeps rows, or a derived column, all on one core: by Headrace over columns (a condition includes picking the rows and the books); by a JavaScript loop over the same typed arrays, written by hand for this one expression; by DuckDB with one thread, which counts or sums; and by cel-js over objects, row by row, on fewer rows. Making columns, objects and tables is not counted. Time is of so many rows.',
  run: async ({ quick, repeats, folder, say }) => {
    const distinct = quick ? 100_000 : 1_000_000
    const times = 10
    const few = distinct / 10
    const count = distinct * times
    say(`making ${count} rows`)
    const rows = rowsOf(distinct)
    const pool = new Pool(1 << 30)
    const batches = batchesOf(pool, rows)
    const sql = await duckdbTable(join(folder, 'rows.ndjson'), rows, times)
    const cel = await celJs()
    const table: string[][] = []
    const aims: Aim[] = []
    const bars: Bars[] = []
    const figures: Record<string, unknown> = { rows: count }
    for (const one of cases) {
      say(one.name)
      const contenders = [
        headrace(pool, batches, one, times),
        byHand(batches, one, times),
        duckdb(sql, one),
        ...(one.published ? [rowByRow(rows, few, times, !one.filter, cel(one.published))] : []),
      ]
      const standings = await contest({ baseline: loop, repeats: repeats ?? (quick ? 3 : 7), warmups: 2, contenders })
      for (const { name, seconds, ratio: against } of standings) {
        const cells = [name, milliseconds(seconds), ratio(against), ((seconds.median / count) * 1e9).toFixed(1)]
        table.push([`${one.name}: \`${one.cel.replaceAll('|', '\\|')}\``, ...cells])
      }
      figures[one.name] = standings
      aims.push(speedAim('S6', standings, loop, 0.5, { of: `${one.name}: ${loop}` }))
      if (one.published) aims.push(speedAim('S6', standings, published, 10, { of: `${one.name}: ${published}` }))
      bars.push(timeBars(`${one.cel}, ${count.toLocaleString('en')} rows`, standings, one.name))
    }
    return {
      table: { head: ['', '', 'time', `against the ${loop}`, 'ns a row'], rows: table },
      notes: [
        `${count.toLocaleString('en')} rows, ${distinct.toLocaleString('en')} of them distinct; cel-js went over ${few.toLocaleString('en')} of them, and its time is what all would take.`,
        'cel-js as it is published has nothing that compares a number with null; it is asked for `price * double(n)`, for it does not mix types.',
      ],
      figures,
      aims,
      bars,
    }
  },
}
export default measure

/** A sum as a text that does not depend on the order in which it was added up. */
const about = (sum: number): string => `about ${Math.round(sum / 100)}00`

/** A contender's time is scaled to all rows; its digest is taken outside of it. */
const timed = (name: string, scale: number, pass: () => unknown, digest: () => string): Contender => ({
  name,
  run: async () => {
    const started = performance.now()
    await pass()
    return { seconds: ((performance.now() - started) / 1000) * scale, result: digest() }
  },
})

function headrace(pool: Pool, batches: readonly Batch[], { cel, filter }: Case, times: number): Contender {
  const evaluate = new Bench().context({}, new Scope(pool)).expression(cel, schema, filter ? 'bool' : undefined)
  const over = (use: (batch: Batch) => void) => {
    for (const { columns, identity } of batches) {
      // What a batch makes goes with its scope, as in a run.
      const scope = new Scope(pool)
      use(new Batch(scope, schema, columns, identity))
      scope.close()
    }
  }
  let kept = 0
  const condition = () => over((batch) => void (kept += batch.where(evaluate(batch).column).rows))
  const derived = () => over((batch) => void evaluate(batch))
  const pass = filter ? condition : derived
  return timed(
    'Headrace',
    1,
    () => {
      kept = 0
      for (let time = 0; time < times; time++) pass()
    },
    () => {
      if (filter) return String(kept)
      let sum = 0
      over((batch) => {
        const values = evaluate(batch).column.values as Float64Array
        for (let row = 0; row < batch.rows; row++) sum += values[row] as number
      })
      return about(sum * times)
    },
  )
}

function byHand(batches: readonly Batch[], { filter }: Case, times: number): Contender {
  const all = batches.map((batch) => ({
    rows: batch.rows,
    columns: Object.fromEntries(schema.fields.map(({ name }) => [name, batch.column(name)])) as unknown as Columns,
  }))
  const places = new Int32Array(batchRows)
  const numbers = new Float64Array(batchRows)
  let kept = 0
  return timed(
    loop,
    1,
    () => {
      kept = 0
      for (let time = 0; time < times; time++) {
        for (const { columns, rows } of all) {
          if (filter) kept += filter(columns, rows, places)
          else total(columns, rows, numbers)
        }
      }
    },
    () => {
      if (filter) return String(kept)
      let sum = 0
      for (const { columns, rows } of all) {
        total(columns, rows, numbers)
        for (let row = 0; row < rows; row++) sum += numbers[row] as number
      }
      return about(sum * times)
    },
  )
}

type Ask = (query: string) => Promise<number>

async function duckdbTable(path: string, rows: readonly Row[], times: number): Promise<Ask> {
  writeRows(path, rows)
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  await connection.run(
    `CREATE TABLE rows AS SELECT price::DOUBLE AS price, n::BIGINT AS n, lang, item, discount::DOUBLE AS discount
    FROM read_json('${path}', format = 'newline_delimited'), range(${times})`,
  )
  return async (query) => Number((await connection.runAndReadAll(query)).getRows()[0]?.[0])
}

function duckdb(ask: Ask, { sql, filter }: Case): Contender {
  let found = 0
  const query = filter ? `SELECT count(*) FROM rows WHERE ${sql}` : `SELECT sum(${sql}) FROM rows`
  return timed(
    'DuckDB, one thread',
    1,
    async () => {
      found = await ask(query)
    },
    () => (filter ? found.toFixed(0) : about(found)),
  )
}

/** Goes over `few` of the rows; all of them are gone over once, for the digest. */
function rowByRow(
  rows: readonly Row[],
  few: number,
  times: number,
  derived: boolean,
  evaluate: (row: Row) => unknown,
): Contender {
  const found = rows.reduce((sum, row) => {
    const value = evaluate(row)
    return sum + (typeof value === 'number' ? value : value === true ? 1 : 0)
  }, 0)
  const part = rows.slice(0, few)
  return timed(
    published,
    (rows.length * times) / few,
    () => {
      let kept = 0
      for (const row of part) if (evaluate(row) === true) kept++
      return kept
    },
    () => (derived ? about(found * times) : String(found * times)),
  )
}

/** cel-js as it is published, of which this benchmark needs one function. */
async function celJs(): Promise<(text: string) => (row: Row) => unknown> {
  const require = createRequire(join(import.meta.dirname, '..', '..', '..', 'runtime', 'package.json'))
  const { parse } = (await import(pathToFileURL(require.resolve('@marcbachmann/cel-js')).href)) as {
    parse: (text: string) => (context: object) => unknown
  }
  return parse
}
