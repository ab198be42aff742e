import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { watched } from '../../memory/pipelines.ts'
import { type Seen, watch } from '../../memory/watched.ts'
import type { Measure } from '../runner/measure.ts'
import { plot } from '../runner/plot.ts'

const results = join(import.meta.dirname, '..', 'results')
const caps = ['64MB', '256MB', '1GiB']
/** The cap of the pair of runs that shows whether memory grows with the rows. */
const pairCap = '256MB'
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`

interface Figure {
  readonly pipeline: string
  readonly cap: string
  readonly rows: number
  readonly expected: number
  readonly peak: number
  readonly ledger: number
  readonly status: string
}

const measure: Measure = {
  title: 'Memory, seen from outside',
  about:
    'The most memory that `headrace run` and its children had resident, as another process read it in /proc (VmHWM, and the sum of VmRSS every 20 ms), beside what `headrace plan` expects at most: by the cap, and by ten times the rows. Time series: memory-*.svg beside this file.',
  run: async ({ quick, say }) => {
    mkdirSync(results, { recursive: true })
    const figures: Figure[] = []
    for (const pipeline of watched) {
      const [few, many] = pipeline.rows
      const pair: { rows: number; seen: Seen }[] = []
      for (const cap of quick ? [pairCap] : caps) {
        for (const rows of !quick && cap === pairCap ? [few, many] : [few]) {
          say(`${pipeline.name}, ${rows.toLocaleString('en')} rows, --memory ${cap}`)
          const seen = await watch(pipeline, rows, ['--memory', cap, '--workers', '2'])
          const { expected, peak, ledger, report } = seen
          figures.push({ pipeline: pipeline.name, cap, rows, expected, peak, ledger, status: report.status })
          if (cap === pairCap) pair.push({ rows, seen })
        }
      }
      writeFileSync(join(results, `memory-${fileName(pipeline.name)}.svg`), draw(pipeline.name, pair))
    }
    const above = figures.filter(({ peak, expected }) => peak > expected)
    const worst = Math.max(...figures.map(({ peak, expected }) => peak / expected))
    return {
      table: {
        head: ['pipeline', 'cap', 'rows', 'plan expects at most', 'peak', 'against the plan', 'ledger', 'ended'],
        rows: figures.map(({ pipeline, cap, rows, expected, peak, ledger, status }) => [
          pipeline,
          cap,
          rows.toLocaleString('en'),
          megabytes(expected),
          megabytes(peak),
          `${(peak / expected).toFixed(2)} ×`,
          `${(ledger / 1000).toFixed(0)} kB`,
          status,
        ]),
      },
      notes: [
        above.length ? `**${above.length} runs were above the plan.**` : 'No run was above the plan.',
        `The run that came closest used ${(worst * 100).toFixed(0)} % of what the plan expects.`,
      ],
      figures,
    }
  },
}
export default measure

const fileName = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase()

/** The runs of a pipeline over time. */
function draw(name: string, pair: readonly { rows: number; seen: Seen }[]): string {
  const lines = pair.map(({ rows, seen }) => ({
    name: `${rows.toLocaleString('en')} rows`,
    points: seen.samples.map(({ seconds, bytes }) => [seconds, bytes / 1e6] as const),
  }))
  const [first] = pair
  const level = (first as (typeof pair)[number]).seen.expected / 1e6
  return plot(`${name}, --memory ${pairCap}`, lines, { name: `plan: ${level.toFixed(0)} MB`, y: level })
}
