import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { resumeRun, type Snapshot, startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { MetricsReader } from '../../runtime/engine/metricsreader.ts'
import { askStop, openRows, processOf } from '../../runtime/engine/runask.ts'
import { summarise } from '../../runtime/engine/runfolder.ts'
import type { RowsPage } from '../../runtime/server/api/rows.ts'
import { Workplace } from './workplace.ts'

/** A pipeline that takes some seconds: `in → slow → out`. */
function slowly(place: Workplace, rows: number, milliseconds = 20): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

async function begin(file: string) {
  const { running } = await startRun({ file })
  if (!running) throw new Error('the run was refused')
  return running
}

const firstPage = async (read: () => RowsPage | null): Promise<RowsPage> => {
  for (;;) {
    const page = read()
    if (page) return page
    await setTimeout(20)
  }
}

test('whoever knows its folder sees that a run is at work, stops it, and sees that it has ended', async () => {
  const place = new Workplace()
  const running = await begin(slowly(place, 400_000))
  expect(processOf(running.folder)).toMatchObject({ pid: process.pid, origin: 'terminal' })
  expect(summarise(running.folder).status).toBe('running')
  askStop(running.folder)
  const report = await running.done
  expect(report).toMatchObject({ status: 'stopped', exitCode: 130, balanced: true })
  expect(processOf(running.folder)).toBe(null)
  expect(existsSync(join(running.folder, 'ask'))).toBe(false)
  expect(summarise(running.folder)).toMatchObject({
    status: 'stopped',
    run: { origin: 'terminal', draft: false, replayOf: null, rowsExpected: 400_000 },
  })
})

test('the rows of an edge are seen during the run, fresh ones as it goes on, and none more once nobody looks', async () => {
  const place = new Workplace()
  const running = await begin(slowly(place, 1_000_000, 100))
  const rows = openRows(running.folder, 'slow → out')
  const first = await firstPage(rows.read)
  expect(first.columns).toEqual([
    { name: 'n', type: 'int64' },
    { name: 'text', type: 'string' },
  ])
  expect(first.rows.length).toBe(200)
  expect(first.identities[0]).toMatch(/^in:in\.csv:\d+$/)
  await expect.poll(() => rows.read()?.total ?? 0).toBeGreaterThan(first.total as number)
  const second = rows.read() as RowsPage
  expect(Number(second.rows[0]?.[0])).toBeGreaterThan(Number(first.rows[0]?.[0]))
  rows.close()
  expect(readdirSync(join(running.folder, 'ask')).filter((name) => name.startsWith('rows-'))).toEqual([])
  running.stop(130)
  await running.done
})

test('after a run the rows of every edge can still be looked at, rejected ones too', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n\n1\n2\n3\n')
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      keep: ['transforms/derive', { columns: { whole: 'div(10, n - 1)' } }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
      bad: ['sinks/ndjson', { path: 'bad.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'keep'],
      ['keep', 'out'],
      ['keep.rejects', 'bad'],
    ],
    { errorLimit: 100 },
  )
  const report = await place.run(file)
  const pages = new Map(
    ['in → keep', 'keep → out', 'keep.rejects → bad'].map((edge) => {
      const rows = openRows(report.folder, edge)
      const page = rows.read()
      rows.close()
      return [edge, page]
    }),
  )
  expect(pages.get('in → keep')).toMatchObject({ total: 3, rows: [['1'], ['2'], ['3']] })
  expect(pages.get('keep.rejects → bad')).toMatchObject({ total: 1, identities: ['in:in.csv:1'] })
  expect(pages.get('keep.rejects → bad')?.columns.map(({ name }) => name)).toContain('_message')
  expect(pages.get('keep → out')).toMatchObject({
    total: 2,
    rows: [
      ['2', '10'],
      ['3', '5'],
    ],
  })
})

test('its counters are read beside it, four times a second, and are whole after it', async () => {
  const place = new Workplace()
  const running = await begin(slowly(place, 500_000, 100))
  const reader = new MetricsReader(running.folder)
  let changes = 0
  while (changes < 6) {
    if (reader.changed()) changes++
    await setTimeout(25)
  }
  running.stop(130)
  const report = await running.done
  expect(reader.latest()).toMatchObject({ nodes: { out: { out: report.nodes['out']?.out } } })
  const samples = reader.since(0)
  // Four times a second: most of the time, on a machine that has others to serve.
  const pauses = samples.slice(1).map(({ at }, i) => at - (samples[i]?.at ?? 0))
  expect(pauses.sort((a, b) => a - b)[2]).toBeLessThan(400)
  expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).sort((a, b) => a - b))
  expect(reader.since(samples.at(-2)?.at ?? 0).length).toBe(1)
  reader.close()
  const text = readFileSync(join(running.folder, 'run.json'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ origin: 'terminal', rowsExpected: 500_000 })
})

test('a run that is taken up again shows what it had done before, and its time goes on', async () => {
  const place = new Workplace()
  const running = await begin(slowly(place, 400_000, 60))
  while (!readFileSync(join(running.folder, 'ledger'), 'utf8').includes('"done"')) await setTimeout(50)
  running.stop(130)
  const first = await running.done
  const samples: Snapshot[] = []
  const again = await resumeRun(running.folder, { onProgress: (sample) => samples.push(sample) })
  await again.running?.done
  const before = new MetricsReader(running.folder).since(0).findLast(({ at }) => at < (samples[0]?.at ?? 0))
  expect(samples[0]?.at).toBeGreaterThan(before?.at ?? 0)
  expect(samples[0]?.nodes['out']?.out).toBe(first.nodes['out']?.out)
  expect(samples[0]?.edges.find(({ to }) => to === 'out')?.rows).toBe(first.nodes['out']?.in)
  expect(samples.at(-1)?.nodes['out']?.out).toBe(400_000)
  expect(samples.at(-1)?.edges.map(({ rows }) => rows)).toEqual([400_000, 400_000])
})
