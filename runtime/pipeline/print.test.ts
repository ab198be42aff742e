import { expect, test } from 'vitest'
import { readBytes, readDuration, readErrorLimit } from './amounts.ts'
import { printProblem } from './print.ts'
import { nearest } from './problem.ts'

test('a problem is one line with node, setting, advice, line and code', () => {
  const place = { node: 'orders', setting: 'where', file: 'pipeline.json', line: 12, position: 4 }
  const hint = 'Did you mean "price"?'
  expect(
    printProblem({ severity: 'error', code: 'unknown-column', message: 'unknown column "prise"', hint, place }),
  ).toBe(
    'error: orders: unknown column "prise" in setting where. Did you mean "price"?  pipeline.json:12:4  (unknown-column)',
  )
  const long = printProblem({
    severity: 'warning',
    code: 'x',
    message: 'm.',
    hint: 'Do it. '.repeat(30),
    place: { file: 'a.csv' },
  })
  expect(long.split('\n')).toHaveLength(2)
  expect(long).toMatch(/^warning: m\. {2}a\.csv {2}\(x\)\n {2}Do it\./)
})

test('amounts are read from numbers and texts', () => {
  expect([1048576, '512MB', '1GiB', '1.5 KiB', '10'].map(readBytes)).toEqual([1048576, 512e6, 2 ** 30, 1536, 10])
  expect([0, -1, 1.5, '1XB', 'MB', '-1MB', '1e3', null, {}].map(readBytes)).toEqual(Array(9).fill(null))
  expect([500, '500', '10%', '0.5 %', 0].map(readErrorLimit)).toEqual([
    { rows: 500 },
    { rows: 500 },
    { share: 0.1 },
    { share: 0.005 },
    { rows: 0 },
  ])
  expect(['101%', -1, 1.5, '1.5', '%', true].map(readErrorLimit)).toEqual(Array(6).fill(null))
  expect([30, '500ms', '2m', '1.5 s', '1h'].map(readDuration)).toEqual([30_000, 500, 120_000, 1500, 3_600_000])
  expect([0, -5, '5 days', true, null].map(readDuration)).toEqual(Array(5).fill(null))
})

test('the nearest name forgives a swap, a missing letter and the case, and nothing far off', () => {
  const known = ['nodes', 'price', 'delimiter', 'id']
  expect(
    ['ndoes', 'prise', 'Price', 'delimeter', 'dlimiter', 'di', 'quantity'].map((name) => nearest(name, known)),
  ).toEqual(['nodes', 'price', 'price', 'delimiter', 'delimiter', 'id', null])
})
