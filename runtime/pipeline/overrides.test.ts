import { expect, test } from 'vitest'
import type { Pipeline } from './model.ts'
import { applySet } from './overrides.ts'

const pipeline: Pipeline = {
  headrace: 1,
  settings: {},
  edges: [],
  nodes: { orders: { type: 'sources/csv', config: { path: 'a.csv', types: { id: 'string' }, list: ['a', { b: 1 }] } } },
}

const config = (text: string) => applySet(pipeline, text).pipeline.nodes['orders']?.config

test('a value is JSON where it parses, else text, and the given pipeline stays as it was', () => {
  expect(config('orders.path=b=c.csv')).toMatchObject({ path: 'b=c.csv' })
  expect(config('orders.header=false')).toMatchObject({ header: false, path: 'a.csv' })
  expect(config('orders.nulls=["", "NA"]')).toMatchObject({ nulls: ['', 'NA'] })
  expect(config('orders.path=')).toMatchObject({ path: '' })
  expect(pipeline.nodes['orders']?.config['path']).toBe('a.csv')
})

test('a path reaches inside settings and makes what is missing', () => {
  expect(config('orders.types.price=float64')).toMatchObject({ types: { id: 'string', price: 'float64' } })
  expect(config('orders.list[1].b=2')).toMatchObject({ list: ['a', { b: 2 }] })
  expect(config('orders.deep.er=1')).toMatchObject({ deep: { er: 1 } })
})

test.each([
  ['order.path=x', 'unknown-node', 'Did you mean "orders"?'],
  ['orders.path', 'bad-override', 'For example: --set orders.path=today.csv'],
  ['orders=x', 'bad-override', 'For example: --set orders.path=today.csv'],
  ['orders.path.inner=x', 'bad-override', 'Set the whole setting.'],
  ['orders.list[9]=x', 'bad-override', 'Set the whole setting.'],
  ['orders.a..b=x', 'bad-override', 'Write columns.price or routes[0].where.'],
  ['orders.__proto__.x=1', 'bad-override', 'Write columns.price or routes[0].where.'],
])('%s is a problem', (text, code, hint) => {
  const { problems, pipeline: same } = applySet(pipeline, text)
  expect(problems).toMatchObject([{ code, hint }])
  expect(same).toBe(pipeline)
})

test('a value cannot bring prototype keys in', () => {
  expect(config('orders.types={"__proto__": {"x": 1}}')?.['types']).toBe('{"__proto__": {"x": 1}}')
})
