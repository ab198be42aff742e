import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { run } from './command.ts'

let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'headrace-estimates-'))
})
afterEach(() => {
  const left = readdirSync(temporary).filter((name) => name.startsWith('headrace-'))
  rmSync(temporary, { recursive: true })
  expect(left, 'what was tried is removed').toEqual([])
})

async function plan(file: string, ...args: string[]) {
  const { code, stdout, stderr } = await run(['plan', file, '--json', ...args], { env: { TMPDIR: temporary } })
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

const sources = { in: ['sources/csv', { path: 'in.csv' }] as [string, object] }

function small(place: Workplace, rows: number): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    {
      ...sources,
      keep: ['transforms/filter', { where: 'n % 4 != 0' }],
      out: ['sinks/parquet', { path: 'out.parquet', ifExists: 'replace' }],
    },
    [
      ['in', 'keep'],
      ['keep', 'out'],
    ],
  )
}

test('plan says how long a run will take, by some rows that are tried and stored nowhere; then by the run', async () => {
  const place = new Workplace()
  const file = small(place, 30_000)
  const { estimate, memory } = await plan(file)
  expect(memory.peak).toBeGreaterThan(0)
  expect(estimate).toMatchObject({ rows: 30_000, from: 'calibration', untried: [] })
  expect(Object.keys(estimate.nodes)).toEqual(['in', 'keep', 'out'])
  expect(estimate.nodes.keep).toMatchObject({ in: 30_000 })
  expect(estimate.nodes.keep.out / 22_500).toBeCloseTo(1, 1)
  expect(0 < estimate.low && estimate.low < estimate.seconds && estimate.seconds < estimate.high).toBe(true)
  for (const path of ['out.parquet', '.headrace']) expect(existsSync(place.path(path)), path).toBe(false)
  expect(readdirSync(place.path('.')).sort()).toEqual(['in.csv', 'pipeline.json'])

  const ended = await run(['run', file, '--json'])
  const { runId, seconds } = JSON.parse(ended.stdout)
  const { estimate: again } = await plan(file)
  expect(again).toMatchObject({ rows: 30_000, from: `run ${runId}`, busy: null })
  expect(again.seconds).toBeGreaterThanOrEqual(seconds - 0.001)
  expect((await plan(file, '--set', 'keep.where=n > 5')).estimate.from, 'another pipeline').toBe('calibration')
})

test('for people it is a line with the slowest node first; --no-estimate leaves it out', async () => {
  const file = small(new Workplace(), 1000)
  const told = await run(['plan', file], { env: { TMPDIR: temporary } })
  expect(told.stdout).toMatch(
    /^Time: about [\d.]+ s \([\d.]+ s to [\d.]+ s\) for 1,000 rows, with at most [\d.]+ [MG]B of memory$/m,
  )
  expect(told.stdout).toMatch(/^ {2}(in|keep|out) +\d+ % +[\d.]+ s of work +[\d,]+ rows$/m)
  expect(told.stdout).toMatch(/by some rows that were tried now, stored nowhere/)
  expect((await run(['plan', file, '--no-estimate'])).stdout).not.toMatch(/Time/)
  expect(await plan(file, '--no-estimate')).not.toHaveProperty('estimate')
})

test('a node that needs all rows, two sources and a route are tried with the others', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 2000)
  place.numbers('more.csv', 100)
  const file = place.pipeline(
    {
      ...sources,
      more: ['sources/csv', { path: 'more.csv' }],
      join: ['transforms/join', { keys: ['n'] }],
      sort: ['transforms/sort', { by: ['n'] }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'join.left'],
      ['more', 'join.right'],
      ['join', 'sort'],
      ['sort', 'out'],
    ],
  )
  const { estimate } = await plan(file)
  expect(estimate).toMatchObject({ rows: 2100, nodes: { sort: { in: 100 }, out: { in: 100, out: 100 } } })
  expect(readdirSync(place.path('.')).sort()).toEqual(['in.csv', 'more.csv', 'pipeline.json'])
})

test('bad rows are rejected rows; a node that fails leaves no estimate, and says why', async () => {
  const place = new Workplace()
  place.write('in.csv', `n\n${Array.from({ length: 500 }, (_, i) => (i % 5 ? i : 'none')).join('\n')}\n`)
  const bad = place.pipeline(
    { in: ['sources/csv', { path: 'in.csv', types: { n: 'int64' } }], out: ['sinks/none', {}] },
    [['in', 'out']],
  )
  expect((await plan(bad)).estimate).toMatchObject({ rows: 500, nodes: { out: { in: 400 } } })
  place.write('nodes/broken.ts', own("throw new Error('no luck')"))
  const broken = place.pipeline({ ...sources, broken: ['./nodes/broken', {}], out: ['sinks/none', {}] }, [
    ['in', 'broken'],
    ['broken', 'out'],
  ])
  expect(await plan(broken)).toMatchObject({ estimate: null, noEstimate: expect.stringContaining('no luck') })
  const told = await run(['plan', broken], { env: { TMPDIR: temporary } })
  expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Time: not known, because .*no luck/m) })
})

test('a node that ends the process, and an input without rows, leave no estimate', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 100)
  place.write('nodes/gone.ts', own('process.exit(7)'))
  const file = place.pipeline({ ...sources, gone: ['./nodes/gone', {}], out: ['sinks/none', {}] }, [
    ['in', 'gone'],
    ['gone', 'out'],
  ])
  expect(await plan(file)).toMatchObject({ estimate: null, noEstimate: expect.stringContaining('code 7') })
  place.write('in.csv', 'n\n')
  const empty = place.pipeline({ ...sources, out: ['sinks/none', {}] }, [['in', 'out']])
  const { estimate, noEstimate } = await plan(empty)
  expect([estimate, noEstimate]).toEqual([null, 'there is nothing to read'])
})

test('a sink of your own is not opened, nor a node with a secret run: nobody outside is asked', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 100)
  place.write(
    'nodes/mine.ts',
    `import { sink, Type } from '@headrace/runtime/sdk'
export default sink({
  title: 'Mine', description: 'Mine.', config: Type.Object({ token: Type.Optional(Type.String({ format: 'secret' })) }), examples: [],
  open: async () => { throw new Error('opened') },
  write: async () => { throw new Error('written') },
})
`,
  )
  const mine = place.pipeline({ ...sources, mine: ['./nodes/mine', {}] }, [['in', 'mine']])
  const { estimate } = await plan(mine)
  expect(estimate).toMatchObject({ rows: 100, nodes: { mine: { in: 100 } } })
  expect(estimate.untried).toEqual([{ node: 'mine', why: 'a sink of your own is not opened before a run' }])

  place.write('nodes/asks.ts', own("throw new Error('asked')", "{ token: Type.String({ format: 'secret' }) }"))
  place.write('.env', 'TOKEN=abc\n')
  const asks = place.pipeline(
    { ...sources, asks: ['./nodes/asks', { token: { secret: 'TOKEN' } }], out: ['sinks/none', {}] },
    [
      ['in', 'asks'],
      ['asks', 'out'],
    ],
  )
  expect(await plan(asks)).toMatchObject({ estimate: null, noEstimate: expect.stringMatching(/^asks has a secret/) })
})

/** A transform of one's own whose rows come to this. */
const own = (body: string, settings = '{}') => `import { transform, Type } from '@headrace/runtime/sdk'
export default transform({
  title: 'Own', description: 'Own.', config: Type.Object(${settings}), examples: [],
  columns: ({ input }) => [...input.fields],
  async *run({ input }) {
    for await (const batch of input) {
      if (batch.rows > 0) ${body}
      yield batch
    }
  },
})
`
