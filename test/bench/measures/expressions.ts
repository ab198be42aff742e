import { createRequire } from 'node:module'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { type Batch, batchOf, Identity, Pool, Schema, Scope, types } from '@headrace/runtime/sdk'
import { Bench } from '@headrace/runtime/testing'
import { randomFrom } from '../inputs/random.ts'
import { contest } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { milliseconds, ratio } from '../runner/print.ts'

const expression = 'price > 100.0 && lang == "de" || n * 2 > 50'

/** cel-js as it is published, of which this benchmark needs one function. */
interface CelJs {
  readonly parse: (text: string) => (context: object) => unknown
}

type Row = { readonly price: number; readonly lang: string; readonly n: bigint }

const measure: Measure = {
  title: 'An expression over a million rows',
  about: `\`${expression}\` by Headrace's kernels over columns, by a JavaScript loop over objects written by hand, and by cel-js row by row. Making columns or objects is not counted.`,
  run: async ({ quick, repeats }) => {
    const count = quick ? 100_000 : 1_000_000
    const rows = rowsOf(count)
    const batches = batchesOf(rows)
    const keeps = new Bench().context({}, new Scope(new Pool(1 << 20))).expression(expression, schema, 'bool')
    const cel = (await celJs()).parse(expression)
    const timed = (name: string, countRows: () => number) => ({
      name,
      run: async () => {
        const started = performance.now()
        const kept = countRows()
        return { seconds: (performance.now() - started) / 1000, result: `${kept} rows` }
      },
    })
    const standings = await contest({
      baseline: 'JavaScript loop',
      repeats: repeats ?? (quick ? 3 : 7),
      warmups: 2,
      contenders: [
        timed('Headrace', () => batches.reduce((sum, batch) => sum + batch.where(keeps(batch).column).rows, 0)),
        timed('JavaScript loop', () => {
          let kept = 0
          for (const { price, lang, n } of rows) if ((price > 100 && lang === 'de') || n * 2n > 50n) kept++
          return kept
        }),
        timed('cel-js', () => {
          let kept = 0
          for (const row of rows) if (cel(row) === true) kept++
          return kept
        }),
      ],
    })
    return {
      table: {
        head: ['', 'time', 'against the loop', 'ns a row'],
        rows: standings.map(({ name, seconds, ratio: against }) => [
          name,
          milliseconds(seconds),
          ratio(against),
          ((seconds.median / count) * 1e9).toFixed(0),
        ]),
      },
      notes: [`${count.toLocaleString('en')} rows.`],
      figures: { rows: count, standings },
    }
  },
}
export default measure

const fields = [
  { name: 'price', type: types.float64 },
  { name: 'lang', type: types.string },
  { name: 'n', type: types.int64 },
]
const schema = new Schema(fields)

function rowsOf(count: number): Row[] {
  const random = randomFrom(11)
  const languages = ['de', 'en', 'fr', 'es']
  return Array.from({ length: count }, () => ({
    price: Math.floor(random() * 50_000) / 100,
    lang: languages[Math.floor(random() * languages.length)] as string,
    n: BigInt(Math.floor(random() * 40)),
  }))
}

function batchesOf(rows: readonly Row[]): Batch[] {
  const scope = new Scope(new Pool(1 << 30))
  const size = 8192
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => {
    const some = rows.slice(i * size, (i + 1) * size)
    return batchOf(scope, fields, some, new Identity({ node: 'bench', path: '' }, some.length, i * size + 1))
  })
}

async function celJs(): Promise<CelJs> {
  const require = createRequire(join(import.meta.dirname, '..', '..', '..', 'runtime', 'package.json'))
  return (await import(pathToFileURL(require.resolve('@marcbachmann/cel-js')).href)) as CelJs
}
