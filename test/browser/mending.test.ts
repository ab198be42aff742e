import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunView } from '@headrace/runtime/api'
import { afterEach, expect, test } from 'vitest'
// The tests' own slow node is in the catalogue of the server.
import '../server/runsserver.ts'
import { describePage, openPage, Server } from './harness.ts'

// What the bar and the drawer say of a file that cannot be saved, of rows that a mended setting lets through, and of
// counters that are damaged.

const pipeline = JSON.stringify({
  headrace: 1,
  name: 'shares',
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv' } },
    share: { type: 'transforms/derive', config: { columns: { part: 'div(id, by)' } } },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'share' },
    { from: 'share', to: 'out' },
  ],
})
const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(): Promise<Server> {
  const server = await Server.start({ 'p.json': pipeline, 'orders.csv': 'id,by\n4,2\n6,0\n' })
  servers.push(server)
  return server
}

describePage('mending', () => {
  test('a file that cannot be saved says so in the bar, and why at Save', async () => {
    const server = await start()
    writeFileSync(join(server.folder, 'latin.json'), Buffer.from(pipeline.replace('shares', 'h\u00e4lften'), 'latin1'))
    const page = await openPage(`${server.address}#/latin.json`)
    const state = page.locator('.bar-state')
    await expect.poll(() => state.textContent()).toBe('Read-only: the file is not UTF-8')
    const save = page.locator('.bar').getByRole('button', { name: /^Save/ })
    expect(await save.isDisabled()).toBe(true)
    expect(await save.getAttribute('title')).toMatch(/Save it as UTF-8 in a text editor/)
    writeFileSync(join(server.folder, 'latin.json'), pipeline)
    await expect.poll(() => state.textContent()).toBe('Saved')
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  test('rejected rows are replayed under a setting that is mended and not saved', async () => {
    const server = await start()
    const page = await openPage(`${server.address}#/p.json`)
    await page.locator('.card').first().waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).first().click()
    const last = page.locator('.bar-last')
    await expect.poll(() => last.textContent()).toMatch(/1 stored, 1 rejected/)
    await page.locator('.react-flow__node[data-id="share"]').click()
    await page.locator('.inspector .cm-content').first().click()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('div(id, by + 1)')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.bar-state').textContent()).toMatch(/not saved/)
    await page.getByRole('tab', { name: /^Rejected/ }).click()
    const whose = page.getByRole('group', { name: 'Which rows are shown' })
    await whose.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('button', { name: /^Replay/ }).click()
    await expect.poll(() => page.locator('.drawer-says').textContent()).toBe('1 row replayed, nothing rejected')
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  test('Ctrl+Enter in a rejected row of a run at work starts no other run: the row is replayed when that has ended', async () => {
    const server = await start()
    const hold = join(server.folder, 'hold')
    const lines = Array.from({ length: 500_000 }, (_, i) => `${i},${i === 2 ? 0 : 1}`)
    server.write('held.csv', `id,by\n${lines.join('\n')}\n`)
    const { nodes, ...rest } = JSON.parse(pipeline)
    server.write('held.json', {
      ...rest,
      settings: { workers: 1 },
      nodes: {
        ...nodes,
        orders: { type: 'sources/csv', config: { path: 'held.csv' } },
        slow: { type: 'transforms/slow', config: { milliseconds: 250, hold } },
      },
      edges: [rest.edges[0], { from: 'share', to: 'slow' }, { from: 'slow', to: 'out' }],
    })
    server.write('hold', '')
    const page = await openPage(`${server.address}#/held.json`)
    await page.locator('.card').first().waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).first().click()
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    await page.getByRole('tab', { name: /^Rejected/ }).click()
    await page.getByRole('button', { name: /^Fix/ }).click()
    await page.keyboard.press('Control+Enter')
    await page.getByText('It is replayed when the run has ended.').waitFor()
    const statuses = async () => (await server.rest<RunView[]>('GET', 'runs')).map(({ status }) => status)
    expect(await statuses()).toEqual(['running'])
    rmSync(hold)
    await page.locator('.drawer-says', { hasText: '1 row replayed, 1 rejected' }).waitFor()
    expect(await statuses()).toEqual(['done', 'done'])
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  test('damaged counters are told, in place of none', async () => {
    const server = await start()
    const [run] = await ended(server)
    writeFileSync(join(run?.folder ?? '', 'metrics.sqlite'), 'no database at all, however long '.repeat(50))
    const page = await openPage(`${server.address}#/p.json`)
    const why = 'The counters of this run cannot be read: file is not a database.'
    await expect.poll(() => page.locator('.bar-last').getAttribute('title')).toContain(why)
    await page.getByRole('tab', { name: 'Metrics' }).click()
    await expect.poll(() => page.locator('.drawer-says').textContent()).toBe(why)
    await expect.poll(() => page.locator('.card').first().textContent()).toContain('no counts of this run')
    await page.context().close()
  })
})

/** The runs of the pipeline after one has ended. */
async function ended(server: Server): Promise<RunView[]> {
  await server.rest('POST', 'runs', { pipeline: 'p.json' })
  const all = () => server.rest<RunView[]>('GET', 'runs')
  await expect.poll(async () => (await all())[0]?.status).toBe('done')
  return await all()
}
