import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PipelineText, RunView } from '@headrace/runtime/api'
import { afterEach, expect, test } from 'vitest'
import { heldPipeline, heldRows, slowPipeline } from '../server/runsserver.ts'
import { describePage, openPage, Server } from './harness.ts'

// What goes wrong around a pipeline: the page says what happened in a sentence, what to do, and loses nothing.

const text = `{
  "headrace": 1,
  "nodes": {
    "orders": { "type": "sources/csv", "config": { "path": "orders.csv" } },
    "dear": { "type": "transforms/filter", "config": { "where": "price > 2.0" } },
    "out": { "type": "sinks/csv", "config": { "path": "out/rows.csv" } }
  },
  "edges": [
    { "from": "orders", "to": "dear" },
    { "from": "dear", "to": "out" }
  ],
  "layout": { "orders": [0, 0], "dear": [304, 0], "out": [608, 0] }
}
`
const csv = 'id,price\n1,2.5\n2,1.5\n3,9.5\n'
const servers: Server[] = []

type Page = Awaited<ReturnType<typeof openPage>>

async function start(files: Readonly<Record<string, string | object>> = {}): Promise<Server> {
  const server = await Server.start({ 'p.json': text, 'orders.csv': csv, ...files })
  servers.push(server)
  return server
}

const open = async (server: Server, id = 'p.json'): Promise<Page> => {
  const page = await openPage(`${server.address}#/${id}`)
  await page.locator('.page[data-place="pipeline"]').waitFor()
  return page
}
const onDisk = (server: Server, id = 'p.json') => readFileSync(join(server.folder, id), 'utf8')
const draftOf = async (server: Server) => (await server.rest<PipelineText>('GET', 'pipelines/p.json')).draft?.text ?? ''
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const problems = (page: Page) => page.getByRole('banner').getByRole('button', { name: /problem/ })
const away = (page: Page) => page.getByText('The server went away. Trying to reach it again …')
const runs = (server: Server) => server.rest<RunView[]>('GET', 'runs')

/** Types an expression over the one that the filter has. */
async function setWhere(page: Page, where: string): Promise<void> {
  await card(page, 'dear').click()
  await page.locator('.inspector .cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(where)
}
const whereOf = (page: Page) => page.locator('.inspector .cm-content').textContent()

/** How many rows a slow pipeline has stored, and how many different ones. */
function stored(server: Server): readonly [number, number] {
  const lines = onDisk(server, 'out.ndjson').trim().split('\n')
  return [lines.length, new Set(lines).size]
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

describePage('when something goes wrong', () => {
  test('a source file that disappears is said at once, and that it is back too', async () => {
    const server = await start()
    const page = await open(server)
    await card(page, 'orders').getByText('3 rows').waitFor()
    rmSync(join(server.folder, 'orders.csv'))
    await problems(page).waitFor()
    await card(page, 'orders').click()
    await page.locator('.inspector').getByText('no file is found for "orders.csv"').waitFor()
    await button(page, 'Choose a file').waitFor()
    await card(page, 'orders').getByText('3 rows').waitFor({ state: 'detached' })
    server.write('orders.csv', csv)
    await problems(page).waitFor({ state: 'detached' })
    await card(page, 'orders').getByText('3 rows').waitFor()
    await page.context().close()
  })

  test('a run whose process is killed: one sentence, and Resume goes on to the same rows', async () => {
    const server = await start()
    const hold = join(server.folder, 'hold')
    server.write('slow.json', heldPipeline(hold))
    const page = await open(server, 'slow.json')
    await button(page, 'Run').click()
    await button(page, 'Stop').waitFor()
    await page.locator('.channel-chip[data-shows=flow]').first().waitFor()
    const [run] = await runs(server)
    const { pid } = JSON.parse(readFileSync(join((run as RunView).folder, 'process.json'), 'utf8')) as { pid: number }
    process.kill(pid, 'SIGKILL')
    rmSync(hold)
    await button(page, 'Resume').waitFor()
    await page.getByText("The run's process ended unexpectedly (killed, perhaps for want of memory).").first().waitFor()
    await button(page, 'Resume').click()
    await button(page, '1,000,000 stored · row counts match').waitFor()
    expect(stored(server)).toEqual([heldRows, heldRows])
    await page.context().close()
  })

  test('a server that is killed while one edits: the page says it, reconnects, and the edits reach the draft', async () => {
    const server = await start()
    const page = await open(server)
    await setWhere(page, 'price > 3.0')
    await expect.poll(() => draftOf(server)).toContain('price > 3.0')
    await server.down('SIGKILL')
    await away(page).waitFor()
    await setWhere(page, 'price > 4.0')
    await server.up()
    await away(page).waitFor({ state: 'detached' })
    await expect.poll(() => draftOf(server)).toContain('price > 4.0')
    await page.locator('.inspector').getByText('1 of 3 rows stay').waitFor()
    expect(page.faults.filter((fault) => !/ERR_CONNECTION|WebSocket/.test(fault))).toEqual([])
    await page.context().close()
  })

  test('a server that stands still is noticed too, and so is that it goes on', async () => {
    const server = await start()
    const page = await open(server)
    await card(page, 'orders').getByText('3 rows').waitFor()
    server.signal('SIGSTOP')
    await away(page).waitFor()
    server.signal('SIGCONT')
    await away(page).waitFor({ state: 'detached' })
    await setWhere(page, 'price > 8.0')
    await expect.poll(() => draftOf(server)).toContain('price > 8.0')
    await page.context().close()
  })

  test('a run whose server dies ends too, and Resume after the restart goes on to the same rows', async () => {
    const server = await start()
    const hold = join(server.folder, 'hold')
    server.write('slow.json', heldPipeline(hold))
    const page = await open(server, 'slow.json')
    await button(page, 'Run').click()
    await page.locator('.channel-chip[data-shows=flow]').first().waitFor()
    await server.down('SIGKILL')
    await server.up()
    rmSync(hold)
    await button(page, 'Resume').click()
    await button(page, '1,000,000 stored · row counts match').waitFor()
    expect(stored(server)).toEqual([heldRows, heldRows])
    await page.context().close()
  })

  test('what was typed before the server was killed is there after a restart and a reload', async () => {
    const server = await start()
    const page = await open(server)
    await setWhere(page, 'price > 7.0')
    await expect.poll(() => draftOf(server)).toContain('price > 7.0')
    await server.down('SIGKILL')
    await server.up()
    await page.reload()
    await card(page, 'dear').click()
    await expect.poll(() => whereOf(page)).toBe('price > 7.0')
    expect(onDisk(server)).toBe(text)
    await page.context().close()
  })

  test('a run goes on while no browser looks, and is found again at work', async () => {
    const server = await start({ 'slow.json': slowPipeline(100_000_000, 20) })
    const page = await open(server, 'slow.json')
    await button(page, 'Run').click()
    await button(page, 'Stop').waitFor()
    await page.context().close()
    const ledger = join((await runs(server))[0]?.folder ?? '', 'ledger')
    await expect.poll(() => existsSync(ledger) && readFileSync(ledger, 'utf8')).toContain('"done"')
    const again = await open(server, 'slow.json')
    await button(again, 'Stop').click()
    await button(again, 'Resume').waitFor()
    const all = await runs(server)
    expect(all).toHaveLength(1)
    expect(all[0]?.rows?.stored).toBeGreaterThan(0)
    await again.context().close()
  })

  test('two tabs that change one line while one is cut off: both versions are shown, neither is lost', async () => {
    const server = await start()
    const [here, there] = [await open(server), await open(server)]
    await here.context().setOffline(true)
    await here.route('**/api/**', (route) => route.abort())
    await setWhere(here, 'price > 5.0')
    await setWhere(there, 'price > 6.0')
    await expect.poll(() => draftOf(server)).toContain('price > 6.0')
    await here.unroute('**/api/**')
    await here.context().setOffline(false)
    const conflict = here.getByRole('region', { name: 'Two versions of this pipeline' })
    await conflict.waitFor()
    for (const version of ['price > 5.0', 'price > 6.0'])
      expect(await conflict.locator('table').textContent()).toContain(version)
    await conflict.getByRole('button', { name: 'Keep the version here' }).click()
    await expect.poll(() => draftOf(server)).toContain('price > 5.0')
    await expect.poll(() => whereOf(there)).toBe('price > 5.0')
    await here.locator('.canvas').click({ position: { x: 30, y: 30 } })
    await here.keyboard.press('Control+z')
    await expect.poll(() => draftOf(server)).toContain('price > 6.0')
    await here.context().close()
    await there.context().close()
  })

  test('an output that exists: Run offers Replace or a new name, and one click runs', async () => {
    const server = await start({ 'out/rows.csv': 'kept\n' })
    const page = await open(server)
    await button(page, 'Run').click()
    await page.locator('.bar-problems', { hasText: 'out/rows.csv already exists.' }).waitFor()
    await button(page, 'Replace it').waitFor()
    await button(page, 'Write to out/rows-2.csv').click()
    await button(page, 'Run the draft').click()
    await button(page, /2 stored, 1 filtered · row counts match/).waitFor()
    expect(onDisk(server, 'out/rows.csv')).toBe('kept\n')
    expect(existsSync(join(server.folder, 'out', 'rows-2.csv'))).toBe(true)
    await page.context().close()
  })

  test('an empty canvas and one without a source say what to do next', async () => {
    const server = await start({
      'empty.json': { headrace: 1, nodes: {}, edges: [] },
      'sink.json': { headrace: 1, nodes: { out: { type: 'sinks/none', config: {} } }, edges: [] },
    })
    const page = await open(server, 'empty.json')
    await page.getByText('A pipeline starts with a source').waitFor()
    await page.getByText('Drop a file here, drag a node from the left, or press / and type what you need.').waitFor()
    await page.getByText('Add a source and connect it: the rows that pass an edge are here.').waitFor()
    await page.goto(`${new URL(server.address).origin}/#/sink.json`)
    await card(page, 'out').waitFor()
    await page.getByText('Nothing reads rows yet').waitFor()
    await page.getByText('Add a source, or drop a file here, and connect it to the nodes.').waitFor()
    await page.context().close()
  })

  test('a save without an edit changes no byte, an edit its own line alone', async () => {
    const server = await start()
    const odd = `\uFEFF${text.replaceAll('\n', '\r\n').replaceAll('  ', '\t')}\r\n\r\n`
    server.write('p.json', odd)
    const page = await open(server)
    await card(page, 'dear').waitFor()
    await page.keyboard.press('Control+s')
    await page.waitForTimeout(800)
    expect(onDisk(server)).toBe(odd)
    await setWhere(page, 'price > 3.0')
    await page.keyboard.press('Control+s')
    await expect.poll(() => onDisk(server)).toBe(odd.replace('price > 2.0', 'price > 3.0'))
    await page.context().close()
  })
})
