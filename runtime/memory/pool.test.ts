import fc from 'fast-check'
import { expect, test } from 'vitest'
import { types } from '../pipeline/types.ts'
import { Identity } from './identity.ts'
import { type Block, Pool, sizeClass } from './pool.ts'
import { Scope } from './scope.ts'
import { batchOf } from './values.ts'

test('a size class holds what is asked for and wastes at most a quarter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 33 }), (bytes) => {
      const size = sizeClass(bytes)
      expect(size).toBeGreaterThanOrEqual(bytes)
      if (bytes > 4096) expect(size).toBeLessThanOrEqual(bytes * 1.25 + 2 ** 10)
      expect(sizeClass(size)).toBe(size)
    }),
  )
})

/** What threads may do with the pool, in any order: each has a pool of its own over the same counters. */
const step = fc.record({
  do: fc.constantFrom('allocate', 'send', 'hold', 'release', 'trim'),
  thread: fc.integer({ min: 0, max: 2 }),
  pick: fc.nat(),
  bytes: fc.integer({ min: 1, max: 100_000 }),
})

test('whatever threads do, no block is given out while it is held, and all are free in the end', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const first = new Pool(300_000)
      const pools = [first, new Pool(first.handle), new Pool(first.handle)]
      // What this test knows: each hold, and the thread that has it.
      const holds: { thread: number; block: Block }[] = []
      for (const { do: what, thread, pick, bytes } of steps) {
        const pool = pools[thread] as Pool
        const own = holds.filter((hold) => hold.thread === thread)
        const one = own[pick % Math.max(1, own.length)]
        if (what === 'allocate') {
          const block = pool.allocate(bytes)
          expect(
            holds.some((hold) => hold.block.id === block.id),
            'given out while held',
          ).toBe(false)
          expect(block.buffer.byteLength).toBeGreaterThanOrEqual(bytes)
          holds.push({ thread, block })
        } else if (what === 'send' && one) {
          const other = (thread + 1) % pools.length
          pool.hold(one.block)
          holds.push({ thread: other, block: (pools[other] as Pool).adopt(one.block.id, one.block.buffer) })
        } else if (what === 'hold' && one) {
          pool.hold(one.block)
          holds.push(one)
        } else if (what === 'release' && one) {
          pool.release(one.block)
          holds.splice(holds.indexOf(one), 1)
        } else if (what === 'trim') pool.trim()
      }
      const distinct = new Set(holds.map(({ block }) => block.id))
      expect(pools.reduce((sum, pool) => sum + pool.held, 0)).toBe(distinct.size)
      for (const { thread, block } of holds) (pools[thread] as Pool).release(block)
      for (const pool of pools) {
        expect(pool.held).toBe(0)
        pool.trim()
      }
      expect(first.allocated).toBe(0)
    }),
    { numRuns: 500 },
  )
})

test('a block that is released more often than held is an error, and poisoned memory shows', () => {
  const pool = new Pool(1 << 20)
  pool.poison = true
  const block = pool.allocate(100)
  new Uint8Array(block.buffer).fill(1)
  pool.release(block)
  expect(new Uint8Array(block.buffer)[0]).toBe(0xdb)
  expect(() => pool.release(block)).toThrow(/more often than held/)
})

test('who asks for memory after its split has ended gets none, and nothing stays held', () => {
  const pool = new Pool(1 << 24)
  const scope = new Scope(pool)
  const batch = batchOf(
    scope,
    [{ name: 'n', type: types.int32 }],
    [{ n: 1 }],
    new Identity({ node: 'a', path: '' }, 1, 1),
  )
  const columns = batch.columns
  scope.close()
  expect(pool.held).toBe(0)
  expect(() => scope.allocate(Int32Array, 4)).toThrow('ended')
  const other = new Scope(pool)
  const alive = batchOf(other, batch.schema.fields, [{ n: 2 }], batch.identity)
  expect(() => alive.into(scope)).toThrow('ended')
  other.close()
  expect(pool.held).toBe(0)
  expect(columns).toHaveLength(1)
})
