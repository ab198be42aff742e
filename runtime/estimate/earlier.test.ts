import { expect, test } from 'vitest'
import { byEarlier, type EarlierRun } from './earlier.ts'

const times = { working: 0, waiting: 0, blocked: 0, resource: 0, inferring: 0, storing: 0 }
const counts = { in: 0, out: 0, parents: 0, filtered: 0, rejected: 0, bytes: 0 }

/** A run of two lanes over 1,000 rows in 2 s, of which 0.4 s before there were lanes. */
const run = (more: { id?: string; seconds?: number; modelSeconds?: number } = {}): EarlierRun => ({
  id: more.id ?? 'one',
  report: {
    seconds: more.seconds ?? 2,
    modelSeconds: more.modelSeconds ?? 0,
    rows: { in: 1000, stored: 1000, filtered: 0, rejected: 0 },
  },
  last: {
    at: 2000,
    nodes: {
      read: { ...counts, ...times, out: 1000, working: 1200, waiting: 2000 },
      store: { ...counts, ...times, in: 1000, out: 1000, working: 2000, waiting: 1200, storing: 400 },
    },
    edges: [],
  },
  lanes: 2,
  bytes: 10_000,
})

const today = { rows: 1000, bytes: 10_000, starting: 300 }

test('a run of as many rows takes as long as the last one', () => {
  const found = byEarlier([run()], today)
  expect(found).toMatchObject({ seconds: 2.3, rows: 1000, from: 'run one', slowest: 'store' })
  expect(found?.nodes['store']).toEqual({ seconds: 2.4, share: 0.667, in: 1000, out: 1000 })
})

test('more rows take longer, what comes before the first does not; rows that are not counted go by bytes', () => {
  expect(byEarlier([run()], { ...today, rows: 3000 })?.seconds).toBeCloseTo(0.3 + 0.4 + 1.6 * 3)
  expect(byEarlier([run()], { ...today, rows: null, bytes: 30_000 })).toMatchObject({ rows: 3000 })
  expect(byEarlier([run({ modelSeconds: 1 })], { ...today, rows: 3000 })?.seconds).toBeCloseTo(0.3 + 1 + 3)
})

test('a short run over far fewer rows tells nothing, a long one does', () => {
  expect(byEarlier([run()], { ...today, rows: 10_000 })).toBeNull()
  expect(byEarlier([run({ seconds: 60 })], { ...today, rows: 10_000 })).not.toBeNull()
  expect(byEarlier([], today)).toBeNull()
})

test('of several runs the middle one counts, and the more they differ the less sure it is', () => {
  const found = byEarlier([run({ id: 'new', seconds: 2.2 }), run({ seconds: 2 }), run({ seconds: 4 })], today)
  expect(found).toMatchObject({ seconds: 2.5, from: 'run new' })
  const sure = byEarlier([run()], today)
  expect((found?.high ?? 0) / 2.5).toBeGreaterThan((sure?.high ?? 0) / 2.3)
})
