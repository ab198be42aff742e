import type { CheckAnswer, NodeTypeView } from '@headrace/runtime/api'
import { type Pipeline, parsePipeline } from '@headrace/runtime/pipeline'
import { expect, test } from 'vitest'
import { cardHeight, plainShape, portsOf } from '../card/shape.ts'
import { factsOf, type Known, shapesOf } from './facts.ts'
import { readingOrder } from './order.ts'
import { keepSame } from './same.ts'
import { sceneOf } from './scene.ts'
import { freeSpot, spotsOf } from './spots.ts'
import { arrange } from './tidy.ts'

const type = (name: string, kind: NodeTypeView['kind']): [string, NodeTypeView] => [
  name,
  {
    type: name,
    kind,
    title: name,
    description: '',
    config: {},
    examples: [],
    inputs: kind === 'source' ? [] : [''],
    routes: false,
    search: false,
  },
]
const types = new Map([
  type('sources/csv', 'source'),
  type('transforms/filter', 'transform'),
  type('sinks/csv', 'sink'),
])
const known: Known = { types, checked: null, running: false }

function read(value: object): Pipeline {
  const { pipeline } = parsePipeline(JSON.stringify({ headrace: 1, ...value }))
  if (!pipeline) throw new Error('not a pipeline')
  return pipeline
}

const nodes = {
  out: { type: 'sinks/csv', config: {} },
  keep: { type: 'transforms/filter', config: {} },
  in: { type: 'sources/csv', config: {} },
}
const edges = [
  { from: 'in', to: 'keep' },
  { from: 'keep', to: 'out' },
  { from: 'in.rejects', to: 'out' },
]
const chain = read({ nodes, edges })

const draw = (pipeline: Pipeline, with_: Known = known) => sceneOf(pipeline, with_, readingOrder(pipeline))

test('nodes are drawn in the order in which rows pass them, so that Tab follows it', () => {
  expect(draw(chain).nodes.map(({ id }) => id)).toEqual(['in', 'keep', 'out'])
})

test('nodes of a circle are drawn too, last', () => {
  const circle = read({ nodes, edges: [...edges, { from: 'out', to: 'keep' }] })
  expect(new Set(readingOrder(circle))).toEqual(new Set(['in', 'keep', 'out']))
})

test('a source has no input, a sink only the output of its rejected rows', () => {
  const shapes = shapesOf(chain, known)
  const ends = (id: string) => portsOf(shapes.get(id) as never).map(({ end, port }) => `${end} ${port}`.trim())
  expect(ends('in')).toEqual(['out', 'out rejects'])
  expect(ends('keep')).toEqual(['in', 'out', 'out rejects'])
  expect(ends('out')).toEqual(['in', 'out rejects'])
})

test('an output that the file names and the node does not have is drawn, so that its wire is seen', () => {
  const wrong = read({ nodes, edges: [{ from: 'keep.german', to: 'out' }] })
  expect(shapesOf(wrong, known).get('keep')?.outputs).toEqual(['', 'german'])
})

test('a card grows by a row for each named output', () => {
  const plain = cardHeight(plainShape)
  expect(cardHeight({ ...plainShape, outputs: ['german', 'other'] })).toBe(plain + 48)
})

test('nodes without a place are arranged from left to right on the grid', () => {
  const spots = spotsOf(chain, shapesOf(chain, known))
  expect(spots.get('in')?.[0]).toBe(0)
  expect(spots.get('keep')?.[0]).toBe(304)
  expect(spots.get('out')?.[0]).toBe(608)
  for (const [x, y] of spots.values()) expect([x % 8, y % 8]).toEqual([0, 0])
})

test('a node without a place stands right of what feeds it, where nothing is', () => {
  const part = read({ nodes, edges, layout: { in: [0, 0], out: [304, 0] } })
  const spot = spotsOf(part, shapesOf(part, known)).get('keep')
  expect(spot?.[0]).toBe(304)
  expect(spot?.[1]).toBeGreaterThanOrEqual(112)
})

test('a free spot is the wanted one, else below what is in the way', () => {
  expect(freeSpot([0, 0], [[304, 0]])).toEqual([0, 0])
  expect(freeSpot([0, 0], [[40, 8]])[1]).toBeGreaterThan(100)
})

test('the boxes of a group stay together', () => {
  const box = (id: string, group?: string) => ({ id, width: 188, height: 96, ...(group && { group }) })
  const spots = arrange(
    [box('a'), box('b', 'g'), box('c'), box('d', 'g')],
    [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'a', to: 'd' },
    ],
  )
  const rows = ['b', 'c', 'd'].sort((one, other) => (spots[one]?.[1] ?? 0) - (spots[other]?.[1] ?? 0))
  expect(rows.indexOf('c')).not.toBe(1)
})

test('what did not change is the same object after an edit elsewhere', () => {
  const before = draw(chain)
  const after = draw(read({ nodes: { ...nodes, keep: { ...nodes.keep, title: 'Keep' } }, edges }))
  const kept = keepSame(before.nodes, after.nodes)
  const at = (id: string) => kept.find((node) => node.id === id)
  const was = (id: string) => before.nodes.find((node) => node.id === id)
  expect(at('in')).toBe(was('in'))
  expect(at('out')).toBe(was('out'))
  expect(at('keep')).not.toBe(was('keep'))
  expect(keepSame(before.nodes, draw(chain).nodes)).toBe(before.nodes)
})

test('a folded group hides its nodes and takes their outer wires; those inside are gone', () => {
  const folded = read({ nodes, edges, groups: { g: { name: 'G', nodes: ['keep', 'out'], collapsed: true } } })
  const scene = draw(folded)
  expect(scene.nodes.map(({ id }) => id)).toEqual(['group:g', 'in'])
  expect(scene.edges.map(({ source, target }) => `${source} ${target}`)).toEqual(['in group:g', 'in group:g'])
})

test('the first problem of a node is an error where it has one, and all are counted', () => {
  const problem = (severity: 'error' | 'warning', message: string) => ({
    severity,
    code: 'x',
    message,
    place: { node: 'keep' },
  })
  const checked: CheckAnswer = {
    problems: [problem('warning', 'slow'), problem('error', 'no column prise')],
    params: {},
    nodes: {},
    edges: [],
  }
  const facts = factsOf(chain, { ...known, checked }).get('keep')
  expect(facts).toMatchObject({ problem: 'no column prise', problems: 2, mild: false })
})

test('a node whose type is not installed is drawn as such', () => {
  const odd = read({ nodes: { odd: { type: 'audio/whisper', config: {} } }, edges: [] })
  expect(factsOf(odd, known).get('odd')).toMatchObject({ kind: 'unknown', state: 'unknown' })
})
