import { listRuns } from '@headrace/runtime'
import { expect } from 'vitest'
import { seededRandom } from '../../runtime/disk/index.ts'
import { processOf } from '../../runtime/engine/runprocess.ts'
import { headrace, run, type Started, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'
import { ledgerOf, type Moment, momentOf, until } from './kill.ts'
import { drawChaos, type Left, leftBy } from './pipeline.ts'

/** What a run of the pipeline leaves when nobody disturbs it, and how many records its ledger has then. */
export interface Undisturbed {
  readonly left: Left
  readonly records: number
}

export async function undisturbed(): Promise<Undisturbed> {
  const place = new Workplace()
  const { code, stderr } = await run(['run', drawChaos(place, false)])
  expect(code, stderr).toBe(0)
  return { left: await leftBy(place), records: ledgerOf(folderOf(place) as string).records }
}

/** The folder of the pipeline's only run. */
export const folderOf = (place: Workplace): string | undefined => listRuns(place.path('.headrace'))[0]?.path

/** How a round went: its kills, and those of them that fell between the first and the last record of the ledger. */
export interface Round {
  readonly kills: number
  readonly counted: number
}

/** The command line killed once or twice and resumed each time; in the end all is as if nobody had disturbed it. */
export async function roundOf(seed: number, whole: Undisturbed): Promise<Round> {
  const random = seededRandom(seed)
  const place = new Workplace()
  const file = drawChaos(place, random() < 0.5)
  const moments = Array.from({ length: random() < 0.3 ? 2 : 1 }, () => momentOf(random, whole.records))
  let round: Round = { kills: 0, counted: 0 }
  let at = start(headrace, ['run', file])
  for (const moment of moments) {
    round = await killAt(place, at, moment, round)
    at = start(headrace, folderOf(place) ? ['resume', file] : ['run', file])
  }
  const { code, stderr, stdout } = await at.ended
  expect(code, `seed ${seed}: ${stderr}${stdout}`).toBe(0)
  expect(await leftBy(place), `seed ${seed}`).toEqual(whole.left)
  place.remove()
  return round
}

async function killAt(place: Workplace, { child, ended }: Started, moment: Moment, before: Round): Promise<Round> {
  const records = ledgerOf(folderOf(place) ?? '').records
  // A resumed run goes on with the ledger that it finds.
  const later = { ...moment, records: Math.max(moment.records, records + 1) }
  const there = await until(
    () => folderOf(place),
    later,
    () => child.exitCode !== null,
  )
  if (!there) return before
  // The process at work, the one that waits for it, or both, as the kernel does it when memory is short.
  const pid = processOf(folderOf(place) ?? '')?.pid
  if (moment.whom !== 'waiting' && pid && pid !== child.pid) killed(pid)
  if (moment.whom !== 'working') child.kill('SIGKILL')
  const { signal } = await ended
  return signal === 'SIGKILL' ? countKill(folderOf(place), before) : before
}

/** Kills what works on a run, and what waits for it. */
export function killBoth({ child }: Started, folder: string | undefined): void {
  const pid = processOf(folder ?? '')?.pid
  if (pid && pid !== child.pid) killed(pid)
  child.kill('SIGKILL')
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended in this moment.
  }
}

/** Counts a kill; one before the first record or behind the last one counts as none. */
export function countKill(folder: string | undefined, { kills, counted }: Round): Round {
  const { records, ended } = ledgerOf(folder ?? '')
  return { kills: kills + 1, counted: counted + (records > 0 && !ended ? 1 : 0) }
}
