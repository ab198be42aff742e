import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import type { Measure } from '../runner/measure.ts'
import { quickest, raceWork, steadyNote, steadyTable } from '../runner/steady.ts'
import { wideWork } from '../works/wide.ts'

const measure: Measure = {
  title: 'Parquet → filter → Parquet, 3 of 50 columns, 9 of 10 rows',
  about:
    'Whole processes, from Parquet to Parquet (zstd), with all cores: `headrace run`, DuckDB with the same query, and with --peers pyarrow (its dataset scanner). The rows of the files are the same.',
  run: async (setting) => {
    const rows = setting.quick ? 200_000 : 10_000_000
    const standings = await raceWork(setting, wideWork, rows)
    const best = quickest(standings)
    return {
      table: steadyTable([[rows, standings]]),
      notes: [`${rows.toLocaleString('en')} rows.`, steadyNote],
      figures: { rows, standings },
      aims: [speedAim('S4', standings, best ?? '', 0.8, { of: `the best (${best})` })],
      bars: [timeBars(`Parquet → Parquet, ${rows.toLocaleString('en')} rows`, standings)],
    }
  },
}
export default measure
