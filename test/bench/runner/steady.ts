import { join } from 'node:path'
import type { Work } from '../works/work.ts'
import type { Standing } from './contest.ts'
import type { Setting, Table } from './measure.ts'
import { race, raceCells, raceHead, steadyCell } from './race.ts'

/** Races a work as whole processes, and beside that without starting and ending: all rows against a quarter of them. */
export async function raceWork(setting: Setting, { racers, name }: Work, rows: number): Promise<Standing[]> {
  const { folder, peers, say } = setting
  say(`${name}: making ${rows.toLocaleString('en')} rows`)
  const [whole, quarters] = [
    await racers(rows, join(folder, `${rows}`), peers),
    await racers(rows / 4, join(folder, `${rows / 4}`), peers),
  ]
  return await race(setting, 'DuckDB', whole, quarters)
}

const head = ['', 'rows', ...raceHead('DuckDB'), 'rows/s', 'rows/s, steady']

/** The standings of works, each with its rows. */
export const steadyTable = (all: readonly (readonly [rows: number, standings: readonly Standing[]])[]): Table => ({
  head,
  rows: all.flatMap(([rows, standings]) =>
    standings.map((standing) => [
      standing.name,
      rows.toLocaleString('en'),
      ...raceCells(standing),
      `${(rows / standing.seconds.median / 1e6).toFixed(2)} M/s`,
      steadyCell(standing, rows),
    ]),
  ),
})

/** What the table's last column is. */
export const steadyNote =
  'Steady: each round each of them runs a quarter of the rows as well; three quarters of the rows over the difference of the two times, so that neither starting nor ending counts.'

/** The quickest of some of those that took part. */
export const quickest = (standings: readonly Standing[], but: readonly string[] = []): string | null =>
  standings
    .filter(({ name }) => name !== 'Headrace' && !but.includes(name))
    .reduce<Standing | null>((best, one) => (best && best.seconds.median <= one.seconds.median ? best : one), null)
    ?.name ?? null
