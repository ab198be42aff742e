import { types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import route from './route.ts'

const fields = [{ name: 'n', type: types.int64 }]
const routes = [
  { port: 'small', where: 'n < 5' },
  { port: 'divides', where: '12 % n == 0' },
]

test('a row that has found its way does not fail on a later condition', async () => {
  const rows = [{ n: 0n }, { n: 12n }, { n: null }]
  const first = await runCuts(route, { routes }, { fields, rows })
  expect(first.rejected).toEqual([])
  expect(first.ports).toEqual({ small: [{ n: 0n }], divides: [{ n: 12n }], otherwise: [{ n: null }] })
  const all = await runCuts(route, { routes, match: 'all' }, { fields, rows })
  expect(all.rejected.map(({ identity }) => identity)).toEqual(['source:rows:1'])
})

test('one row that leaves by two ports is one parent, and each way has its name', async () => {
  const ran = await runCuts(route, { routes, match: 'all' }, { fields, rows: [{ n: 3n }, { n: 7n }] })
  expect(ran.identities).toEqual(['source:rows:1@small', 'source:rows:1@divides', 'source:rows:2'])
  expect([ran.account.parents.rows, ran.account.out.rows]).toEqual([2, 3])
})

test('names of ports that cannot be are problems', async () => {
  const port = (name: string) => ({ port: name, where: 'true' })
  const config = { routes: ['Upper', 'otherwise', 'rejects', 'a', 'a'].map(port) }
  const ran = await runNode(route, config, { fields, rows: [] })
  expect(ran.problems.map(({ code, place }) => [code, place.setting])).toEqual([
    ['bad-port', 'routes[0].port'],
    ['bad-port', 'routes[1].port'],
    ['bad-port', 'routes[2].port'],
    ['duplicate-port', 'routes[4].port'],
  ])
})

test('any numbers, cut in any way, go where their conditions say', async () => {
  const row = fc.record({ n: fc.option(fc.bigInt({ min: 1n, max: 14n })) })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.boolean(), async (rows, all) => {
      const ran = await runCuts(route, { routes, match: all ? 'all' : 'first' }, { fields, rows })
      const small = rows.filter(({ n }) => n !== null && n < 5n)
      const divides = rows.filter(({ n }) => n !== null && 12n % n === 0n && (all || n >= 5n))
      expect(ran.ports['small'] ?? []).toEqual(small)
      expect(ran.ports['divides'] ?? []).toEqual(divides)
      expect(ran.ports['otherwise'] ?? []).toEqual(rows.filter(({ n }) => n === null || (n >= 5n && 12n % n !== 0n)))
    }),
    { numRuns: 60 },
  )
})
