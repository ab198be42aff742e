import type { EdgeFlow, FlowPicture, NodeFlow } from '@headrace/runtime/pipeline'
import { expect, test } from 'vitest'
import { levelOf } from './level.ts'
import { channelFlow, edgeReading, edgeWidth, nodeReading } from './readings.ts'

const edge: EdgeFlow = {
  rows: 3979,
  bytes: 1_200_000,
  queued: 3,
  rowsPerSecond: 310,
  bytesPerSecond: 51_000,
  fill: 0.09,
  full: false,
}
const node: NodeFlow = {
  in: 2600,
  out: 2502,
  filtered: 0,
  rejected: 0,
  rowsPerSecond: 310,
  bytesPerSecond: 1,
  working: 0.1,
  waiting: 0.09,
  blocked: 0.81,
  model: 0,
  busy: 0.1,
}
const usual = { sink: false, ended: false, bottleneck: false }

test('an edge is 2 px wide at rest and at most 10, and grows with the logarithm of its rows', () => {
  expect(edgeWidth(0)).toBe(2)
  expect(edgeWidth(1e9)).toBe(10)
  const steps = [10, 100, 1000, 10_000].map(edgeWidth)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect(new Set(steps).size).toBe(4)
})

test('an edge says its rate and in words how full it is', () => {
  expect(edgeReading(edge, false)).toMatchObject({ rate: '310', unit: 'rows/s', word: '9 % full', bytes: '51 kB/s' })
  expect(edgeReading({ ...edge, fill: 0.93, full: true }, false)).toMatchObject({ word: 'full', full: true })
})

test('after a run an edge says how many rows passed', () => {
  expect(edgeReading(edge, true)).toMatchObject({ rate: '3,979', unit: 'rows', word: '', full: false })
})

test('an edge that stands for several of a run adds their rows and shows the fuller', () => {
  const picture: FlowPicture = {
    at: 0,
    nodes: {},
    edges: { 'a → b': edge, 'a → c': { ...edge, fill: 0.9, full: true } },
    bottleneck: null,
  }
  expect(channelFlow(picture, ['a → b', 'a → c'])).toMatchObject({ rows: 7958, fill: 0.9, full: true })
  expect(channelFlow(picture, ['x → y'])).toBeNull()
})

test('the figure of a card is the one that matters: the bottleneck, rejected rows, else where its time goes', () => {
  expect(nodeReading(node, usual)).toMatchObject({ left: '2,502 out', right: 'blocked 81 %', tone: 'plain' })
  expect(nodeReading({ ...node, rejected: 3 }, usual)).toMatchObject({ right: '3 rejected', tone: 'rejected' })
  const busy = { ...node, working: 0.03, model: 0.94, blocked: 0, waiting: 0.03, busy: 0.97 }
  expect(nodeReading(busy, { ...usual, bottleneck: true })).toMatchObject({ right: '97 % busy', tone: 'pressure' })
  expect(nodeReading({ ...node, waiting: 0.88, blocked: 0.02 }, usual).right).toBe('waiting 88 %')
})

test('a sink says what it stored; after a run nothing is busy any more', () => {
  expect(nodeReading({ ...node, in: 2304 }, { ...usual, sink: true }).left).toBe('2,304 stored')
  expect(nodeReading(node, { ...usual, ended: true }).right).toBe('')
  const keeping = { ...node, in: 2304, out: 0, busy: 0.3 }
  expect(nodeReading(keeping, { ...usual, table: true })).toMatchObject({
    left: '2,304 in',
    right: 'waits for all rows',
  })
  expect(nodeReading({ ...keeping, busy: 1 }, { ...usual, table: true })).toMatchObject({ right: '100 % busy' })
})

test('the level of detail waits on its side of a border', () => {
  expect(levelOf(0.5, 'middle')).toBe('middle')
  expect(levelOf(0.5, 'far')).toBe('far')
  expect(levelOf(0.3, 'middle')).toBe('far')
  expect(levelOf(1.5, 'middle')).toBe('near')
})
