import { join } from 'node:path'
import type { Aim } from '../runner/aims.ts'
import type { Bars } from '../runner/bars.ts'
import { type Spread, spread } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'
import { megabytes } from '../runner/print.ts'
import { ProcessFailed } from '../runner/process.ts'
import { go, type Racer } from '../runner/race.ts'
import { eventsWork } from '../works/events.ts'
import { ordersWork } from '../works/orders.ts'
import { rayData, textsWork } from '../works/texts.ts'
import { wideWork } from '../works/wide.ts'
import type { Work } from '../works/work.ts'

/** Works with their rows, of which ten times as many are the other size. */
const works: readonly (readonly [work: Work, rows: number, quick: number])[] = [
  [ordersWork, 1_000_000, 100_000],
  [eventsWork, 500_000, 20_000],
  [wideWork, 200_000, 20_000],
  [textsWork, 300, 50],
]
/** Those whose memory Headrace's should be below. */
const below = ['polars', 'polars, streaming', 'pandas, in chunks', rayData]
/** The most that ten times the rows may cost. */
const flat = 1.1

const measure: Measure = {
  title: 'Peak memory, and ten times the rows; with --peers that of others',
  about:
    'The most memory that whole processes with all that they start had at a time, as read in /proc every 20 ms: of each what is its own, and what lies in files once. The works of csv-parquet, ndjson-route, parquet-parquet and embed, each with so many rows and ten times as many.',
  run: async ({ quick, repeats, folder, peers, say, texts }) => {
    const goes = repeats ?? (quick ? 1 : 3)
    const table: string[][] = []
    const aims: Aim[] = []
    const bars: Bars[] = []
    const figures: Record<string, unknown> = {}
    for (const [work, rows, few] of works) {
      const size = quick ? few : work === textsWork && texts ? Math.ceil(texts / 10) : rows
      const [small, large] = [
        await peaksOf(await work.racers(size, join(folder, `${size}`), peers), goes, say),
        await peaksOf(await work.racers(size * 10, join(folder, `${size * 10}`), peers), goes, say),
      ]
      const growth = (name: string) => (large.get(name)?.median ?? 0) / (small.get(name)?.median ?? 1)
      for (const [name, peak] of large) {
        const before = small.get(name)
        const cells = [before ? megabytes(before) : '', megabytes(peak), before ? `${growth(name).toFixed(2)} ×` : '']
        table.push([work.name, name, size.toLocaleString('en'), ...cells])
      }
      const own = large.get('Headrace') as Spread
      const more = growth('Headrace')
      const about = { id: 'S11', of: `ten times the rows, ${work.name}`, goal: `≤ ${flat} ×` }
      aims.push({ ...about, found: `${more.toFixed(2)} ×`, met: more <= flat })
      for (const name of below) {
        const other = large.get(name)
        if (!other) continue
        const found = own.median / other.median
        aims.push({
          id: 'S11',
          of: `${name}, ${work.name}`,
          found: `${found.toFixed(2)} ×`,
          goal: '< 1',
          met: found < 1,
        })
      }
      const megabyte = ({ median, least, most }: Spread) => ({
        median: median / 1e6,
        least: least / 1e6,
        most: most / 1e6,
      })
      bars.push({
        name: work.name.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase(),
        title: `Peak memory: ${work.name}, ${(size * 10).toLocaleString('en')} rows`,
        unit: 'MB',
        bars: [...large].map(([name, value]) => ({ name, value: megabyte(value) })),
      })
      figures[work.name] = { rows: size, small: Object.fromEntries(small), large: Object.fromEntries(large) }
    }
    return {
      table: { head: ['', '', 'rows', 'peak', 'peak, ten times the rows', 'growth'], rows: table },
      notes: [`Medians of ${goes}.`],
      figures,
      aims,
      bars,
    }
  },
}
export default measure

/** Runs each in turn, and compares what they wrote; one of the others that fails is left out, aloud. */
async function peaksOf(
  racers: readonly Racer[],
  goes: number,
  say: (text: string) => void,
): Promise<Map<string, Spread>> {
  const peaks = new Map<string, Spread>()
  let expected: string | undefined
  for (const racer of racers) {
    try {
      const seen: number[] = []
      for (let time = 0; time < goes; time++) {
        const { peak, result } = await go(racer)
        say(`${racer.name}: ${(peak / 1e6).toFixed(0)} MB`)
        expected ??= result
        if (result !== expected) throw new Error(`${racer.name} came to ${result}, others to ${expected}`)
        seen.push(peak)
      }
      peaks.set(racer.name, spread(seen))
    } catch (error) {
      if (!(error instanceof ProcessFailed) || racer.name === 'Headrace') throw error
      say(`${racer.name} fails and takes no further part: ${error.message}`)
    }
  }
  return peaks
}
