import type { Spread, Standing } from './contest.ts'
import { spread } from './contest.ts'
import type { Table } from './measure.ts'
import { ratio } from './print.ts'

/** What a benchmark found beside what this project aims at. */
export interface Aim {
  /** `S2` of the table of aims. */
  readonly id: string
  /** Against whom, or of what. */
  readonly of: string
  readonly found: string
  readonly goal: string
  /** Null where nothing was measured: `found` says why. */
  readonly met: boolean | null
}

/** The works that have aims. */
const works: Record<string, string> = {
  S1: 'Parquet → embed → LanceDB',
  S2: 'CSV → filter, derive → Parquet',
  S3: 'NDJSON → select, route → two sinks',
  S4: 'Parquet → filter, 3 of 50 columns → Parquet',
  S5: 'a hop between workers',
  S6: 'expressions over columns',
  S7: 'tokenising',
  S8: 'chunking',
  S9: 'one worker and two',
  S10: 'start-up',
  S11: 'peak memory',
  S12: 'vectors → LanceDB',
  S13: 'embed on a GPU',
}

/** Headrace's speed over another's in the same rounds, at least `least`; skipped where the other took no part. */
export function speedAim(
  id: string,
  standings: readonly Standing[],
  other: string,
  least: number,
  more: { readonly of?: string; readonly ours?: string } = {},
): Aim {
  const find = (name: string) => standings.find((one) => one.name === name)
  const [own, theirs] = [find(more.ours ?? 'Headrace'), find(other)]
  const about = { id, of: more.of ?? other, goal: `≥ ${least}` }
  if (!own || !theirs) return { ...about, found: 'not run', met: null }
  const speed = speedOver(own, theirs)
  return { ...about, found: ratio(speed), met: speed.median >= least }
}

/** How many times as quick as another, round by round. */
export const speedOver = (own: Standing, other: Standing): Spread =>
  spread(other.rounds.map((seconds, round) => seconds / (own.rounds[round] as number)))

/** All aims as one table, in the order of the works; a work without any line says that it was not run. */
export function aimsTable(aims: readonly Aim[]): Table {
  const rows = Object.entries(works).flatMap(([id, work]) => {
    const own = aims.filter((aim) => aim.id === id)
    if (own.length === 0) return [[id, work, '', 'not run', '', '']]
    return own.map(({ of, found, goal, met }, i) => [
      i ? '' : id,
      i ? '' : work,
      of,
      found,
      goal,
      met === null ? '' : met ? 'yes' : '**no**',
    ])
  })
  return { head: ['id', 'work', 'against', 'found', 'goal', 'met'], rows }
}
