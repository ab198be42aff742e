import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Draft, PipelineText } from '@headrace/runtime/api'
import { afterEach, expect, test } from 'vitest'
import { describePage, openPage, Server } from './harness.ts'

// What is edited is never lost: drafts, conflicts of tabs and of page and disk, files that cannot be drawn.

const pipeline = `{
  "headrace": 1,
  "name": "first",
  "nodes": {
    "orders": { "type": "sources/csv", "config": { "path": "orders.csv" } },
    "dear": { "type": "transforms/filter", "config": { "where": "price > 2.0" } },
    "out": { "type": "sinks/csv", "config": { "path": "out/rows.csv", "ifExists": "replace" } }
  },
  "edges": [
    { "from": "orders", "to": "dear" },
    { "from": "dear", "to": "out" }
  ],
  "layout": { "orders": [0, 0], "dear": [240, 0], "out": [480, 0] }
}
`
const files = { 'p.json': pipeline, 'orders.csv': 'id,price\n1,2.5\n2,1.5\n' }
const servers: Server[] = []

const start = async (more: Record<string, string> = {}) => {
  const server = await Server.start({ ...files, ...more })
  servers.push(server)
  return server
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const open = async (server: Server, id = 'p.json') => {
  const page = await openPage(`${server.address}#/${id}`)
  await page.locator('.page[data-place="pipeline"]').waitFor()
  return page
}
const onDisk = (server: Server, id = 'p.json') => readFileSync(join(server.folder, id), 'utf8')
const draftOf = async (server: Server): Promise<Draft | null> =>
  (await server.rest<PipelineText>('GET', 'pipelines/p.json')).draft
const node = (name: string) => `.react-flow__node[data-id="${name}"]`

/** Deletes a node as a reader does. */
async function deleteNode(page: Awaited<ReturnType<typeof open>>, name: string): Promise<void> {
  await page.locator(node(name)).click()
  await page.keyboard.press('Delete')
  await page.locator(node(name)).waitFor({ state: 'detached' })
}

describePage('documents', () => {
  test('an edit is a draft by itself, and a killed tab and server lose nothing', async () => {
    const server = await start()
    const page = await open(server)
    await deleteNode(page, 'dear')
    await expect.poll(async () => (await draftOf(server))?.text ?? pipeline).not.toContain('"dear"')
    expect(onDisk(server)).toBe(pipeline)
    await page.context().close()
    await server.down('SIGKILL')
    await server.up()
    const again = await open(server)
    await again.locator(node('orders')).waitFor()
    expect(await again.locator(node('dear')).count()).toBe(0)
    await again.keyboard.press('Control+S')
    await expect.poll(() => onDisk(server)).not.toContain('"dear"')
    expect(onDisk(server)).toBe(
      pipeline
        .replace(/ {4}"dear".*\n/, '')
        .replace(/ {2}"edges": \[\n.*\n.*\n {2}\]/, '  "edges": []')
        .replace('"dear": [240, 0], ', ''),
    )
    await again.context().close()
  })

  test('a reload keeps undo', async () => {
    const server = await start()
    const page = await open(server)
    await deleteNode(page, 'out')
    await page.reload()
    await page.locator(node('dear')).waitFor()
    expect(await page.locator(node('out')).count()).toBe(0)
    await page.keyboard.press('Control+z')
    await page.locator(node('out')).waitFor()
    await expect.poll(() => draftOf(server)).toBe(null)
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  test('a file that changes on disk is shown at once, and beside edits both versions are', async () => {
    const server = await start()
    const page = await open(server)
    await page.locator(node('dear')).waitFor()
    writeFileSync(join(server.folder, 'p.json'), pipeline.replaceAll('"dear"', '"cheap"'))
    await page.locator(node('cheap')).waitFor()
    await deleteNode(page, 'cheap')
    writeFileSync(join(server.folder, 'p.json'), pipeline.replace('"first"', '"pulled"'))
    const conflict = page.getByRole('region', { name: 'Two versions of this pipeline' })
    await conflict.waitFor()
    expect(await conflict.locator('tr[data-same]').count()).toBeGreaterThan(0)
    await conflict.getByRole('button', { name: 'Take the one on disk' }).click()
    await page.locator(node('dear')).waitFor()
    await conflict.waitFor({ state: 'detached' })
    await page.keyboard.press('Control+z')
    await page.locator(node('dear')).waitFor({ state: 'detached' })
    expect(onDisk(server)).toContain('"pulled"')
    await page.context().close()
  })

  test('two tabs follow one another, and a save in one is seen in the other', async () => {
    const server = await start()
    const [here, there] = [await open(server), await open(server)]
    await there.locator(node('dear')).waitFor()
    await deleteNode(here, 'dear')
    await there.locator(node('dear')).waitFor({ state: 'detached' })
    await there.keyboard.press('Control+z')
    await there.locator(node('dear')).waitFor()
    await here.locator(node('dear')).waitFor()
    await deleteNode(there, 'out')
    await here.locator(node('out')).waitFor({ state: 'detached' })
    await there.keyboard.press('Control+s')
    await expect.poll(() => here.locator('.bar-state').textContent()).toBe('Saved')
    expect(onDisk(server)).not.toContain('"out"')
    expect([...here.faults, ...there.faults]).toEqual([])
    await here.context().close()
    await there.context().close()
  })

  test('a file that is no JSON opens as text, is mended and drawn', async () => {
    const server = await start({ 'p.json': pipeline.replace('"name": "first",', '"name": "first"') })
    const page = await open(server)
    const repair = page.getByRole('region', { name: 'The pipeline as text' })
    await repair.getByRole('heading', { name: 'This file is no JSON yet, so it cannot be drawn.' }).waitFor()
    const line = repair.getByRole('button', { name: /a comma is expected/ })
    expect(await line.textContent()).toContain('line 4')
    await line.click()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('End')
    await page.keyboard.type(',')
    await repair.getByText('The text can be read.').waitFor()
    await page.keyboard.press('Control+s')
    await expect.poll(() => onDisk(server)).toBe(pipeline)
    await repair.getByRole('button', { name: 'Show the graph' }).click()
    await page.locator(node('dear')).waitFor()
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  test.each([
    ['nothing', '', 'This file is no JSON yet, so it cannot be drawn.'],
    ['a list', '[]', 'This file is no pipeline yet, so it cannot be drawn.'],
    [
      'a newer version',
      '{"headrace": 9, "nodes": {}}',
      'This file was made by a newer Headrace, so it cannot be drawn here.',
    ],
    ['another JSON', '{"hello": 1}', 'This file does not look like a pipeline, so it cannot be drawn.'],
    ['many brackets', '['.repeat(300), 'This file is no JSON yet, so it cannot be drawn.'],
  ])('%s is never a blank page', async (_, text, title) => {
    const server = await start({ 'pipeline.json': text })
    const page = await open(server, 'pipeline.json')
    await page.getByRole('heading', { name: title }).waitFor()
    expect(page.faults).toEqual([])
    if (text === '') {
      await page.getByRole('button', { name: 'Begin an empty pipeline' }).click()
      await page.locator('.canvas').waitFor()
    }
    await page.context().close()
  })

  test('a node type that is not installed is drawn, and its settings are kept on save', async () => {
    const text = pipeline.replace(
      '"transforms/filter", "config": { "where"',
      '"transforms/vat", "config": { "rate": 1.0, "where"',
    )
    const server = await start({ 'p.json': text })
    const page = await open(server)
    await page.locator(node('dear')).waitFor()
    await deleteNode(page, 'out')
    await page.keyboard.press('Control+s')
    await expect.poll(() => onDisk(server)).not.toContain('"out"')
    expect(onDisk(server)).toContain('"transforms/vat", "config": { "rate": 1')
    await page.context().close()
  })

  test('a file that is deleted is said, and can be kept as a new one', async () => {
    const server = await start()
    const page = await open(server)
    await page.locator(node('dear')).waitFor()
    rmSync(join(server.folder, 'p.json'))
    await page.getByText('p.json was deleted or renamed.').first().waitFor()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await expect.poll(() => existsSync(join(server.folder, 'p.json')) && onDisk(server)).toBe(pipeline)
    await page.context().close()
  })
})
