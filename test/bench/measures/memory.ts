import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ordersPipeline } from '../contenders/orders-pipeline.ts'
import { orders } from '../inputs/orders.ts'
import { type Spread, spread } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { megabytes } from '../runner/print.ts'
import { headrace } from '../runner/process.ts'

const measure: Measure = {
  title: 'Memory, by the size of the input',
  about:
    'The most memory that `headrace run` (CSV → filter → derive → Parquet) ever had resident, as the kernel tells (VmHWM), beside what `headrace plan` expects at most.',
  run: async ({ quick, repeats, folder, say }) => {
    const state = join(folder, 'state')
    const figures: { rows: number; peak: Spread; expected: number }[] = []
    for (const rows of quick ? [100_000, 1_000_000] : [1_000_000, 10_000_000]) {
      say(`${rows} rows`)
      const { file } = ordersPipeline(folder, await orders(rows), `orders-${rows}`)
      const plan = JSON.parse((await headrace(['plan', file, '--json'])).stdout) as { memory: { peak: number } }
      const peaks: number[] = []
      for (let round = 0; round < (repeats ?? (quick ? 1 : 3)); round++) {
        rmSync(state, { recursive: true, force: true })
        peaks.push((await headrace(['run', file, '--json', '--state', state])).peak)
      }
      figures.push({ rows, peak: spread(peaks), expected: plan.memory.peak })
    }
    const [small, large] = figures as [(typeof figures)[number], (typeof figures)[number]]
    const growth = large.peak.median / small.peak.median
    return {
      table: {
        head: ['rows', 'peak', 'plan expects at most', 'against the plan'],
        rows: figures.map(({ rows, peak, expected }) => [
          rows.toLocaleString('en'),
          megabytes(peak),
          `${(expected / 1e6).toFixed(0)} MB`,
          `${(peak.median / expected).toFixed(2)} ×`,
        ]),
      },
      notes: [`Ten times the rows took ${growth.toFixed(2)} times the memory.`],
      figures: { sizes: figures, growth },
    }
  },
}
export default measure
