import type { Snapshot } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { edgeRates, mostSamples, timeShares, withSamples } from './series.ts'

const none = {
  in: 0,
  out: 0,
  parents: 0,
  filtered: 0,
  rejected: 0,
  bytes: 0,
  working: 0,
  waiting: 0,
  blocked: 0,
  resource: 0,
  inferring: 0,
  storing: 0,
}
const sample = (at: number, rows: number): Snapshot => ({
  at,
  nodes: { text: { ...none, working: at * 0.25, blocked: at * 0.75 } },
  edges: [{ from: 'emoji', port: '', to: 'text', rows, bytes: 0, queued: 0, pressed: 0 }],
})

test('rates are taken over a second, so that a batch that comes at once is no peak', () => {
  const samples = [0, 250, 500, 750, 1000, 1250, 1500].map((at) => sample(at, at >= 1000 ? 1000 : 0))
  const { x, lines } = edgeRates(samples)
  expect(x).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5])
  expect(lines[0]?.name).toBe('emoji → text')
  expect(lines[0]?.values).toEqual([0, 0, 0, 1000, 1000, 1000])
})

test('time shares add up to one, and are unknown where no time passed', () => {
  const { lines } = timeShares([sample(0, 0), sample(1000, 1), sample(2000, 2)], 'text')
  expect(lines.map(({ name, values }) => [name, values[1]])).toEqual([
    ['working', 0.25],
    ['resource', 0],
    ['blocked', 0.75],
    ['waiting', 0],
  ])
  expect(timeShares([sample(0, 0), sample(1000, 1)], 'gone').lines[0]?.values).toEqual([null])
})

test('the history takes new samples in once, in order, and is thinned when it is long', () => {
  const two = withSamples([sample(0, 0)], [sample(0, 0), sample(200, 5)])
  expect(two.map(({ at }) => at)).toEqual([0, 200])
  expect(withSamples(two, [sample(100, 9)])).toBe(two)
  const many = Array.from({ length: mostSamples + 1 }, (_, i) => sample(i * 200, i))
  const thin = withSamples([], many)
  expect(thin.length).toBeLessThanOrEqual(mostSamples / 2 + 2)
  expect([thin[0]?.at, thin.at(-1)?.at]).toEqual([0, mostSamples * 200])
})
