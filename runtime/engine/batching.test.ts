import { expect, test } from 'vitest'
import { batchOf, columnOf, Identity, Pool, Scope } from '../memory/index.ts'
import { types } from '../pipeline/types.ts'
import { cutCalls, inferAll } from './batching.ts'

const scope = () => new Scope(new Pool(1 << 26))
const fields = [{ name: 'n', type: types.int32 }]
const numbers = (inside: Scope, values: number[]) =>
  batchOf(
    inside,
    fields,
    values.map((n) => ({ n })),
    new Identity({ node: 's', path: '' }, values.length, 1),
  )

test('rows of several calls come back to their call in their order, whatever the cuts', async () => {
  const inside = scope()
  const requests = [[5, 1, 9], [2], [7, 7, 3, 8, 6]].map((values) => ({
    batch: numbers(inside, values),
    costs: Uint32Array.from(values),
  }))
  const sizes: number[] = []
  const answers = await inferAll(
    requests,
    { rows: 3, cost: 18 },
    async (batch) => {
      sizes.push(batch.rows)
      const doubled = Array.from({ length: batch.rows }, (_, row) => (batch.row(row)['n'] as number) * 2)
      return [[{ name: 'twice', type: types.int32 }, columnOf(batch.scope, types.int32, doubled)]]
    },
    inside,
  )
  expect(answers.map(({ batch }) => Array.from({ length: batch.rows }, (_, row) => batch.row(row)['twice']))).toEqual([
    [10, 2, 18],
    [4],
    [14, 14, 6, 16, 12],
  ])
  expect(Math.max(...sizes)).toBeLessThanOrEqual(3)
  inside.close()
})

test('a call is cut by rows and by rows × the costliest row, and a row above the limit goes alone', () => {
  const inside = scope()
  const costs = Uint32Array.of(10, 200, 10, 10, 50)
  const cuts = cutCalls([{ batch: numbers(inside, [0, 1, 2, 3, 4]), costs }], { rows: 64, cost: 100 })
  expect(cuts.map((cut) => cut.map(({ row }) => row))).toEqual([[1], [4, 0], [2, 3]])
  inside.close()
})

test('one row in 512 that makes the model fail is found in at most 20 calls, and 511 rows arrive', async () => {
  const inside = scope()
  const batch = numbers(
    inside,
    Array.from({ length: 512 }, (_, i) => i),
  )
  let calls = 0
  const [answer] = await inferAll(
    [{ batch, costs: null }],
    { rows: 512, cost: 1e9 },
    async (some) => {
      calls++
      const values = Array.from({ length: some.rows }, (_, row) => some.row(row)['n'] as number)
      if (values.includes(311)) throw new Error('Attempting to broadcast')
      return [[{ name: 'same', type: types.int32 }, columnOf(some.scope, types.int32, values)]]
    },
    inside,
  )
  expect(calls).toBeLessThanOrEqual(20)
  expect(answer?.failures).toEqual([{ row: 311, code: 'model-failed', message: 'Attempting to broadcast' }])
  expect(answer?.batch.rows).toBe(511)
  expect([310, 311].map((row) => answer?.batch.row(row)['same'])).toEqual([310, 312])
  inside.close()
})

test('several calls at once give the same rows in the same order, and are begun in the order of the cuts', async () => {
  const inside = scope()
  const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 101)
  const requests = [{ batch: numbers(inside, values), costs: Uint32Array.from(values) }]
  const open: (() => void)[] = []
  let most = 0
  const answering = inferAll(
    requests,
    { rows: 7, cost: 1e9 },
    async (batch, cut) => {
      expect(cut.map(({ row }) => values[row])).toEqual(Array.from({ length: batch.rows }, (_, i) => batch.row(i)['n']))
      await new Promise<void>((resolve) => open.push(resolve))
      const doubled = Array.from({ length: batch.rows }, (_, row) => (batch.row(row)['n'] as number) * 2)
      return [[{ name: 'twice', type: types.int32 }, columnOf(batch.scope, types.int32, doubled)]]
    },
    inside,
    { atOnce: 3 },
  )
  // The last one that was begun ends first.
  for (let ended = 0; ended < 15; ended++) {
    await new Promise((resolve) => setImmediate(resolve))
    most = Math.max(most, open.length)
    open.pop()?.()
  }
  const [answer] = await answering
  expect(most).toBe(3)
  expect(values.map((_, row) => answer?.batch.row(row)['twice'])).toEqual(values.map((n) => n * 2))
  inside.close()
})

test('after a fault no call is begun, and it is thrown when those at work have ended', async () => {
  const inside = scope()
  const batch = numbers(inside, [0, 1, 2, 3, 4, 5])
  const second = Promise.withResolvers<void>()
  const asked: number[] = []
  let ended = false
  const answering = inferAll(
    [{ batch, costs: null }],
    { rows: 1, cost: 1e9 },
    async (some) => {
      const n = some.row(0)['n'] as number
      asked.push(n)
      if (n === 0) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      await second.promise
      ended = true
      return [[{ name: 'same', type: types.int32 }, columnOf(some.scope, types.int32, [n])]]
    },
    inside,
    { atOnce: 2 },
  )
  const thrown = expect(answering).rejects.toMatchObject({ fault: true, code: 'ECONNREFUSED' })
  await new Promise((resolve) => setImmediate(resolve))
  expect(ended).toBe(false)
  second.resolve()
  await thrown
  expect([ended, ...asked]).toEqual([true, 0, 1])
  inside.close()
})
