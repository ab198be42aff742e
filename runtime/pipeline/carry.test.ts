import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check, derive, filter, none, orders, table } from './check.scene.ts'

test('a disabled filter is passed by, also where it is wrong', () => {
  const { said, nodes, order, edges } = check({
    nodes: { orders: table, keep: filter('nonsense(', { disabled: true }), more: derive({ x: 'id' }), store: none },
    edges: ['orders -> keep', 'keep -> more', 'keep.rejects -> store', 'more -> store'],
  })
  expect(said).toEqual([])
  expect(order).toEqual(['orders', 'more', 'store'])
  expect(edges.map(({ from, to }) => `${from.node} ${to.node}`)).toEqual(['orders more', 'more store'])
  expect(nodes['orders']?.outputs).toEqual([{ from: { node: 'orders', port: '' }, to: { node: 'more', port: '' } }])
})

test('a disabled node that changes the columns takes its branch with it, and says so', () => {
  const { said, order } = check({
    nodes: {
      orders: table,
      more: derive({ x: 'id' }, { disabled: true }),
      after: filter('x > 1'),
      store: none,
      all: none,
    },
    edges: ['orders -> more', 'more -> after', 'after -> store', 'orders -> all'],
  })
  expect(said).toEqual(['warning more branch-off 3'])
  expect(order).toEqual(['orders', 'all'])
})

test('a disabled source or sink removes its branch; without any other, nothing would happen', () => {
  const nodes = {
    orders: table,
    old: { ...table, disabled: true },
    keep: filter('id > 1'),
    store: none,
    other: { ...none, disabled: true },
  }
  const { said, order } = check({
    nodes,
    edges: ['orders -> store', 'old -> keep', 'keep -> store', 'orders -> other'],
  })
  expect(said).toEqual([])
  expect(order).toEqual(['orders', 'store'])
  const off = check({ nodes: { orders: { ...table, disabled: true }, store: none }, edges: ['orders -> store'] })
  expect(off.said.sort()).toEqual(['no-sink 1', 'no-source 1'])
})

test('any drawing gives problems or a run in which every node is fed with known columns and every edge has both ends', () => {
  const kinds = [
    table,
    none,
    filter('id > 1'),
    derive({ x: 'id' }),
    { type: 'transforms/route', config: { ports: ['a'] } },
  ]
  const node = fc.record({ kind: fc.constantFrom(...kinds), disabled: fc.boolean() })
  const ends = fc.record({
    from: fc.constantFrom('orders', 'n0', 'n1', 'n2', 'n3', 'n4', 'n1.rejects', 'n2.a', 'nowhere'),
    to: fc.constantFrom('n0', 'n1', 'n2', 'n3', 'n4', 'store'),
  })
  fc.assert(
    fc.property(fc.array(node, { maxLength: 5 }), fc.array(ends, { maxLength: 9 }), (some, drawn) => {
      const nodes = Object.fromEntries(some.map(({ kind, disabled }, i) => [`n${i}`, { ...kind, disabled }]))
      const columns = Object.fromEntries(some.flatMap(({ kind }, i) => (kind === table ? [[`n${i}`, orders]] : [])))
      const edges = drawn.map(({ from, to }) => `${from} -> ${to}`)
      const run = check({ nodes: { orders: table, ...nodes, store: none }, edges, columns })
      if (run.problems.some(({ severity }) => severity === 'error')) return
      for (const id of run.order) {
        const { definition, input, output, inputs } = run.nodes[id]!
        expect(inputs.length > 0 && input !== null).toBe(definition.kind !== 'source')
        expect(output === null).toBe(definition.kind === 'sink')
        for (const { from } of inputs) expect(run.order.indexOf(from.node)).toBeLessThan(run.order.indexOf(id))
      }
      expect(run.order.flatMap((id) => run.nodes[id]!.outputs)).toHaveLength(run.edges.length)
    }),
    { numRuns: 150 },
  )
})
