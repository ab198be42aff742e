import type { Snapshot } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { endedLines, sortedLines } from './lines.ts'

const counts = {
  in: 100,
  out: 90,
  parents: 90,
  filtered: 8,
  rejected: 2,
  bytes: 5000,
  working: 250,
  waiting: 0,
  blocked: 750,
  resource: 0,
  inferring: 0,
  storing: 0,
}
const last: Snapshot = {
  at: 2000,
  nodes: { text: counts, emoji: { ...counts, out: 100, working: 900, blocked: 100 } },
  edges: [{ from: 'emoji', port: 'rejects', to: 'text', rows: 100, bytes: 4000, queued: 0, pressed: 0 }],
}

test('an ended run shows its counts, and rates and time over all of it', () => {
  const lines = endedLines(last, 2)
  expect(lines[0]).toMatchObject({ name: 'text', in: 100, out: 90, rate: 45, bytesRate: 2500, time: { blocked: 0.75 } })
  expect(lines[2]).toMatchObject({
    kind: 'edge',
    name: 'emoji.rejects → text',
    out: 100,
    in: null,
    rate: 50,
    time: null,
  })
})

test('lines are ordered by any column, those that have nothing there last', () => {
  const names = (column: string, descending: boolean) =>
    sortedLines(endedLines(last, 2), { column, descending }).map(({ name }) => name)
  expect(names('working', true)).toEqual(['emoji', 'text', 'emoji.rejects → text'])
  expect(names('working', false)).toEqual(['text', 'emoji', 'emoji.rejects → text'])
  expect(names('name', false)).toEqual(['emoji', 'emoji.rejects → text', 'text'])
})
