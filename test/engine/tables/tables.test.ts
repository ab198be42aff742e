import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { resumeRun, startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { MetricsReader } from '../../../runtime/engine/metricsreader.ts'
import type { LogEntry } from '../../../runtime/engine/runlog.ts'
import { left, replay } from '../replaying.ts'
import { Workplace } from '../workplace.ts'

// Nodes that need all rows, by nodes of the tests' own: lineup sorts, match joins.

const csv = (path: string): [string, object] => ['sources/csv', { path }]
const ndjson = (path: string): [string, object] => ['sinks/ndjson', { path, ifExists: 'replace' }]
const numbers = (place: Workplace, name: string): number[] => place.rows(name).map(({ n }) => Number(n))

/** Files of 1,000 rows, in no order. */
function shuffled(place: Workplace, count: number, files = 4): void {
  for (let file = 0; file < files; file++) {
    const own = Array.from({ length: count / files }, (_, i) => ((i * files + file) * 7919) % count)
    place.write(`in/${file}.csv`, `n,text\n${own.map((n) => `${n},text ${n}`).join('\n')}\n`)
  }
}

const lined = (settings: object = {}): [string, object] => ['transforms/lineup', settings]

test('all rows come out in order, each once and counted, and nothing is left in the run’s folder', async () => {
  const place = new Workplace()
  shuffled(place, 4000)
  const file = place.pipeline({ in: csv('in/*.csv'), sorted: lined(), out: ndjson('out.ndjson') }, [
    ['in', 'sorted'],
    ['sorted', 'out'],
  ])
  const report = await place.run(file)
  expect(numbers(place, 'out.ndjson')).toEqual(Array.from({ length: 4000 }, (_, n) => n))
  const all = { in: 4000, out: 4000, parents: 4000, filtered: 0, rejected: 0 }
  expect(report).toMatchObject({ status: 'done', balanced: true, rows: { in: 4000, stored: 4000 } })
  expect(report.nodes).toMatchObject({ in: all, sorted: { kind: 'table', ...all }, out: all })
  expect(readdirSync(join(report.folder, 'work'))).toEqual([])
})

test('joins a source with what another such node made, and unites the rows with those of a source', async () => {
  const place = new Workplace()
  shuffled(place, 2000)
  place.write('few.csv', 'n,text\n5,a\n7,b\n9999,c\n')
  const file = place.pipeline(
    {
      in: csv('in/*.csv'),
      few: csv('few.csv'),
      sorted: lined(),
      both: ['transforms/match'],
      again: lined({ part: 1 }),
      plain: ['transforms/filter', { where: 'n < 10' }],
      out: ndjson('out.ndjson'),
      beside: ndjson('beside.ndjson'),
    },
    [
      ['in', 'sorted'],
      ['sorted', 'both.left'],
      ['few', 'both.right'],
      ['both', 'again'],
      ['again', 'out'],
      ['few', 'out'],
      ['in', 'plain'],
      ['plain', 'beside'],
    ],
  )
  const report = await place.run(file)
  expect(report).toMatchObject({ status: 'done', balanced: true })
  // Rows of a source come before those that were made of all rows.
  expect(numbers(place, 'out.ndjson')).toEqual([5, 7, 9999, 5, 7])
  expect(numbers(place, 'beside.ndjson').sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(report.nodes['both']).toMatchObject({ in: 2003, parents: 4, filtered: 1999, out: 2 })
  const reader = new MetricsReader(report.folder)
  const edges = reader.latest()?.edges.map(({ from, to, toPort, rows }) => [from, to, toPort, rows])
  reader.close()
  expect(edges).toContainEqual(['sorted', 'both', 'left', 2000])
  expect(edges).toContainEqual(['few', 'both', 'right', 3])
  expect(readdirSync(join(report.folder, 'rows'))).toContain('few~both.right.json')
})

test('one source into both inputs of a join passes, however unlike the two ways are', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 60_000)
  const file = place.pipeline(
    {
      in: csv('in.csv'),
      slow: ['transforms/slow', { milliseconds: 5 }],
      odd: ['transforms/filter', { where: 'n % 2 == 1' }],
      both: ['transforms/match'],
      out: ['sinks/none'],
    },
    [
      ['in', 'both.right'],
      ['in', 'slow'],
      ['slow', 'odd'],
      ['odd', 'both.left'],
      ['both', 'out'],
    ],
  )
  const report = await place.run(file, { memory: 64 << 20 })
  expect(report).toMatchObject({ status: 'done', balanced: true })
  expect(report.nodes).toMatchObject({ both: { in: 90_000, parents: 60_000, filtered: 30_000, out: 30_000 } })
})

test('rows rejected before it, a limit of source rows, and the first rows behind it', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n,text\n3,c\nx,x\n1,a\n2,b\n4,d\n')
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv', types: { n: 'int64' } }],
      sorted: lined({ part: 1 }),
      first: ['transforms/sample', { first: 2 }],
      out: ndjson('out.ndjson'),
      bad: ndjson('bad.ndjson'),
    },
    [
      ['in', 'sorted'],
      ['sorted', 'first'],
      ['first', 'out'],
      ['in.rejects', 'bad'],
    ],
    { errorLimit: 5 },
  )
  expect(await place.run(file)).toMatchObject({ status: 'done', balanced: true, nodes: { sorted: { in: 4, out: 2 } } })
  expect(numbers(place, 'out.ndjson')).toEqual([1, 2])
  expect(place.rows('bad.ndjson')).toMatchObject([{ raw: 'x,x' }])
  expect(await place.run(file, { limit: 1 })).toMatchObject({ status: 'done', nodes: { sorted: { in: 1 } } })
  expect(numbers(place, 'out.ndjson')).toEqual([3])
})

test('a disabled one whose columns are those that came in is passed by; an empty input gives an empty output', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n\n2\n1\n')
  const off = { headrace: 1, nodes: {}, edges: [] as object[] }
  off.nodes = {
    in: { type: 'sources/csv', config: { path: 'in.csv' } },
    sorted: { type: 'transforms/lineup', config: {}, disabled: true },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  }
  off.edges = [
    { from: 'in', to: 'sorted' },
    { from: 'sorted', to: 'out' },
  ]
  const file = place.write('off.json', JSON.stringify(off))
  expect(await place.run(file)).toMatchObject({ status: 'done', balanced: true })
  expect(numbers(place, 'out.ndjson')).toEqual([2, 1])
  place.write('none.csv', 'n,text\n')
  const none = place.pipeline(
    {
      in: ['sources/csv', { path: 'none.csv', ifEmpty: 'ok', types: { n: 'int64', text: 'string' } }],
      sorted: lined(),
      out: ndjson('none.ndjson'),
    },
    [
      ['in', 'sorted'],
      ['sorted', 'out'],
    ],
  )
  expect(await place.run(none)).toMatchObject({ status: 'done', balanced: true, nodes: { sorted: { in: 0, out: 0 } } })
})

function simple(place: Workplace, settings: object): string {
  shuffled(place, 1000, 2)
  return place.pipeline({ in: csv('in/*.csv'), sorted: lined(settings), out: ndjson('out.ndjson') }, [
    ['in', 'sorted'],
    ['sorted', 'out'],
  ])
}

for (const lie of ['keep', 'make', 'read']) {
  test(`a node that swallows a row is caught where it does so: ${lie}`, async () => {
    const place = new Workplace()
    const report = await place.run(simple(place, { lie }))
    expect(report).toMatchObject({
      status: 'failed',
      exitCode: 1,
      error: { code: 'row-counts', place: { node: 'sorted' } },
    })
    expect(place.exists('out.ndjson')).toBe(false)
  })
}

test('what the surroundings disturb is done again; what cannot be done fails the run with its words, and a resume tries again', async () => {
  const place = new Workplace()
  const log: LogEntry[] = []
  const { running } = await startRun({ file: simple(place, { fail: 'once' }), onLog: (entry) => log.push(entry) })
  expect(await running?.done).toMatchObject({ status: 'done', balanced: true })
  expect(log.map(({ message }) => message)).toContain('will work on all its rows again: the disk is busy')
  const other = new Workplace()
  const report = await other.run(simple(other, { fail: 'always' }))
  const error = { code: 'no-luck', message: 'rows cannot be lined up today', place: { node: 'sorted' } }
  expect(report).toMatchObject({ status: 'failed', exitCode: 1, error })
  expect(await (await resumeRun(report.folder)).running?.done).toMatchObject({
    status: 'failed',
    error,
    rows: { in: 1000 },
  })
})

test('a full disk says so, and what to do', async () => {
  const place = new Workplace()
  const report = await place.run(simple(place, { fail: 'full' }))
  expect(report).toMatchObject({
    status: 'failed',
    error: { code: 'ENOSPC', place: { node: 'sorted' }, hint: expect.stringContaining('resume') },
  })
})

test('stopped while a node works on all its rows it ends at once, resumable, and every row is counted', async () => {
  const place = new Workplace()
  const { running } = await startRun({ file: simple(place, { wait: true }) })
  const made = join(running?.folder ?? '', 'work/tables/sorted/made')
  while (!existsSync(made)) await setTimeout(20)
  running?.stop(130)
  const report = await running?.done
  expect(report).toMatchObject({
    status: 'stopped',
    exitCode: 130,
    balanced: true,
    nodes: { sorted: { in: 1000, out: 0 } },
  })
  expect(report?.error).toBeUndefined()
})

test('while it works on all its rows, the node is what works and those behind it wait', async () => {
  const place = new Workplace()
  const { running } = await startRun({ file: simple(place, { wait: true }) })
  const made = join(running?.folder ?? '', 'work/tables/sorted/made')
  while (!existsSync(made)) await setTimeout(20)
  await setTimeout(1500)
  running?.stop(130)
  const report = await running?.done
  const reader = new MetricsReader(report?.folder ?? '')
  const last = reader.latest()?.nodes ?? {}
  reader.close()
  expect(last['sorted']?.working).toBeGreaterThan(1000)
  expect(last['out']?.waiting).toBeGreaterThan(1000)
  expect(last['in']?.waiting).toBeLessThan(1000)
})

test('rows rejected before such a node are not replayed alone; those rejected behind it are', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n,text\n3,c\nx,x\n1,a\n2,b\n')
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv', types: { n: 'int64' } }],
      sorted: lined(),
      shares: ['transforms/derive', { columns: { share: 'div(6, n - 2)' } }],
      out: ndjson('out.ndjson'),
    },
    [
      ['in', 'sorted'],
      ['sorted', 'shares'],
      ['shares', 'out'],
    ],
    { deadLetters: 2, errorLimit: 10 },
  )
  const { folder, ...report } = await place.run(file)
  expect(report).toMatchObject({ status: 'done', rows: { in: 4, stored: 2, rejected: 2 } })
  await expect(replay(folder)).rejects.toMatchObject({
    code: 'no-replay',
    message:
      'in rejected some rows that lead to sorted, which made its own of all the others: they cannot be replayed alone',
    hint: expect.stringContaining('--rows'),
  })
  const at = left(folder).findIndex(({ _node }) => _node === 'shares')
  expect(await replay(folder, { rows: [at], values: { [at]: { n: 4 } } })).toMatchObject({ status: 'done' })
  expect(numbers(place, 'out.ndjson')).toEqual([1, 3, 4])
  expect(left(folder).map(({ _node }) => _node)).toEqual(['in'])
})
