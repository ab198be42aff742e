import type { Pipeline } from '@headrace/runtime/pipeline'
import { describe, expect, test } from 'vitest'
import { feeders, previewTargets, signature } from './reach.ts'

const edge = (from: string, to: string) => ({ from: { node: from, port: '' }, to: { node: to, port: '' } })
const node = (type: string) => ({ type, config: {} })
const pipeline: Pipeline = {
  headrace: 1,
  settings: {},
  nodes: {
    sales: node('sources/csv'),
    large: node('transforms/filter'),
    vectors: node('models/embed'),
    store: node('sinks/lancedb'),
    copy: node('sinks/csv'),
  },
  edges: [edge('sales', 'large'), edge('large', 'vectors'), edge('vectors', 'store'), edge('sales', 'copy')],
}
const slow = (id: string) => id === 'vectors'
const none = new Set<string>()

describe('how far a preview goes by itself', () => {
  test('everything where no model is in it', () => {
    expect(previewTargets(pipeline, { broken: none, slow: () => false })).toBe(null)
  })

  test('up to the node before a model, and to the end of the other branches', () => {
    expect(previewTargets(pipeline, { broken: none, slow })).toEqual(['large', 'copy'])
  })

  test('not into a node with an error, and nowhere where the source has one', () => {
    expect(previewTargets(pipeline, { broken: new Set(['large']), slow })).toEqual(['copy'])
    expect(previewTargets(pipeline, { broken: new Set(['sales']), slow })).toEqual([])
  })

  test('an empty pipeline and a circle have nothing to count', () => {
    expect(previewTargets({ ...pipeline, nodes: {}, edges: [] }, { broken: none, slow })).toEqual([])
    const { sales, large } = pipeline.nodes as { sales: never; large: never }
    const circle = { ...pipeline, nodes: { sales, large }, edges: [edge('sales', 'large'), edge('large', 'sales')] }
    expect(previewTargets(circle, { broken: none, slow })).toEqual([])
  })
})

test('what a node’s rows depend on is itself and what feeds it, not what follows or where it is drawn', () => {
  expect([...feeders(pipeline, 'vectors')].sort()).toEqual(['large', 'sales', 'vectors'])
  const before = signature(pipeline, 'large')
  const change = (id: string) => ({
    ...pipeline,
    nodes: { ...pipeline.nodes, [id]: { type: 'x', config: { a: 1 }, title: 'T' } },
  })
  expect(signature({ ...pipeline, layout: { large: [9, 9] } }, 'large')).toBe(before)
  expect(signature(change('vectors'), 'large')).toBe(before)
  expect(signature(change('sales'), 'large')).not.toBe(before)
})
