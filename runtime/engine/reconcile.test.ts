import { expect, test } from 'vitest'
import { noBooks } from './books.ts'
import type { FlowPlan } from './flowplan.ts'
import { progressOf } from './progress.ts'
import { reconcile } from './reconcile.ts'

const node = (id: string, kind: string, index: number) => ({ id, kind, index, type: `${kind}s/${id}` })
const flowOf = (edges: readonly object[]): FlowPlan =>
  // Only what `reconcile` looks at.
  ({ nodes: [node('in', 'source', 0), node('out', 'sink', 1)], edges }) as unknown as FlowPlan
const flow = flowOf([{ from: 'in', port: '', to: 'out' }])

function progress(stored: number, letters: number, booked = { out: 10, rejected: 2 }) {
  const made = progressOf([])
  made.books.set('in', { ...noBooks, in: 12, parents: 10, out: 10, rejected: booked.rejected })
  made.books.set('out', { ...noBooks, in: 10, parents: booked.out, out: booked.out })
  made.stored.set('out', stored)
  made.deadLetters = { count: letters, bytes: 100 * letters }
  return made
}

test('what sinks were given and what was rejected must be what the nodes counted', () => {
  expect(() => reconcile(flow, progress(10, 2))).not.toThrow()
  expect(() => reconcile(flow, progress(9, 2))).toThrow(/10 rows reached out \(sinks\/out\), and 9 were handed/)
  expect(() => reconcile(flow, progress(20, 2))).toThrow(/20 were handed/)
  expect(() => reconcile(flow, progress(10, 1))).toThrow(/2 rows were rejected, and 1 are in the file/)
})

test('rows that a rejects edge takes are in no file of rejected rows', () => {
  const taken = flowOf([
    { from: 'in', port: '' },
    { from: 'in', port: 'rejects' },
  ])
  expect(() => reconcile(taken, progress(10, 0))).not.toThrow()
  expect(() => reconcile(taken, progress(10, 2))).toThrow(/0 rows were rejected, and 2 are in the file/)
})
