import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { openRows } from '../../runtime/engine/runask.ts'
import type { LogEntry } from '../../runtime/engine/runlog.ts'
import { Workplace } from './workplace.ts'

// What goes wrong beside a run must not end it.

function quickly(place: Workplace): string {
  place.numbers('in.csv', 300_000)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 20 }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

test('a run whose rows and counters cannot be written down goes on, and says so once', async () => {
  const place = new Workplace()
  const log: LogEntry[] = []
  let spoilt = false
  const { running } = await startRun({
    file: quickly(place),
    onLog: (entry) => log.push(entry),
    onProgress: ({ at }) => {
      if (spoilt || at < 300) return
      spoilt = true
      const [id] = place.list('.headrace/runs')
      const folder = place.path(`.headrace/runs/${id}`)
      // As on a full disk: no row can be written, and the file of counters is no database any more.
      rmSync(join(folder, 'rows'), { recursive: true, force: true })
      writeFileSync(join(folder, 'rows'), '')
      openRows(folder, 'in → slow').close()
      mkdirSync(join(folder, 'ask'), { recursive: true })
      writeFileSync(join(folder, 'ask', 'rows-1.json'), '{"edge": "in → slow"}')
      writeFileSync(join(folder, 'ask', 'rows-broken.json'), '{"edge"')
      writeFileSync(join(folder, 'ask', 'rows-none.json'), '{"edge": "no → such"}')
      writeFileSync(join(folder, 'metrics.sqlite'), 'x'.repeat(100_000))
      writeFileSync(join(folder, 'metrics.sqlite-wal'), 'x'.repeat(100_000))
    },
  })
  const report = await running?.done
  expect(report).toMatchObject({ status: 'done', exitCode: 0, balanced: true, nodes: { out: { out: 300_000 } } })
  expect(spoilt).toBe(true)
  const told = log.map(({ message }) => message)
  expect(told.filter((message) => /^rows of edges cannot be shown/.test(message)).length).toBe(1)
  expect(told.filter((message) => /^the history of this run is incomplete/.test(message)).length).toBeLessThanOrEqual(1)
})

test('a run that cannot be kept anywhere is refused in one sentence, and leaves nothing', async () => {
  const place = new Workplace()
  const file = quickly(place)
  mkdirSync(place.path('state/runs'), { recursive: true })
  rmSync(place.path('state/runs'), { recursive: true })
  writeFileSync(place.path('state/runs'), '')
  await expect(startRun({ file, state: place.path('state') })).rejects.toMatchObject({
    code: 'no-state-folder',
    hint: expect.stringContaining('--state FOLDER'),
  })
})
