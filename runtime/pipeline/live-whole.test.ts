import { expect, test } from 'vitest'
import { edgeCounters, nodeCounters } from '../engine/counters.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import { wholeFlowOf } from './live.ts'

const all = (names: readonly string[], given: object) => ({
  ...Object.fromEntries(names.map((name) => [name, 0])),
  ...given,
})

test('a run that is over shows the averages of its whole, from its last counters alone', () => {
  const last = {
    at: 20_000,
    nodes: {
      read: all(nodeCounters, { out: 1000, bytes: 4000, working: 5000, blocked: 15_000 }),
      embed: all(nodeCounters, { in: 1000, out: 900, rejected: 100, working: 18_000, waiting: 2000 }),
    },
    edges: [
      { from: 'read', port: '', to: 'embed', ...all(edgeCounters, { rows: 1000, bytes: 4000, pressed: 18_000 }) },
    ],
  } as unknown as Snapshot // every counter has its value
  const { at, nodes, edges, bottleneck } = wholeFlowOf(last)
  expect(at).toBe(20_000)
  expect(nodes['read']).toMatchObject({
    out: 1000,
    rowsPerSecond: 50,
    bytesPerSecond: 200,
    working: 0.25,
    blocked: 0.75,
  })
  expect(nodes['embed']).toMatchObject({ rejected: 100, working: 0.9, waiting: 0.1 })
  expect(edges['read → embed']).toMatchObject({ rows: 1000, rowsPerSecond: 50, fill: 0.9, full: true })
  expect(bottleneck?.sentence).toMatch(/^embed is busy 90 %/)
})
