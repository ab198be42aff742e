import { expect, test } from 'vitest'
import { History } from './history.ts'

const minute = 60_000
const hour = 60 * minute

/** The times that are left of a run that was sampled four times a second. */
function left(milliseconds: number, width = 20, step = 250): number[] {
  const history = new History(width)
  const times = new Set<number>()
  for (let at = 0; at <= milliseconds; at += step) {
    times.add(at)
    for (const gone of history.add(at)) times.delete(gone)
  }
  expect(times.size).toBe(history.length)
  return [...times]
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((at, i) => at - (times[i] as number))

test('the last two minutes of a run are kept whole, the hours before more and more thinly', () => {
  const times = left(8 * hour)
  const recent = times.filter((at) => at > 8 * hour - 2 * minute + 10_000)
  expect(new Set(gaps(recent))).toEqual(new Set([250]))
  expect(Math.max(...gaps(times))).toBeLessThanOrEqual(10 * minute)
  expect(times[0]).toBe(0)
  expect(times.at(-1)).toBe(8 * hour)
  expect(times.length).toBeLessThan(3500)
})

test('a run of three days keeps hardly more than one of eight hours', () => {
  expect(left(72 * hour, 20, 5000).length).toBeLessThan(4000)
})

test('a run with very many nodes keeps fewer samples, so that its file stays small', () => {
  const wide = 750
  expect(left(2 * hour, wide).length * wide).toBeLessThan(200_000)
})

test('a run that is taken up again goes on with the history that it has', () => {
  const history = new History(20, [0, 250, 500, 1000])
  expect(history.length).toBe(4)
  expect(history.add(1000 + hour)).toEqual([250, 500])
})
