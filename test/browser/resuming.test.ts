import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
// The tests' own slow node is in the catalogue of the server.
import '../server/runsserver.ts'
import { describePage, openPage, Server } from './harness.ts'

const lines = (first: number, count: number): string =>
  `n\n${Array.from({ length: count }, (_, i) => first + i).join('\n')}\n`

/** At work for half a minute while the file `hold` is there. */
const pipeline = (hold: string) => ({
  headrace: 1,
  settings: { workers: 1 },
  nodes: {
    in: { type: 'sources/csv', config: { path: 'data/*.csv' } },
    slow: { type: 'transforms/slow', config: { milliseconds: 250, hold } },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'in', to: 'slow' },
    { from: 'slow', to: 'out' },
  ],
  layout: { in: [0, 0], slow: [304, 0], out: [608, 0] },
})

describePage('a run that cannot go on as it was', () => {
  test('says what has changed, and leaves out the rest of a file that is gone when that is chosen', async () => {
    const server = await Server.start({
      hold: '',
      'data/a.csv': lines(1, 1_000_000),
      'data/b.csv': lines(1_000_001, 5),
    })
    try {
      const hold = join(server.folder, 'hold')
      server.write('p.json', pipeline(hold))
      const page = await openPage(`${server.address}#/p.json`)
      const button = (name: string) => page.getByRole('button', { name, exact: true })
      await button('Run').click()
      await button('Stop').click()
      await button('Resume').waitFor()
      rmSync(hold)
      rmSync(join(server.folder, 'data', 'b.csv'))
      await button('Resume').click()
      const notice = page.getByRole('region', { name: 'Notices' })
      await notice.getByText('The run was not resumed: data/b.csv is no longer there').waitFor()
      await notice.getByRole('button', { name: 'Start anew' }).waitFor()
      await notice.getByRole('button', { name: 'Leave out the rest of these files' }).click()
      await button('1,000,000 stored · row counts match').waitFor()
      expect(readFileSync(join(server.folder, 'out.ndjson'), 'utf8').trim().split('\n').length).toBe(1_000_000)
      const [run] = await server.rest<RunView[]>('GET', 'runs')
      await page.goto(`${new URL(server.address).origin}/#runs`)
      await page
        .getByRole('gridcell', { name: (run as RunView).name })
        .first()
        .click()
      await page.getByText('Left out: data/b.csv is no longer there; 0 of it stored as it was, 5 not stored').waitFor()
      expect(page.faults).toEqual([])
    } finally {
      await server.close()
    }
  })
})
