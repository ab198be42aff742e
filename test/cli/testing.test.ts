import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { run } from './command.ts'

// `headrace test` as a user calls it: real processes, real nodes, nothing stored.

const nodes: Parameters<Workplace['pipeline']>[0] = {
  orders: ['sources/csv', { path: 'orders.csv' }],
  net: ['transforms/derive', { columns: { net: 'round(total / 1.19, 2)' } }],
  sizes: ['transforms/route', { routes: [{ port: 'large', where: 'total >= 100.0' }] }],
  large: ['sinks/csv', { path: 'out/large.csv', ifExists: 'fail' }],
  small: ['sinks/ndjson', { path: 'out/small.ndjson', ifExists: 'fail' }],
}
const edges = [
  ['orders', 'net'],
  ['net', 'sizes'],
  ['sizes.large', 'large'],
  ['sizes.otherwise', 'small'],
] as const

function shop(tests: unknown[], data = true) {
  const place = new Workplace()
  if (data) place.write('orders.csv', 'id,total,day\n1,119.0,2026-11-05\n2,11.9,2026-11-06\n')
  const file = place.pipeline(nodes, edges)
  const write = (list: unknown[]) =>
    place.write('pipeline.test.json', JSON.stringify({ 'headrace-test': 1, tests: list }, null, 2))
  write(tests)
  return { place, file, write }
}

const rows = [
  { id: 1, total: 119, day: '2026-11-05' },
  { id: 2, total: 11.9, day: '2026-11-06' },
]

test('rows put in at a source come out as expected, and no output is made', async () => {
  const { place, file } = shop([
    {
      name: 'net',
      put: { orders: rows },
      expect: {
        net: [
          { id: 1, net: 100 },
          { id: 2, net: 10 },
        ],
        large: [{ id: 1 }],
        'sizes.otherwise': [{ id: 2 }],
        sizes: { in: 2, filtered: 0 },
      },
    },
    {
      name: 'own files',
      put: { orders: { read: true } },
      expect: { net: { columns: { id: 'int64', total: 'float64', day: 'date', net: 'float64' }, out: 2 } },
    },
  ])
  const { code, stdout } = await run(['test', file])
  expect(stdout).toMatch(/✓ net .*\n✓ own files .*\n2 tests passed · [\d.]+ s\n$/)
  expect(code).toBe(0)
  expect(place.exists('out')).toBe(false)
  expect(place.exists('.headrace')).toBe(false)
})

test('what is other than expected is shown row by row and value by value, and ends with code 1', async () => {
  const { file } = shop([
    {
      name: 'value',
      put: { net: rows },
      expect: {
        net: [
          { id: 1, net: 100 },
          { id: 2, net: 12, day: '2026-11-07' },
        ],
      },
    },
    { name: 'rows', put: { net: rows }, expect: { net: [{ id: 2 }, { id: 3 }, { id: 4 }] } },
    { name: 'order', put: { net: rows }, expect: { net: [{ id: 2 }, { id: 1 }] } },
    {
      name: 'any order',
      anyOrder: true,
      put: { net: rows },
      expect: { net: [{ id: 2 }, { id: 1 }], sizes: { filtered: 1 } },
    },
  ])
  const { code, stdout } = await run(['test', file])
  expect(code).toBe(1)
  expect(stdout).toContain(`✗ value
  net: 1 row differs
    row 2
      net  expected 12
              found 10
      day  expected "2026-11-07"
              found "2026-11-06"
`)
  expect(stdout).toMatch(/✗ rows\n {2}net: 2 rows are missing, 1 row too many\n/)
  expect(stdout).toContain('the same 2 rows in another order ("anyOrder": true lets that pass)')
  expect(stdout).toContain('✗ any order\n  sizes: other counts\n    filtered: expected 1, found 0\n4 of 4 tests failed')
  const json = JSON.parse((await run(['test', file, '--json', '--only', 'val'])).stdout) as { tests: unknown[] }
  expect(json).toMatchObject({ ok: false, passed: 0, failed: 1 })
  expect(json.tests).toMatchObject([
    { name: 'value', differences: [{ kind: 'value', at: 'net', row: 2, column: 'net', expected: 12, found: 10 }, {}] },
  ])
})

test('rejects are compared by what a test names of them, messages by a part', async () => {
  const { file } = shop([
    {
      name: 'broken',
      put: { orders: { files: { 'orders.csv': 'id,total,day\n1,5.5,2026-11-05\n2,1.5\n' } } },
      set: { 'orders.types': { total: 'float64' } },
      expect: { orders: [{ id: 1 }], 'orders.rejects': [{ raw: '2,1.5', line: 3, _message: 'columns' }] },
    },
  ])
  const { code, stdout } = await run(['test', file])
  expect(stdout).toMatch(/✓ broken/)
  expect(code).toBe(0)
})

test('a test needs no data: the columns stand in it, or are seen from its rows', async () => {
  const { file } = shop(
    [
      { name: 'seen', put: { orders: [{ id: 1, total: 119.5 }] }, expect: { net: [{ net: 100.42 }] } },
      {
        name: 'named',
        put: {
          orders: { columns: { id: 'int64', total: 'float32' }, rows: [{ id: '9007199254740993', total: null }] },
        },
        expect: { net: [{ id: '9007199254740993', net: null }] },
      },
    ],
    false,
  )
  const { code, stdout, stderr } = await run(['test', file])
  expect(code, stdout + stderr).toBe(0)
})

test('what a test names and the pipeline does not have is a problem with line and nearest name, also at check', async () => {
  const { file, place } = shop([
    { name: 'a', put: { oders: rows }, expect: { 'sizes.big': [{ id: 1 }] } },
    { name: 'b', put: { orders: rows }, expect: { net: [{ nett: 1, total: 'much' }] } },
    { name: 'c', expect: { net: [] } },
    { name: 'd', set: { 'nett.columns.net': 'total' }, put: { net: rows }, expect: { net: [] } },
  ])
  const { code, stdout } = await run(['test', file])
  expect(code).toBe(2)
  const at = (text: string) => place.lines('pipeline.test.json').findIndex((line) => line.includes(text)) + 1
  expect(stdout).toMatch(
    new RegExp(`no node "oders". Did you mean "orders"\\? .*pipeline.test.json:${at('oders')}:\\d+`),
  )
  expect(stdout).toMatch(
    /sizes has no output "big"\.[\s\S]{1,200}?Its outputs are "sizes.large", "sizes.otherwise", "sizes.rejects"/,
  )
  expect(stdout).toMatch(new RegExp(`no column "nett". Did you mean "net"\\? .*:${at('nett"')}:`))
  expect(stdout).toMatch(/column "total": "much" is no float64/)
  expect(stdout).toMatch(/nothing is put in at orders, whose rows lead to what is expected/)
  expect(stdout).toMatch(/there is no node "nett"/)
  const checked = await run(['check', file])
  expect(checked.code).toBe(2)
  expect(checked.stderr.match(/pipeline\.test\.json:\d+:\d+/g)).toHaveLength(6)
})

test('a pipeline without tests, a wrong file and a name that none has end with code 2 and say what to do', async () => {
  const { file, write, place } = shop([{ name: 'a', put: { orders: rows }, expect: { net: { out: 2 } } }])
  expect(await run(['test', file, '--only', 'zzz'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/has "zzz" in its name\n {2}There are: a/),
  })
  write([{ name: 'a', puts: {}, expect: { net: [] } }])
  expect(await run(['test', file])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/unknown key "puts".*Did you mean "put"/),
  })
  const other = place.write('other.json', '{}')
  expect(await run(['test', other])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/there is no .*other\.test\.json/),
  })
  expect(await run(['test', place.path('none.json')])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no such pipeline file/),
  })
})

test('--update writes what was found, in the columns that were named, and leaves other tests as they are', async () => {
  const { file, place } = shop([
    { name: 'a', put: { net: rows }, expect: { net: [{ net: 5 }], sizes: { in: 7 } } },
    { name: 'b', put: { net: rows }, expect: { net: { out: 2 } } },
  ])
  const before = place.lines('pipeline.test.json')
  const { code, stdout } = await run(['test', file, '--update'])
  expect(code, stdout).toBe(0)
  const after = JSON.parse(place.lines('pipeline.test.json').join('\n')) as { tests: { expect: unknown }[] }
  expect(after.tests[0]?.expect).toEqual({ net: [{ net: 100 }, { net: 10 }], sizes: { in: 2 } })
  expect(place.lines('pipeline.test.json').slice(-20)).toEqual(expect.arrayContaining(before.slice(-10)))
  expect((await run(['test', file])).code).toBe(0)
})

test('missing secrets of sinks and broken nodes beside the way do not matter', async () => {
  const place = new Workplace()
  const file = place.pipeline(
    {
      orders: ['sources/csv', { path: 'none.csv' }],
      net: ['transforms/derive', { columns: { net: 'total * 2.0' } }],
      bad: ['transforms/filter', { where: 'nothing > 1' }],
      store: ['sinks/ndjson', { path: { secret: 'NO_SUCH_SECRET' } }],
    },
    [
      ['orders', 'net'],
      ['net', 'store'],
      ['net', 'bad'],
      ['bad', 'store'],
    ],
  )
  place.write(
    'pipeline.test.json',
    JSON.stringify({
      'headrace-test': 1,
      tests: [{ name: 'a', put: { net: [{ total: 1.5 }] }, expect: { net: [{ net: 3 }] } }],
    }),
  )
  const { code, stdout, stderr } = await run(['test', file])
  expect(code, stdout + stderr).toBe(0)
})

test('a test goes through nodes that need all rows, and by their parameters', async () => {
  const place = new Workplace()
  const file = place.write(
    'pipeline.json',
    JSON.stringify({
      headrace: 1,
      params: { least: { type: 'float64', default: 100 } },
      nodes: {
        orders: { type: 'sources/csv', config: { path: 'none.csv' } },
        large: { type: 'transforms/filter', config: { where: 'total >= param.least' } },
        sorted: { type: 'transforms/sort', config: { by: [{ column: 'total', order: 'desc' }] } },
        first: { type: 'transforms/derive', config: { columns: { today: 'run.date' } } },
        out: { type: 'sinks/ndjson', config: { path: 'out.ndjson' } },
      },
      edges: [
        { from: 'orders', to: 'large' },
        { from: 'large', to: 'sorted' },
        { from: 'sorted', to: 'first' },
        { from: 'first', to: 'out' },
      ],
    }),
  )
  const tests = [
    {
      name: 'all',
      params: { least: 5 },
      now: '2026-11-05T12:00:00Z',
      put: { orders: [{ total: 7.5 }, { total: 1.5 }, { total: 9.5 }] },
      expect: {
        out: [{ total: 9.5, today: '2026-11-05' }, { total: 7.5 }],
        large: { filtered: 1 },
        sorted: { in: 2, out: 2 },
      },
    },
    {
      name: 'the parameter is not there',
      params: { lest: 5 },
      put: { sorted: [{ total: 1 }] },
      expect: { out: { out: 1 } },
    },
  ]
  place.write('pipeline.test.json', JSON.stringify({ 'headrace-test': 1, tests }))
  const good = await run(['test', file, '--only', 'all'])
  expect(good.code, good.stdout + good.stderr).toBe(0)
  const wrong = await run(['test', file])
  expect(wrong.code).toBe(2)
  expect(wrong.stdout).toMatch(/there is no parameter "lest". Did you mean "least"\?/)
})
