import { expect, test } from 'vitest'
import { check, definitions, derive, filter, none, orders, table } from './check.scene.ts'
import { checkPipeline } from './check.ts'
import { parsePipeline } from './document.ts'
import { types } from './types.ts'

test('columns are carried along every edge to the sink', () => {
  const { said, schemas, nodes, order } = check({
    nodes: { store: none, orders: table, keep: filter('price > 1.0'), more: derive({ twice: 'price * 2.0' }) },
    edges: ['orders -> keep', 'keep -> more', 'more -> store'],
  })
  expect(said).toEqual([])
  expect(order).toEqual(['orders', 'keep', 'more', 'store'])
  expect(schemas['keep']).toBe('id: int64, price: float64')
  expect(String(nodes['store']?.input)).toBe('id: int64, price: float64, twice: float64')
  expect(nodes['store']).toMatchObject({ output: null, ports: [], outputs: [], onError: 'reject' })
  expect(nodes['orders']).toMatchObject({ ports: [''], ifEmpty: 'fail', timeout: null })
})

test('an error in an expression points at the character in the file, and what follows stays quiet', () => {
  const { problems, nodes, text } = check({
    nodes: { orders: table, keep: filter('id > 1 && "\u00e9\\n" == prise'), more: filter('nothing'), store: none },
    edges: ['orders -> keep', 'keep -> more', 'more -> store'],
  })
  expect(problems).toHaveLength(1)
  const { place } = problems[0]!
  expect(place).toMatchObject({ node: 'keep', setting: 'where', file: 'p.json', line: 3 })
  expect(text.split('\n')[2]?.slice(place.position! - 1)).toMatch(/^prise/)
  expect(nodes['more']).toMatchObject({ input: null, output: null })
})

test('every node that misses the same column is marked; what else would be wrong behind the first waits', () => {
  const { problems, nodes } = check({
    nodes: {
      orders: table,
      keep: filter('preis > 1'),
      more: derive({ twice: 'preis * 2', other: 'nothing' }),
      last: filter('row["preis"] > 2 || other'),
      store: none,
    },
    edges: ['orders -> keep', 'keep -> more', 'more -> last', 'last -> store'],
  })
  const said = problems.map(({ code, place }) => `${code} ${place.node} ${place.column} ${place.setting}`)
  expect(said).toEqual([
    'unknown-column keep preis where',
    'unknown-column more preis columns.twice',
    'unknown-column last preis where',
  ])
  expect(nodes['more']).toMatchObject({ input: null, output: null })
})

test('the same wrong text in two settings is a problem of each', () => {
  const { said } = check({
    nodes: { orders: table, more: derive({ a: 'prise', b: 'id', c: 'prise' }), store: none },
    edges: ['orders -> more', 'more -> store'],
  })
  expect(said).toEqual(['more columns.a unknown-column 3', 'more columns.c unknown-column 3'])
})

test('an unknown type suggests the nearest, also for a bare name', () => {
  const { problems } = check({
    nodes: {
      orders: table,
      a: { type: 'transforms/fliter' },
      b: { type: 'derive' },
      c: { type: 'toString' },
      store: none,
    },
    edges: ['orders -> a', 'a -> b', 'b -> c', 'c -> store'],
  })
  expect(problems.map(({ code, hint }) => `${code} ${hint}`)).toEqual([
    'unknown-type Did you mean "transforms/filter"?',
    'unknown-type Did you mean "transforms/derive"?',
    'unknown-type List them with: headrace nodes',
  ])
})

test('every node takes onError, sources ifEmpty, models timeout, and they are kept beside its own settings', () => {
  const { said, nodes } = check({
    nodes: {
      orders: { ...table, config: { ifEmpty: 'ok', onError: 'fail' } },
      size: { type: 'models/length', config: { timeout: '2m' } },
      store: { ...none, config: { onError: 'fail' } },
    },
    edges: ['orders -> size', 'size -> store'],
  })
  expect(said).toEqual([])
  expect(nodes['orders']).toMatchObject({ onError: 'fail', ifEmpty: 'ok', config: {} })
  expect(nodes['size']).toMatchObject({ onError: 'reject', timeout: 120_000, config: { as: 'length' } })
  const wrong = check({
    nodes: { orders: { ...table, config: { onError: 'ignore' } }, store: { ...none, config: { timeout: 3 } } },
    edges: ['orders -> store'],
  })
  expect(wrong.said).toEqual(['orders onError wrong-choice 2', 'store timeout unknown-setting 3'])
})

test('several edges into one port are a union by name, in order of first appearance', () => {
  const { said, nodes } = check({
    nodes: { orders: table, old: table, store: none },
    edges: ['orders -> store', 'old -> store'],
    columns: {
      old: [
        { name: 'note', type: types.string },
        { name: 'id', type: types.int64 },
      ],
    },
  })
  expect(said).toEqual([])
  expect(String(nodes['store']?.input)).toBe('id: int64, price: float64, note: string')
})

test('a union with two types names both edges, the column, the types and the cast', () => {
  const { problems, nodes } = check({
    nodes: { orders: table, old: table, store: none },
    edges: ['orders -> store', 'old -> store'],
    columns: { old: [{ name: 'price', type: types.string }] },
  })
  expect(problems).toEqual([
    {
      severity: 'error',
      code: 'union-types',
      message: 'column "price" is float64 on orders → store and string on old → store',
      hint: 'Put a transforms/select between old and store: "columns": [{ "column": "price", "type": "float64" }], "rest": "keep".',
      place: { node: 'store', edge: 1, file: 'p.json', line: 7, position: 9 },
    },
  ])
  expect(nodes['store']?.input).toBeNull()
})

test('rejects have the row as it entered and the reasons; those of a source have the raw text', () => {
  const { said, nodes } = check({
    nodes: { orders: table, keep: filter('price > 1.0'), store: none, bad: none, worse: none, worst: none },
    edges: [
      'orders -> keep',
      'keep -> store',
      'keep.rejects -> bad',
      'orders.rejects -> worse',
      'bad.rejects -> worst',
    ],
  })
  expect(said).toEqual([])
  const reasons = '_node: string, _identity: string, _code: string, _message: string, _column: string'
  expect(String(nodes['bad']?.input)).toBe(`id: int64, price: float64, ${reasons}`)
  expect(String(nodes['worse']?.input)).toBe(`raw: string, file: string, line: int64, byte: int64, ${reasons}`)
  expect(String(nodes['worst']?.input)).toBe(`id: int64, price: float64, ${reasons}`)
})

test('a cycle, a node without input and rows that go nowhere are named', () => {
  const { said, problems } = check({
    nodes: { orders: table, a: filter('true'), b: filter('true'), lone: filter('true'), store: none },
    edges: ['orders -> store', 'a -> b', 'b -> a'],
  })
  expect(said).toEqual(['a cycle 3', 'lone no-input 5'])
  expect(problems[0]?.message).toBe('nodes lead in a circle: a → b → a')
  expect(
    check({
      nodes: { orders: table, keep: filter('id > 1'), store: none },
      edges: ['orders -> keep', 'orders -> store'],
    }).said,
  ).toEqual(['warning keep leads-nowhere 3'])
})

test('a pipeline without nodes, source or sink says so', () => {
  expect(check({ nodes: {}, edges: [] }).said).toEqual(['no-nodes 1'])
  expect(check({ nodes: { orders: table }, edges: [] }).said).toEqual(['no-sink 1', 'warning orders leads-nowhere 2'])
  expect(check({ nodes: { store: none }, edges: [] }).said).toEqual(['no-source 1', 'store no-input 2'])
})

test('edges to wrong ports are problems of the edge, and hide nothing else', () => {
  const { said } = check({
    nodes: {
      orders: table,
      split: { type: 'transforms/route', config: { ports: ['cheap', 'otherwise'] } },
      store: none,
    },
    edges: ['orders -> split', 'split.cheep -> store', 'split.otherwise -> store', 'split -> stoer'],
  })
  expect(said).toEqual(['unknown-port 7', 'missing-port 9', 'unknown-node 9'])
})

test('what a probe reported gets the line of its setting, but keeps the place in a file of its own', () => {
  const problem = { severity: 'error' as const, code: 'no-file', message: 'no such file' }
  const { problems, nodes } = check({
    nodes: { orders: { ...table, config: { path: 'a.csv' } }, old: table, store: none },
    edges: ['orders -> store', 'old -> store'],
    columns: { old: orders },
    problems: {
      orders: [{ ...problem, place: { node: 'orders', setting: 'path' } }],
      old: [{ ...problem, severity: 'warning', place: { node: 'old', file: 'a.csv', line: 40 } }],
    },
  })
  expect(problems.map(({ place }) => place)).toEqual([
    { node: 'orders', setting: 'path', file: 'p.json', line: 2, position: 52 },
    { node: 'old', file: 'a.csv', line: 40 },
  ])
  expect([nodes['orders']?.output, String(nodes['old']?.output)]).toEqual([null, 'id: int64, price: float64'])
})

test('a node that throws while it is checked is a problem, not an exception', () => {
  const { problems } = check({
    nodes: {
      orders: table,
      a: { type: 'transforms/faulty' },
      b: { type: 'transforms/faulty', config: { kindly: true } },
      store: none,
    },
    edges: ['orders -> a', 'orders -> b', 'a -> store', 'b -> store'],
  })
  expect(problems.map(({ code, hint, place }) => `${place.node} ${code}: ${hint}`)).toEqual([
    'a node-fault: This is a fault in the node, not in the pipeline.',
    'b too-odd: Make it even.',
  ])
})

test('two columns of one name are refused', () => {
  const { said } = check({
    nodes: { orders: table, more: derive({ id: 'price' }), store: none },
    edges: ['orders -> more', 'more -> store'],
  })
  expect(said).toEqual(['more duplicate-column 3'])
})

test('without probes the settings and the drawing are checked, and columns are not known', () => {
  const { pipeline } = parsePipeline(
    '{"headrace": 1, "nodes": {"a": {"type": "sources/table"}, "b": {"type": "transforms/filter", "config": {"where": "x"}}, "c": {"type": "sinks/none"}}, "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]}',
  )
  const { problems, nodes } = checkPipeline({ pipeline: pipeline!, definitions, probes: {} })
  expect(problems).toEqual([])
  expect(nodes['b']).toMatchObject({ input: null, output: null })
})

test('two sinks that write to one place are a problem, also where the path is written in two ways', () => {
  const to = (path: string) => ({ type: 'sinks/none', config: { path } })
  const question = {
    nodes: { orders: table, a: to('out/rows'), b: to('./out/rows/'), c: to('out/others') },
    edges: ['orders -> a', 'orders -> b', 'orders -> c'],
  }
  const { said } = check(question)
  expect(said).toEqual(['b path same-output 4'])
})
