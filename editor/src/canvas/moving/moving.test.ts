import { type Pipeline, parsePipeline, type Spot } from '@headrace/runtime/pipeline'
import { expect, test } from 'vitest'
import { makeRoom } from './room.ts'
import { tidySpots } from './tidying.ts'

const node = { type: 'transforms/filter', config: {} }

function read(value: object): Pipeline {
  const { pipeline } = parsePipeline(JSON.stringify({ headrace: 1, ...value }))
  if (!pipeline) throw new Error('not a pipeline')
  return pipeline
}

test('a node that was put into an edge gets room: what follows moves on, what stands elsewhere stays', () => {
  const pipeline = read({
    nodes: { a: node, b: node, c: node, new: node, other: node },
    edges: [
      { from: 'a', to: 'new' },
      { from: 'new', to: 'b' },
      { from: 'b', to: 'c' },
    ],
    layout: { a: [0, 0], b: [304, 0], c: [608, 0], new: [150, 10], other: [608, 300] },
  })
  const spots = new Map<string, Spot>(Object.entries(pipeline.layout ?? {}))
  const edge = { from: { node: 'a', port: '' }, to: { node: 'b', port: '' } }
  expect(makeRoom(pipeline, edge, 'new', spots).layout).toEqual({
    a: [0, 0],
    new: [304, 0],
    b: [608, 0],
    c: [912, 0],
    other: [608, 300],
  })
})

test('where there is room enough nothing moves', () => {
  const pipeline = read({ nodes: { a: node, b: node, new: node }, edges: [], layout: { a: [0, 0], b: [700, 0] } })
  const spots = new Map<string, Spot>([
    ['a', [0, 0]],
    ['b', [700, 0]],
  ])
  const edge = { from: { node: 'a', port: '' }, to: { node: 'b', port: '' } }
  expect(makeRoom(pipeline, edge, 'new', spots)).toBe(pipeline)
})

test('tidying treats a folded group as one card and keeps its nodes beside one another', () => {
  const pipeline = read({
    nodes: { a: node, b: node, c: node, d: node },
    edges: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'd' },
    ],
    layout: { a: [9, 9], b: [500, 500], c: [804, 500], d: [3, 3] },
    groups: { g: { name: 'G', nodes: ['b', 'c'], collapsed: true } },
  })
  const spots = tidySpots(pipeline, new Map())
  expect(spots['a']).toEqual([0, 0])
  expect(spots['b']).toEqual([304, 0])
  expect(spots['c']).toEqual([608, 0])
  expect(spots['d']?.[0]).toBe(608)
})
