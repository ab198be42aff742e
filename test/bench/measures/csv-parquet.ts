import { statSync } from 'node:fs'
import { orders } from '../inputs/orders.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import type { Measure } from '../runner/measure.ts'
import { quickest, raceWork, steadyNote, steadyTable } from '../runner/steady.ts'
import { ordersRowByRow, ordersWork } from '../works/orders.ts'

const title = 'CSV → filter → derive → Parquet, against DuckDB; with --peers polars, pandas and scripts'

const measure: Measure = {
  title,
  about:
    "Whole processes, from start to end, with all cores: `headrace run`, and DuckDB doing the same in SQL (read_csv, COPY TO, zstd) from a Node process of its own. With --peers polars' streaming engine and pandas in chunks; and, on a tenth of the rows, Python's own csv and a Node script on csv-parse and parquetjs-lite (which knows no zstd). Every cell of the files is the same.",
  run: async (setting) => {
    const rows = setting.quick ? 1_000_000 : 10_000_000
    const standings = await raceWork(setting, ordersWork, rows)
    const slow = setting.peers ? await raceWork(setting, ordersRowByRow, rows / 10) : []
    const best = quickest(standings)
    const size = statSync(await orders(rows)).size
    return {
      table: steadyTable([[rows, standings], ...(slow.length ? [[rows / 10, slow] as const] : [])]),
      notes: [`${rows.toLocaleString('en')} rows, ${(size / 1e6).toFixed(0)} MB of CSV in the page cache.`, steadyNote],
      figures: { rows, standings, ...(slow.length && { tenth: slow }) },
      aims: [
        speedAim('S2', standings, best ?? '', 0.9, { of: `the best engine (${best})` }),
        speedAim('S2', standings, 'pandas, in chunks', 1.7, { of: 'pandas' }),
        speedAim('S2', slow, 'csv-parse and parquetjs-lite', 10, { of: 'row at a time (csv-parse, parquetjs-lite)' }),
      ],
      bars: [
        timeBars(`CSV → Parquet, ${rows.toLocaleString('en')} rows`, standings),
        ...(slow.length ? [timeBars(`CSV → Parquet, ${(rows / 10).toLocaleString('en')} rows`, slow, 'tenth')] : []),
      ],
    }
  },
}
export default measure
