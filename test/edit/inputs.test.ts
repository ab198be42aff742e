import { expect, test } from 'vitest'
import {
  columnWay,
  connectable,
  copyNodes,
  edgeText,
  fixesFor,
  freeInput,
  inputsOf,
  insertBefore,
  insertInto,
  type Pipeline,
  pasteNodes,
  removeNodes,
  renameNode,
  splice,
} from '../../runtime/pipeline/index.ts'
import { checkText, file, textOf } from './scene.ts'

file('customers.csv', 'id,name\n7,Zoe\n8,Ann\n')
file('sold.csv', 'id,customer,price\n1,7,2.5\n2,8,3.5\n')
const csv = (path: string) => ({ type: 'sources/csv', config: { path } })
const none = { type: 'sinks/none', config: {} }
const both = { sold: csv('sold.csv'), customers: csv('customers.csv') }
const join = (keys: unknown) => ({ ...both, join: { type: 'transforms/join', config: { keys } }, out: none })
const byCustomer = join([{ left: 'customer', right: 'id' }])
const sql = (query: string) => ({ sold: both.sold, q: { type: 'transforms/sql', config: { query } }, out: none })

const drawn = ({ edges }: Pipeline): string[] => edges.map(edgeText)
const whole = ['sold -> join.left', 'customers -> join.right', 'join -> out']
const look = (nodes: Record<string, object>, edges: readonly string[]) => checkText(textOf(nodes, edges))

test('a new edge takes the first free input; where all have one the refusal offers each', async () => {
  const { pipeline, answer } = await look(byCustomer, ['sold -> join.left'])
  const from = { node: 'customers', port: '' }
  expect(freeInput(pipeline, from, 'join', inputsOf(answer, 'join'))).toBe('right')
  expect(connectable(pipeline, from, 'join', answer).ok).toBe(true)
  const full = await look(byCustomer, whole)
  const spare = { ...full.pipeline, nodes: { ...full.pipeline.nodes, more: csv('customers.csv') } }
  const verdict = connectable(spare, { node: 'more', port: '' }, 'join', full.answer)
  expect(verdict).toMatchObject({ ok: false, reason: expect.stringContaining('Every input of join has an edge') })
  const fixes = verdict.ok ? [] : verdict.fixes
  expect(fixes.map(({ title }) => title)).toEqual(['Lead it to join.left', 'Lead it to join.right'])
  expect(drawn(fixes[1]!.change(spare))).toContain('more → join.right')
})

test('an edge into a query is called as what it comes from, in one word, and made unique', async () => {
  const { pipeline, answer } = await look({ ...both, ...sql('SELECT 1') }, ['sold -> q.sold'])
  const free = (node: string, port = '') => freeInput(pipeline, { node, port }, 'q', inputsOf(answer, 'q'))
  expect(free('customers')).toBe('customers')
  expect(free('sold')).toBe('sold_2')
  expect(free('my-orders')).toBe('my_orders')
  expect(free('sold', 'rejects')).toBe('sold_rejects')
})

test('renaming, splicing, inserting, deleting and copying keep the inputs', async () => {
  const { pipeline } = await look(byCustomer, whole)
  expect(drawn(renameNode(pipeline, 'join', 'both'))).toEqual([
    'sold → both.left',
    'customers → both.right',
    'both → out',
  ])
  const right = pipeline.edges[1]!
  const sample = { type: 'transforms/sample', config: { first: 1 } }
  expect(drawn(insertInto(pipeline, right, 'few', sample))).toEqual(
    expect.arrayContaining(['customers → few', 'few → join.right', 'sold → join.left']),
  )
  expect(drawn(insertBefore(pipeline, 'join', 'few', sample, 'right'))).toEqual(
    expect.arrayContaining(['customers → few', 'few → join.right', 'sold → join.left']),
  )
  expect(drawn(splice(pipeline, pipeline.edges[2]!, 'more', '', 'left'))).toContain('join → more.left')
  expect(drawn(removeNodes(pipeline, ['join'], true))).toEqual(['sold → out'])
  const pasted = pasteNodes(pipeline, copyNodes(pipeline, ['sold', 'customers', 'join']))
  expect(pasted && drawn(pasted.pipeline)).toEqual(
    expect.arrayContaining(['sold-2 → join-2.left', 'customers-2 → join-2.right']),
  )
})

test.each([
  ['missing-input', byCustomer, ['sold -> join', 'customers -> join.right', 'join -> out'], 'Lead it to join.left'],
  [
    'unknown-input',
    byCustomer,
    ['sold -> join.left', 'customers -> join.rigth', 'join -> out'],
    'Lead it to join.right',
  ],
  ['no-input', byCustomer, ['sold -> join.left', 'join -> out'], 'Connect customers → join.right'],
  ['unknown-column', join([{ left: 'customer', right: 'nam' }]), whole, 'Use `name` instead of `nam`'],
  ['keys-differ', join([{ left: 'customer', right: 'name' }]), whole, 'Make `name` int64 before join.right'],
  ['sql-error', sql('SELECT sold.prise FROM sold'), ['sold -> q.sold', 'q -> out'], 'Use price'],
  ['unknown-table', sql('SELECT price FROM solt'), ['sold -> q.sold', 'q -> out'], 'Use sold'],
])('%s is mended by its first fix', async (code, nodes, edges, title) => {
  const { pipeline, answer } = await look(nodes, edges)
  const problem = answer.problems.find((one) => one.code === code)
  const [fix] = problem ? fixesFor(problem, pipeline, answer) : []
  expect(fix?.title).toBe(title)
  const mended = fix?.change(pipeline) as Pipeline
  const after = await checkText(
    JSON.stringify({
      ...mended,
      edges: mended.edges.map(({ from, to }) => ({
        from: from.port ? `${from.node}.${from.port}` : from.node,
        to: to.port ? `${to.node}.${to.port}` : to.node,
      })),
    }),
  )
  expect(after.answer.problems.map((one) => one.code)).not.toContain(code)
})

test('an error in a query of several lines is at its place in the file and in the text', async () => {
  const { answer } = await look(sql('SELECT id,\n  prise\nFROM sold'), ['sold -> q.sold', 'q -> out'])
  const [problem] = answer.problems
  expect(problem).toMatchObject({ code: 'sql-error', place: { node: 'q', setting: 'query' } })
  expect(problem?.place.span).toBeDefined()
  expect(problem?.place.line).toBeGreaterThan(1)
})

test('a column is followed back through a join to the input that it came by', async () => {
  const { pipeline, answer } = await look(byCustomer, whole)
  expect(answer.nodes['join']?.inputs.map(({ name }) => name)).toEqual(['left', 'right'])
  const way = (column: string) => Object.keys(columnWay(pipeline, answer, 'join → out', column).edges).sort()
  expect(way('name')).toEqual(['customers → join.right', 'join → out'])
  expect(way('price')).toEqual(['join → out', 'sold → join.left'])
  const on = columnWay(pipeline, answer, 'customers → join.right', 'name')
  expect(on.edges['join → out']).toEqual(['name'])
})
