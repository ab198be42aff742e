import { expect, test } from 'vitest'
import type { CheckedNode } from '../pipeline/check.ts'
import { laneBytes, planMemory } from './memory.ts'

/** As much of a checked node as the memory plan looks at. */
const node = (kind: string, outputs = 1, footprint?: { name: string; bytes: number }) =>
  ({
    definition: { kind, ...(footprint && { footprint: () => footprint }) },
    config: {},
    probe: null,
    outputs: new Array(outputs).fill({}),
  }) as unknown as CheckedNode

test("a lane needs its nodes' windows, more before a model and at a fan-out", () => {
  const plain = laneBytes([node('source'), node('transform'), node('sink', 0)])
  expect(laneBytes([node('source'), node('model'), node('sink', 0)])).toBeGreaterThan(plain)
  expect(laneBytes([node('source', 2), node('transform'), node('sink', 0)])).toBeGreaterThan(plain)
})

test('the expected peak is the cap and each engine once, and a tenth more', () => {
  const store = { name: 'LanceDB', bytes: 155e6 }
  const { peak, fixed, perLane } = planMemory(
    [node('source'), node('sink', 0, store), node('sink', 0, store)],
    2,
    [],
    500e6,
  )
  expect(fixed.filter(({ name }) => name === 'LanceDB')).toEqual([store])
  expect(perLane).toBe(250e6)
  expect(peak).toBe(Math.round((500e6 + fixed.reduce((sum, { bytes }) => sum + bytes, 0)) * 1.1))
})
