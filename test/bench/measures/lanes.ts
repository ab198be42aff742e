import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { parquetDigest } from '../contenders/parquet-digest.ts'
import { orders } from '../inputs/orders.ts'
import type { Measure } from '../runner/measure.ts'
import { headrace } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const measure: Measure = {
  title: 'One worker and two',
  about:
    'The pipeline of csv-parquet, CSV → filter → derive → Parquet, as whole processes with --workers 1 and 2. Two workers on two cores would take half the time at best.',
  run: async (setting) => {
    const { quick, folder, say } = setting
    const count = quick ? 1_000_000 : 5_000_000
    say(`making ${count} rows`)
    const input = await orders(count)
    const { file, output } = ordersPipeline(folder, input, 'headrace')
    const state = join(folder, 'state')
    const racer = (name: string, workers: number): Racer => ({
      name,
      start: () => headrace(['run', file, '--json', '--state', state, '--workers', String(workers)]),
      leaves: [output, state],
      result: () => parquetDigest(output),
    })
    const standings = await race(setting, 'two workers', [racer('one worker', 1), racer('two workers', 2)])
    return {
      table: {
        head: ['', ...raceHead('two workers')],
        rows: standings.map((standing) => [standing.name, ...raceCells(standing)]),
      },
      notes: [`${count.toLocaleString('en')} rows.`],
      figures: { rows: count, standings },
    }
  },
}
export default measure
