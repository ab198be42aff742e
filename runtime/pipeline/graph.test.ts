import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkEdges, cycleText, type Ends, sortNodes } from './graph.ts'
import { type PipelineEdge, type Port, readPort } from './model.ts'

const edge = (text: string): PipelineEdge => {
  const [from, to] = text.split(' -> ').map((end) => readPort(end) as Port)
  return { from: from as Port, to: to as Port }
}

const nodes = new Map<string, Ends | null>([
  ['orders', { kind: 'source', ports: [''], inputs: [] }],
  ['keep', { kind: 'transform', ports: [''], inputs: [''] }],
  ['split', { kind: 'transform', ports: ['cheap', 'otherwise'], inputs: [''] }],
  ['broken', { kind: 'transform', ports: null, inputs: [''] }],
  ['unknown', null],
  ['store', { kind: 'sink', ports: [], inputs: [''] }],
])

test.each([
  ['order -> keep', 'from unknown-node', 'an edge leads from "order", which is no node', 'Did you mean "orders"?'],
  ['orders -> elsewhere', 'to unknown-node', 'an edge leads to "elsewhere", which is no node', 'The nodes are orders,'],
  ['keep -> orders', 'to edge-into-source', 'orders is a source: no edge leads into it', 'the wrong way round?'],
  ['store -> keep', 'from edge-out-of-sink', 'store is a sink: no edge leaves it', '"store.rejects"'],
  [
    'split -> store',
    'from missing-port',
    'split has several outputs',
    '"split.cheap", "split.otherwise", "split.rejects"',
  ],
  ['split.cheep -> store', 'from unknown-port', 'split has no output "cheep"', 'Did you mean "split.cheap"?'],
  ['keep.out -> store', 'from unknown-port', 'keep has no output "out"', 'Its outputs are "keep", "keep.rejects".'],
  ['keep -> store.left', 'to unknown-input', 'store has no input "left"', 'Write "store".'],
])('%s is a problem that says what to do', (text, at, message, hint) => {
  const [problem, ...more] = checkEdges([edge(text)], nodes)
  expect(more).toEqual([])
  expect(`${problem?.end} ${problem?.code}`).toBe(at)
  expect(problem?.message).toContain(message)
  expect(problem?.hint).toContain(hint)
})

test('right edges, rejects of any node and ports of nodes that are not known give no problems', () => {
  const edges = [
    'orders -> keep',
    'orders.rejects -> keep',
    'store.rejects -> split',
    'split.cheap -> store',
    'broken.x -> store',
    'unknown.y -> unknown',
  ]
  expect(checkEdges(edges.map(edge), nodes)).toEqual([])
})

test('the same edge twice is a problem of the second', () => {
  const found = checkEdges(['orders -> keep', 'orders -> store', 'orders -> keep'].map(edge), nodes)
  expect(found.map(({ code, edge: index }) => [code, index])).toEqual([['duplicate-edge', 2]])
})

test('a cycle is named by its nodes, and what hangs behind it is left out of the order', () => {
  const edges = ['a -> b', 'b -> c', 'c -> b', 'c -> d'].map(edge)
  const { order, cycles } = sortNodes(['a', 'b', 'c', 'd', 'e'], edges)
  expect(order).toEqual(['a', 'e'])
  expect(cycles.map(cycleText)).toEqual(['b → c → b'])
  expect(sortNodes(['a'], [edge('a -> a')]).cycles.map(cycleText)).toEqual(['a → a'])
})

test('nodes stay in the order of the file where the edges allow it', () => {
  expect(sortNodes(['d', 'c', 'b', 'a'], [edge('a -> d')]).order).toEqual(['c', 'b', 'a', 'd'])
})

test('ten thousand nodes in a row, written backwards, are sorted', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `n${i}`)
  const edges = ids.slice(1).map((id, i) => edge(`${id} -> n${i}`))
  expect(sortNodes(ids, edges).order[0]).toBe('n9999')
})

test('every order respects every edge, every cycle is one, and nothing is both', () => {
  const graphs = fc.integer({ min: 1, max: 8 }).chain((count) => {
    const id = fc.nat(count - 1).map((i) => `n${i}`)
    const ends = fc.record({ from: id, to: id })
    return fc.record({
      ids: fc.constant(Array.from({ length: count }, (_, i) => `n${i}`)),
      ends: fc.array(ends, { maxLength: 14 }),
    })
  })
  fc.assert(
    fc.property(graphs, ({ ids, ends }) => {
      const edges = ends.map(({ from, to }) => edge(`${from} -> ${to}`))
      const { order, cycles } = sortNodes(ids, edges)
      expect(new Set(order).size).toBe(order.length)
      for (const { from, to } of edges) {
        const [a, b] = [order.indexOf(from.node), order.indexOf(to.node)]
        if (b >= 0) expect(a >= 0 && a < b).toBe(true)
      }
      expect(cycles.length > 0).toBe(order.length < ids.length)
      for (const cycle of cycles) {
        cycle.forEach((id, i) => {
          const next = cycle[(i + 1) % cycle.length]
          expect(edges.some(({ from, to }) => from.node === id && to.node === next)).toBe(true)
        })
      }
    }),
    { numRuns: 200 },
  )
})
