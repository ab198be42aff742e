import { expect, test } from 'vitest'
import type { Receipt } from '../sdk/node.ts'
import { type Action, Scheduler } from './scheduler.ts'

/** A small deterministic random generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface World {
  readonly stored: Map<string, number[]>
  readonly done: number[]
  readonly highestAhead: number
}

/**
 * Runs a scheduler against simulated lanes, sinks and time, all from one seed. `crashAt`: the step at which the
 * process is gone; what was committed then stays, as in a ledger.
 */
function simulate(
  seed: number,
  shape: { splits: number; lanes: number; sinks: number; crashAt?: number; before?: World },
): World {
  const next = random(seed)
  const ids = Array.from({ length: shape.sinks }, (_, i) => `sink${i}`)
  const stored = new Map(ids.map((id) => [id, [...(shape.before?.stored.get(id) ?? [])]]))
  const done = [...(shape.before?.done ?? [])]
  const open = Array.from({ length: shape.splits }, (_, i) => i).filter((split) => !done.includes(split))
  // Not every split reaches every sink: as with several sources.
  const reaches = (id: string, split: number) => id === 'sink0' || split % 3 !== 0
  const scheduler = new Scheduler({
    lanes: shape.lanes,
    splits: open,
    ahead: shape.lanes * 4,
    tries: 50,
    sinks: ids.map((id, i) => ({
      id,
      splits: open.filter((split) => reaches(id, split) && !stored.get(id)?.includes(split)),
      group: i % 2 ? { rows: 25, bytes: 1e9, seconds: 5 } : undefined,
    })),
  })
  let now = 0
  let highestAhead = 0
  const waiting: { at: number; event: () => Action[] }[] = []
  const later = (event: () => Action[]) => waiting.push({ at: now + next() * 1000, event })
  const act = (actions: readonly Action[]) => {
    for (const action of actions) {
      if (action.do === 'run') later(() => runLane(action))
      else if (action.do === 'commit') later(() => commit(action))
      else if (action.do === 'done') done.push(...action.splits)
      else waiting.push({ at: action.until, event: () => scheduler.next(now) })
    }
  }
  const runLane = ({ lane, split }: Extract<Action, { do: 'run' }>): Action[] => {
    if (next() < 0.1) {
      expect(scheduler.splitFailed(lane, true, now)).toBe(true)
      return scheduler.next(now)
    }
    const receipt: Receipt = { rows: 10, bytes: 100, files: [] }
    return scheduler.splitStaged(
      lane,
      Object.fromEntries(ids.filter((id) => reaches(id, split)).map((id) => [id, receipt])),
      now,
    )
  }
  const commit = ({ sink, splits }: Extract<Action, { do: 'commit' }>): Action[] => {
    stored.get(sink)?.push(...splits)
    return scheduler.committed(sink, splits, now)
  }
  act(scheduler.next(0))
  for (let step = 0; waiting.length > 0 && step !== shape.crashAt; step++) {
    waiting.sort((a, b) => a.at - b.at)
    const { at, event } = waiting.shift() as (typeof waiting)[number]
    now = Math.max(now, at)
    act(event())
    highestAhead = Math.max(highestAhead, scheduler.running)
    if (step > 100_000) throw new Error(`seed ${seed}: the scheduler does not come to an end`)
  }
  if (shape.crashAt === undefined) expect(scheduler.settled, `seed ${seed}`).toBe(true)
  return { stored, done, highestAhead }
}

const ascending = (splits: readonly number[]) =>
  splits.every((split, i) => i === 0 || split > (splits[i - 1] as number))

test('thousands of seeded runs: every split reaches every sink once, in source order, and every run ends', () => {
  const seeds = 2000
  for (let seed = 1; seed <= seeds; seed++) {
    const shape = { splits: 1 + (seed % 40), lanes: 1 + (seed % 5), sinks: 1 + (seed % 3) }
    const { stored, done, highestAhead } = simulate(seed, shape)
    expect(
      [...done].sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual(Array.from({ length: shape.splits }, (_, i) => i))
    for (const [id, splits] of stored) {
      expect(ascending(splits), `seed ${seed}: order in ${id}`).toBe(true)
      expect(splits.length, `seed ${seed}`).toBe(done.filter((split) => id === 'sink0' || split % 3 !== 0).length)
    }
    expect(highestAhead).toBeLessThanOrEqual(shape.lanes)
  }
})

test('after a crash at any step a second run stores what is missing and nothing twice', () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const shape = { splits: 1 + (seed % 30), lanes: 1 + (seed % 4), sinks: 1 + (seed % 3) }
    const before = simulate(seed, { ...shape, crashAt: seed % 50 })
    const { stored } = simulate(seed + 7919, { ...shape, before })
    for (const [id, splits] of stored) {
      expect(new Set(splits).size, `seed ${seed}: doubled in ${id}`).toBe(splits.length)
      expect(ascending(splits), `seed ${seed}: order in ${id}`).toBe(true)
    }
  }
})

test('a stopped scheduler finishes what runs and commits it, and starts nothing', () => {
  const scheduler = new Scheduler({
    lanes: 2,
    splits: [0, 1, 2, 3],
    sinks: [{ id: 'a', splits: [0, 1, 2, 3], group: undefined }],
    ahead: 8,
    tries: 3,
  })
  expect(scheduler.next(0).map((action) => action.do)).toEqual(['run', 'run'])
  scheduler.stop()
  const receipt = { rows: 1, bytes: 1, files: [] }
  expect(scheduler.splitStaged(1, { a: receipt }, 1)).toEqual([])
  const [commit] = scheduler.splitStaged(0, { a: receipt }, 2)
  expect(commit).toMatchObject({ do: 'commit', splits: [0, 1] })
  expect(scheduler.settled).toBe(false)
  expect(scheduler.committed('a', [0, 1], 3)).toEqual([{ do: 'done', splits: [0, 1] }])
  expect(scheduler.settled).toBe(true)
  expect(scheduler.left).toBe(2)
})

test('after a stop a split that fails, or waits for its retry, holds nothing up: what is behind it stays for the next start', () => {
  for (const isRetry of [true, false]) {
    const scheduler = new Scheduler({
      lanes: 3,
      splits: [0, 1, 2, 3],
      sinks: [{ id: 'a', splits: [0, 1, 2, 3], group: undefined }],
      ahead: 8,
      tries: 3,
    })
    const receipt = { rows: 1, bytes: 1, files: [] }
    scheduler.next(0)
    if (isRetry) expect(scheduler.splitFailed(1, true, 1)).toBe(true)
    scheduler.stop()
    if (!isRetry) expect(scheduler.splitFailed(1, true, 1)).toBe(false)
    expect(scheduler.splitStaged(2, { a: receipt }, 2)).toEqual([])
    expect(scheduler.settled).toBe(false)
    const [commit] = scheduler.splitStaged(0, { a: receipt }, 3)
    expect(commit).toMatchObject({ do: 'commit', splits: [0] })
    expect(scheduler.settled).toBe(false)
    expect(scheduler.committed('a', [0], 4)).toEqual([{ do: 'done', splits: [0] }])
    expect(scheduler.settled).toBe(true)
    expect(scheduler.left).toBe(3)
  }
})
