import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ties } from './canvas.ts'
import { describePage, openPage, Server, takeProposal } from './harness.ts'

// One pipeline from nothing to its rows, and not one click: only keys, in the order in which a reader would press them.

const lines = Array.from({ length: 200 }, (_, i) => `${i},Teil ${i},${i === 15 ? '7O' : i}`)
const orders = ['id,item,price', ...lines, ''].join('\n')

describePage('by keyboard alone', () => {
  let server: Server
  let page: Awaited<ReturnType<typeof openPage>>
  let canvas: CanvasPage
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const type = (text: string) => page.keyboard.type(text)
  /** What has the focus, as a screen reader names it. */
  const focused = () =>
    page.evaluate<string>(`(() => {
      const at = document.activeElement
      const label = at.labels?.[0]?.textContent
      return (at.getAttribute('aria-label') || label || at.getAttribute('data-id') || at.textContent || '').trim()
    })()`)
  const isFocused = (name: string | RegExp) => expect.poll(focused).toMatch(name)
  /** Goes on with Tab until something has the focus. */
  const tabTo = async (name: RegExp, key = 'Tab') => {
    for (let i = 0; i < 60; i++) {
      if (name.test(await focused())) return
      await press(key)
    }
    throw new Error(`${key} does not reach ${name}`)
  }
  /** Takes the first of what Ctrl+K finds. */
  const command = async (text: string, title: RegExp) => {
    const dialog = page.getByRole('dialog', { name: 'Find anything' })
    await press('Control+k')
    await dialog.waitFor()
    await type(text)
    await expect.poll(() => dialog.locator('[cmdk-item][aria-selected=true]').textContent()).toMatch(title)
    await press('Enter')
    await dialog.waitFor({ state: 'detached' })
  }
  const onDisk = () => JSON.parse(readFileSync(join(server.folder, 'pipeline.json'), 'utf8'))

  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': orders })
    page = await openPage(server.address)
    await page.locator('.start-card').first().waitFor()
  }, 120_000)
  afterAll(async () => {
    await server?.close()
  })

  test('from the start page Tab reaches a new pipeline', async () => {
    await tabTo(/^Empty pipeline/)
    await press('Enter')
    await page.locator('.canvas').waitFor()
    canvas = CanvasPage.of(page, server, 'pipeline.json')
  })

  test('a source is added and set, and what is wrong with it mended', async () => {
    await press('/')
    await type('csv')
    await press('Enter')
    await isFocused('Path')
    await type('orders.csv')
    await press('Escape')
    await isFocused(/^csv/)
    await page
      .locator('.inspector')
      .getByRole('button', { name: /number|float|int64/ })
      .first()
      .waitFor()
    await press('Enter')
    await tabTo(/int64/)
    await press('Enter')
    await canvas.card('csv').getByText('1 broken').waitFor()
  })

  test('a filter goes behind it, and takes an expression with completion', async () => {
    await command('csv', /^csv/)
    await isFocused(/^csv/)
    await press('/')
    await type('filter')
    await press('Enter')
    await isFocused('Where')
    await type('pri')
    await page.locator('.expression-list li', { hasText: 'price' }).waitFor()
    await takeProposal(page)
    await type(' > 99')
    await page.locator('.inspector').getByText('100 of 199 rows stay').waitFor()
    await press('Escape')
    await isFocused(/^filter/)
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['csv → filter']))
  })

  test('a sink is added by itself and connected', async () => {
    await press('Escape', '/')
    await type('ndjson')
    await press('ArrowDown', 'Enter')
    await isFocused('Path')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['csv → filter']))
    await command('filter', /^filter/)
    await isFocused(/^filter/)
    await press('c')
    await type('ndjson')
    await press('Enter')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['csv → filter', 'filter → ndjson']))
  })

  test('undo and redo', async () => {
    await press('Control+z')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['csv → filter']))
    await press('Control+Shift+z')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['csv → filter', 'filter → ndjson']))
  })

  test('it is run, and its rows and rejected rows are looked at', async () => {
    await press('Control+Enter')
    await page.getByRole('button', { name: 'Save and run' }).waitFor()
    await tabTo(/^Save and run/)
    await press('Enter')
    await page.getByRole('button', { name: '100 stored, 99 filtered, 1 rejected · row counts match' }).waitFor()
    expect(onDisk().nodes.filter.config.where).toBe('price > 99')
    await command('show the rows', /^Show the rows/)
    await isFocused(/^Rows of /)
    await press('ArrowDown', 'Enter')
    await page.getByRole('region', { name: /^Value of/ }).waitFor()
    await press('Escape')
    await isFocused(/^Rows of /)
    await command('rejected', /^Show the rejected rows/)
    await isFocused(/^Rejected rows/)
    await page.getByRole('gridcell', { name: '15,Teil 15,7O' }).waitFor()
    await press('Enter')
    await isFocused('Raw text of the row')
    await press('Control+a')
    await type('15,Teil 15,700')
    await press('Control+Enter')
    await page.locator('.drawer-says', { hasText: '1 row replayed, nothing rejected' }).waitFor()
  })

  test('what is changed is saved, and Ctrl+K finds a setting, a pipeline and the runs', async () => {
    await command('filter: where', /^filter: where/)
    await isFocused('Where')
    await press('Control+End')
    await type('.5')
    await press('Control+s')
    await expect.poll(() => onDisk().nodes.filter.config.where).toBe('price > 99.5')
    await command('all runs', /^All runs/)
    await page.getByRole('grid', { name: 'Runs' }).waitFor()
    await command('open pipeline', /^Open pipeline/)
    await canvas.card('filter').waitFor()
  })

  test('nodes are moved, switched off and deleted, and each can be undone', async () => {
    await command('filter', /^filter/)
    await isFocused(/^filter/)
    await press('ArrowDown', 'd')
    await canvas.holds(({ nodes }) => expect(nodes['filter']?.disabled).toBe(true))
    await press('Delete')
    await canvas.holds(({ nodes }) => expect(Object.keys(nodes)).toEqual(['csv', 'ndjson']))
    for (const _ of ['delete', 'switch off', 'move']) await press('Control+z')
    await canvas.holds((pipeline) => expect(pipeline).toEqual(onDisk()))
    expect(page.faults).toEqual([])
  })
})
