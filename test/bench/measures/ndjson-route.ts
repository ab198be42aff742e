import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import type { Measure } from '../runner/measure.ts'
import { quickest, raceWork, steadyNote, steadyTable } from '../runner/steady.ts'
import { eventsWork } from '../works/events.ts'

const measure: Measure = {
  title: 'NDJSON, nested → derive, select, route → two NDJSON files',
  about:
    'Whole processes with all cores: `headrace run`; DuckDB, which reads the file once into a table and writes two from it; a Node script on readline, row by row; with --peers polars. The rows of the files are the same.',
  run: async (setting) => {
    const rows = setting.quick ? 200_000 : 5_000_000
    const standings = await raceWork(setting, eventsWork, rows)
    const best = quickest(standings, ['Node, readline'])
    return {
      table: steadyTable([[rows, standings]]),
      notes: [`${rows.toLocaleString('en')} rows.`, steadyNote],
      figures: { rows, standings },
      aims: [
        speedAim('S3', standings, best ?? '', 0.9, { of: `the best engine (${best})` }),
        speedAim('S3', standings, 'Node, readline', 5),
      ],
      bars: [timeBars(`NDJSON → two NDJSON files, ${rows.toLocaleString('en')} rows`, standings)],
    }
  },
}
export default measure
