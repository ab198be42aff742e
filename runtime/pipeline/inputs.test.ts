import { expect, test } from 'vitest'
import { Type, table as tableNode } from '../sdk/index.ts'
import { definitions, orders } from './check.scene.ts'
import { checkPipeline } from './check.ts'
import type { Described, Lacking } from './described.ts'
import { parsePipeline } from './document.ts'
import { originsOf } from './origins.ts'
import { types } from './types.ts'

const never = async function* () {}
const rest = {
  title: 'T',
  description: 'D',
  examples: [],
  write: () => Promise.reject(new Error('not here')),
  gather: () => Promise.reject(new Error('not here')),
  read: never,
}

const pair = tableNode({
  ...rest,
  config: Type.Object({}),
  inputs: () => ['left', 'right'],
  columns: ({ inputs }) => [
    ...(inputs['left']?.fields ?? []),
    ...(inputs['right']?.fields ?? []).map(({ name, type }) => ({ name: `${name}_right`, type })),
  ],
  origins: () => ({ id_right: ['right.id'], price_right: ['right.price'] }),
})
const query = tableNode({
  ...rest,
  config: Type.Object({ query: Type.String() }),
  inputs: () => null,
  describe: () => Promise.reject(new Error('a pure check asks nobody')),
  columns: ({ described }) => [{ name: String(described), type: types.int64 }],
})
const all = { ...definitions, 'transforms/pair': pair, 'transforms/query': query }

const sources = { a: { type: 'sources/table' }, b: { type: 'sources/table' } }
const out = { type: 'sinks/none' }

/** Checks nodes, a line each, and edges, a line each; says the problems with their lines. */
function check(nodes: Record<string, object>, edges: readonly string[], described?: Described) {
  const lines = Object.entries(nodes).map(([id, node]) => `${JSON.stringify(id)}: ${JSON.stringify(node)}`)
  const drawn = edges.map((text) => text.split(' -> ')).map(([from, to]) => JSON.stringify({ from, to }))
  const text = `{"headrace": 1, "nodes": {\n${lines.join(',\n')}},\n"edges": [\n${drawn.join(',\n')}]}`
  const { pipeline, positions } = parsePipeline(text, 'p.json')
  const probes = Object.fromEntries(
    Object.keys(nodes).map((id) => [id, { probe: { columns: orders, files: [] }, problems: [] }]),
  )
  if (!pipeline) throw new Error('not a pipeline')
  const checked = checkPipeline({ pipeline, definitions: all, probes, positions, described })
  const said = checked.problems.map(({ message, place }) => `${place.line}:${place.position} ${message}`)
  const columns = (id: string) => checked.nodes[id]?.output && String(checked.nodes[id]?.output)
  return { ...checked, said, columns }
}

const joined = { ...sources, join: { type: 'transforms/pair' }, out }
const asked = { a: sources.a, q: { type: 'transforms/query', config: { query: 'x' } }, out }

test('each named input has its own columns, and edges that lead to one are put together', () => {
  const { said, nodes, columns } = check({ ...joined, c: { type: 'sources/table' } }, [
    'a -> join.right',
    'b -> join.left',
    'c -> join.right',
    'join -> out',
  ])
  expect(said).toEqual([])
  expect(Object.keys(nodes['join']?.inputSchemas ?? {})).toEqual(['left', 'right'])
  expect(columns('join')).toBe('id: int64, price: float64, id_right: int64, price_right: float64')
  expect(originsOf(nodes['join'] as never)).toEqual({
    id: ['left.id', 'right.id'],
    price: ['left.price', 'right.price'],
    id_right: ['right.id'],
    price_right: ['right.price'],
  })
})

test.each([
  [['a -> join', 'b -> join.right'], '7:18 join has several inputs: the edge must name one'],
  [['a -> join.lefd', 'b -> join.right'], '7:18 join has no input "lefd"'],
  [['a -> join.left', 'b -> out'], '4:9 no edge leads to join.right'],
])('%j is one problem, at its line', (edges, problem) => {
  expect(check(joined, [...edges, 'join -> out']).said).toEqual([problem])
})

test('a node of which one input is switched off is off, and says which', () => {
  const { said, off } = check({ ...joined, b: { type: 'sources/table', disabled: true } }, [
    'a -> join.left',
    'b -> join.right',
    'a -> out',
    'join -> out',
  ])
  expect(off).toEqual(new Set(['b', 'join']))
  expect(said.filter((one) => one.includes('join.right'))).toEqual([
    '4:9 join is off, and so is what follows it: only b, which is off, leads to join.right',
  ])
})

test('where edges name the inputs any word is one, and an edge without a name leads to "input"', () => {
  const found: Lacking[] = []
  const { said, nodes } = check({ ...asked, b: sources.b }, ['a -> q.orders', 'b -> q', 'q -> out'], (question) => {
    found.push({ node: 'q', ...question })
    return { described: 'rows' }
  })
  expect(said).toEqual([])
  expect(Object.keys(found[0]?.inputs ?? {})).toEqual(['orders', 'input'])
  expect(String(nodes['q']?.output)).toBe('rows: int64')
  expect(check(asked, ['a -> q.my-orders', 'q -> out']).said).toEqual(['6:18 "my-orders" is no name for an input of q'])
})

test('a check says which answers it lacks, and takes what is wrong with a query as a problem of its place', () => {
  const first = check(asked, ['a -> q.orders', 'q -> out'])
  expect(first.lacking.map(({ node }) => node)).toEqual(['q'])
  expect(first.said).toEqual([])
  expect(first.columns('q')).toBe(null)
  const wrong = check(asked, ['a -> q.orders', 'q -> out'], () => ({
    problem: { severity: 'error', code: 'sql-error', message: 'no such column', setting: 'query', span: [0, 1] },
  }))
  expect(wrong.lacking).toEqual([])
  expect(wrong.said).toEqual(['3:52 no such column'])
})
