import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeadraceError } from '../pipeline/problem.ts'
import { isolate } from './isolate.ts'

/** Isolates rows of which some fail; gives the rows that went well, those that failed, and the calls. */
async function isolated(rows: number, poison: ReadonlySet<number>, start?: Parameters<typeof isolate>[1]['start']) {
  const calls: string[] = []
  const pieces = await isolate(rows, {
    run: async (from, to) => {
      calls.push(`${from}-${to}`)
      for (let row = from; row < to; row++) if (poison.has(row)) throw new Error(`row ${row}`)
      return to - from
    },
    ...(start && { start }),
  })
  const well = pieces.flatMap((piece) =>
    'result' in piece ? Array.from({ length: piece.to - piece.from }, (_, i) => piece.from + i) : [],
  )
  const failed = pieces.flatMap((piece) => ('error' in piece ? [[piece.from, (piece.error as Error).message]] : []))
  return { well, failed, calls }
}

const all = (rows: number, poison: ReadonlySet<number>) =>
  Array.from({ length: rows }, (_, row) => row).filter((row) => !poison.has(row))

test('every single row of 512 is found in at most 19 calls, the last one in 11', async () => {
  let most = 0
  for (let row = 0; row < 512; row++) {
    const { well, failed, calls } = await isolated(512, new Set([row]))
    expect(failed).toEqual([[row, `row ${row}`]])
    expect(well).toEqual(all(512, new Set([row])))
    most = Math.max(most, calls.length)
  }
  expect(most).toBe(19)
  expect((await isolated(512, new Set([511]))).calls.length).toBe(11)
})

test('whichever rows fail, they are found, all others go well once and in order, and no row alone is tried twice', async () => {
  const some = fc.record({ rows: fc.integer({ min: 0, max: 200 }), poison: fc.uniqueArray(fc.nat(199)) })
  await fc.assert(
    fc.asyncProperty(some, async ({ rows, poison }) => {
      const bad = new Set(poison.filter((row) => row < rows))
      const { well, failed, calls } = await isolated(rows, bad)
      expect(well).toEqual(all(rows, bad))
      expect(failed.map(([row]) => row)).toEqual([...bad].sort((a, b) => a - b))
      expect(new Set(calls).size).toBe(calls.length)
    }),
    { numRuns: 300 },
  )
})

test('two rows of 512 take at most 37 calls; where every row fails each is tried alone once', async () => {
  for (const [a, b] of [
    [0, 511],
    [255, 256],
    [100, 101],
    [0, 1],
  ] as const)
    expect((await isolated(512, new Set([a, b]))).calls.length).toBeLessThanOrEqual(37)
  const { calls, failed } = await isolated(512, new Set(all(512, new Set())))
  expect(failed.length).toBe(512)
  expect(calls.length).toBeLessThanOrEqual(512 + 20)
})

test('what is known to fail is not tried as a whole, and pieces come back in the order of the rows', async () => {
  const start = [
    { from: 4, to: 8, error: new Error('it crashed') },
    { from: 0, to: 4 },
    { from: 8, to: 16 },
  ]
  const { well, failed, calls } = await isolated(16, new Set([5]), start)
  expect(calls).toEqual(['4-6', '4-5', '5-6', '6-8', '0-4', '8-16'])
  expect(failed).toEqual([[5, 'row 5']])
  expect(well).toEqual(all(16, new Set([5])))
})

test.each([
  ['a fault of the surroundings', Object.assign(new Error('write'), { code: 'ENOSPC' })],
  ['memory that is not there', new RangeError('Array buffer allocation failed')],
  ['an answer with other rows', new HeadraceError('row-counts', 'the model was asked for 2 rows and gave 1')],
])('%s is no row: it is thrown after one call', async (_, error) => {
  let calls = 0
  const run = async () => {
    calls++
    throw error
  }
  await expect(isolate(512, { run })).rejects.toThrow(error.message)
  expect(calls).toBe(1)
})

test('who hears of each failed row can end it', async () => {
  let calls = 0
  const run = async () => {
    calls++
    throw new Error('always')
  }
  const onFailed = (failed: number, well: number) => {
    if (failed > 3 && well === 0) throw new Error('enough')
  }
  await expect(isolate(512, { run, onFailed })).rejects.toThrow('enough')
  expect(calls).toBeLessThan(20)
})
