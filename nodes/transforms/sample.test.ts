import { types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import sample from './sample.ts'

const fields = [{ name: 'id', type: types.int32 }]
const rows = Array.from({ length: 2000 }, (_, id) => ({ id }))

test('the first rows pass, and reading ends with them', async () => {
  const ran = await runNode(sample, { first: 5 }, { fields, rows, batchRows: 3 })
  expect(ran.rows).toEqual(rows.slice(0, 5))
  expect([ran.account.in.rows, ran.account.filtered.rows]).toEqual([6, 1])
  expect((await runNode(sample, { first: 0 }, { fields, rows })).account.in.rows).toBe(0)
  expect(sample.ordered?.({ first: 5 })).toBe(true)
})

test('a fraction takes about that share, the same rows however the batches are cut, other rows for another seed', async () => {
  const ran = await runCuts(sample, { fraction: 0.25 }, { fields, rows }, { cuts: [4096, 7, 1] })
  expect(ran.rows.length).toBeGreaterThan(420)
  expect(ran.rows.length).toBeLessThan(580)
  const other = await runNode(sample, { fraction: 0.25, seed: 1 }, { fields, rows })
  const shared = other.identities.filter((identity) => ran.identities.includes(identity)).length
  expect(shared).toBeLessThan(200)
  expect((await runNode(sample, { fraction: 1 }, { fields, rows })).rows).toEqual(rows)
  expect((await runNode(sample, { fraction: 0 }, { fields, rows })).rows).toEqual([])
})

test('neither and both of first and fraction are problems', async () => {
  for (const config of [{}, { first: 1, fraction: 0.5 }]) {
    const ran = await runNode(sample, config, { fields, rows })
    expect(ran.problems.map(({ code }) => code)).toEqual(['first-or-fraction'])
  }
})
