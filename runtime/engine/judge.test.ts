import { expect, test } from 'vitest'
import { noBooks } from './books.ts'
import type { FlowPlan } from './flowplan.ts'
import { judge } from './judge.ts'

const nodes = [
  { id: 'in', kind: 'source', index: 0 },
  { id: 'cast', kind: 'transform', index: 1 },
]
const flow = { nodes } as unknown as FlowPlan // what a judge looks at
const books = (read: number, rejected: number) => ({ in: { ...noBooks, in: read }, cast: { ...noBooks, rejected } })

test('a part that ends first is judged beside all that is read by then, the whole by itself', () => {
  expect(() => judge(flow, '25%', books(71_075, 19_530), 171_075)).not.toThrow()
  expect(() => judge(flow, '25%', books(71_075, 19_530))).toThrow('19530 of 71075 rows were rejected')
  expect(() => judge(flow, '25%', books(171_075, 29_708))).not.toThrow()
  expect(() => judge(flow, 500, books(71_075, 501), 171_075)).toThrow('the limit is 500 rows')
})
