import { listRuns } from '@headrace/runtime'
import { expect } from 'vitest'
import { seededRandom } from '../../runtime/disk/index.ts'
import { headrace, run, type Started, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'
import { momentOf, until } from './kill.ts'
import { drawChaos, leftBy } from './pipeline.ts'
import { countKill, killBoth, type Round } from './round.ts'

/** Records that the ledger of an undisturbed replay has, about. */
const replayRecords = 8

/**
 * A run whose rejected rows are replayed under a mended pipeline, the replay killed at a random moment: in the end no row
 * is left in the file of rejected rows, and each is stored once beside those that were stored before.
 */
export async function replayRound(seed: number): Promise<Round> {
  const random = seededRandom(seed)
  const place = new Workplace()
  const key = random() < 0.5
  const file = drawChaos(place, key)
  expect((await run(['run', file])).code).toBe(0)
  const [first] = listRuns(place.path('.headrace'))
  const before = await leftBy(place, first?.path)
  expect([before.table.length, before.letters.length]).toEqual([150, 50])
  drawChaos(place, key, 'id % 1200 == 0 ? 0 : div(1000000, id % 1200)')
  const replayed = () => listRuns(place.path('.headrace')).find(({ run }) => run.replayOf !== null)
  const at: Started = start(headrace, ['replay', first?.path as string])
  const there = await until(
    () => replayed()?.path,
    momentOf(random, replayRecords),
    () => at.child.exitCode !== null,
  )
  if (there) killBoth(at, replayed()?.path)
  const { signal } = await at.ended
  const round = signal === 'SIGKILL' ? countKill(replayed()?.path, { kills: 0, counted: 0 }) : { kills: 0, counted: 0 }
  // What has stored rows goes on; what has not, and what has only to take its rows out of the file, begins anew.
  const again = replayed()
  if (again && !again.finished) {
    const { code, stderr } = await run(['resume', again.path])
    expect(code, `seed ${seed}: ${stderr}`).toBe(0)
  }
  const { code, stderr } = await run(['replay', first?.path as string])
  expect(code, `seed ${seed}: ${stderr}`).toBe(0)
  const after = await leftBy(place, first?.path)
  expect(after.letters, `seed ${seed}`).toEqual([])
  expect(
    after.table.map((row) => row.slice(0, 6)),
    `seed ${seed}`,
  ).toEqual(Array.from({ length: 200 }, (_, i) => String((i + 1) * 300).padStart(6, '0')))
  const ids = after.lines
    .split('\n')
    .filter(Boolean)
    .map((line) => Number((JSON.parse(line) as { id: number }).id))
  expect(
    ids.sort((a, b) => a - b),
    `seed ${seed}`,
  ).toEqual(Array.from({ length: 200 }, (_, i) => (i + 1) * 300))
  expect(after.strays, `seed ${seed}`).toEqual([])
  place.remove()
  return round
}
