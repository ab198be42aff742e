import { expect, test } from 'vitest'
import { curveOf, distanceTo, nearestCurve, pathOf, pointAt } from './curve.ts'

test('a curve begins and ends at its ports and leaves them sideways', () => {
  const curve = curveOf([188, 40], [304, 140])
  expect(pointAt(curve, 0)).toEqual([188, 40])
  expect(pointAt(curve, 1)).toEqual([304, 140])
  expect(curve.fromControl[1]).toBe(40)
  expect(curve.toControl[1]).toBe(140)
  expect(pathOf(curve)).toMatch(/^M188,40 C/)
})

test('rejected rows leave downwards', () => {
  const curve = curveOf([156, 96], [304, 200], 'bottom')
  expect(curve.fromControl[0]).toBe(156)
  expect(curve.fromControl[1]).toBeGreaterThan(96)
})

test('the distance to a curve is that of its nearest part, from far beyond its ends too', () => {
  const flat = curveOf([0, 0], [100, 0])
  expect(distanceTo(flat, [50, 12])).toBeCloseTo(12)
  expect(distanceTo(flat, [130, 40])).toBeCloseTo(50)
})

test('of several curves the nearest within reach is found, or none', () => {
  const curves: [string, ReturnType<typeof curveOf>][] = [
    ['a', curveOf([0, 0], [100, 0])],
    ['b', curveOf([0, 60], [100, 60])],
  ]
  expect(nearestCurve(curves, [50, 20], 44)).toBe('a')
  expect(nearestCurve(curves, [50, 45], 44)).toBe('b')
  expect(nearestCurve(curves, [50, 200], 44)).toBeNull()
})
