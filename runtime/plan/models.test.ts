import { expect, test } from 'vitest'
import type { NodePlan } from '../engine/flowplan.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { planMemory } from './memory.ts'
import { modelPlans, modelThreads } from './models.ts'

const GB = 1 << 30

interface Given {
  readonly bytes?: number
  readonly perSession?: number
  readonly sessions?: 'one' | 'several'
}

/** Plans of models, each with one node. */
function plansOf(models: readonly Given[], cores: number, memory = GB) {
  const nodes = models.map((_, i) => ({ id: `m${i}`, resource: `key ${i}` })) as NodePlan[]
  const checked = Object.fromEntries(
    models.map(({ bytes, perSession, sessions }, i) => {
      const footprint = () => ({ name: 'model m.onnx', bytes, ...(perSession && { perSession }) })
      const resource = { sessions: () => sessions ?? 'several' }
      const definition = { kind: 'model', resource, ...(bytes && { footprint }) }
      return [
        `m${i}`,
        { definition, config: {}, probe: null, outputs: [{}], inputSchemas: {} } as unknown as CheckedNode,
      ]
    }),
  )
  return { plans: modelPlans(nodes, checked, { cores, memory }), nodes: Object.values(checked) }
}

test('there are as many sessions of one thread as cores; cores that are left over become threads', () => {
  const [plan] = plansOf([{ bytes: 100e6, perSession: 50e6 }], 4).plans
  expect(plan).toMatchObject({ sessions: 4, threads: 1 })
  expect(plan?.footprint).toEqual({ name: '4 sessions of model m.onnx', bytes: 250e6 })
  // Half of 600 MB: 100 for the first, 4 more.
  expect(plansOf([{ bytes: 100e6, perSession: 50e6 }], 16, 600e6).plans[0]).toMatchObject({ sessions: 5, threads: 3 })
  expect(plansOf([{}], 2).plans[0]).toMatchObject({ sessions: 2, threads: 1, footprint: null })
})

test('a model that is too large for two, or that wants one, has one session with all threads', () => {
  const large = plansOf([{ bytes: 3e9 }], 8).plans[0]
  expect(large).toMatchObject({ sessions: 1, threads: 8, footprint: { name: 'model m.onnx', bytes: 3e9 } })
  expect(plansOf([{ bytes: 1e6, sessions: 'one' }], 8).plans[0]).toMatchObject({ sessions: 1, threads: 8 })
})

test('several models share the memory, and the expected peak has every session and every thread of them', () => {
  const given = { bytes: 100e6, perSession: 100e6 }
  const { plans, nodes } = plansOf([given, given], 8, 800e6)
  expect(plans.map(({ sessions }) => sessions)).toEqual([2, 2])
  expect(modelThreads(plans)).toBe(6)
  const { fixed } = planMemory(nodes, 2, plans, 800e6)
  expect(fixed.map(({ name }) => name)).toEqual([
    'Node',
    '8 workers',
    '2 sessions of model m.onnx',
    '2 sessions of model m.onnx',
  ])
  expect(fixed.at(-1)?.bytes).toBe(200e6)
})
