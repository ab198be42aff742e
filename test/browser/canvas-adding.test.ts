import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ordersCsv, ties } from './canvas.ts'
import { describePage, Server } from './harness.ts'

describePage('adding nodes', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': ordersCsv })
  }, 120_000)
  afterAll(() => server?.close())

  test('Enter in the palette adds beside the selected node and connects what fits', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.page.locator('.palette .node-list-search').fill('samp')
    await canvas.press('Enter')
    await canvas.card('sample').waitFor()
    await canvas.holds((pipeline) => {
      expect(ties(pipeline)).toContain('dear → sample')
      expect(pipeline.layout?.['sample']?.[0]).toBe(608)
    })
    expect(canvas.page.faults).toEqual([])
  })

  test('the palette shows what a node type does on hover and while it is chosen by arrow keys', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.page.locator('.palette .node-list-item[data-value="transforms/filter"]').hover()
    await expect.poll(() => canvas.page.locator('.node-help').textContent()).toContain('Keeps the rows')
    await canvas.page.locator('.palette .node-list-search').fill('chunk')
    await canvas.press('ArrowDown')
    await expect.poll(() => canvas.page.locator('.node-help').textContent()).toContain('transforms/chunk')
  })

  test('a node type is dragged from the palette to where it is dropped', async () => {
    const canvas = await CanvasPage.open(server)
    const spot = await canvas.emptySpot(0, 160)
    const item = canvas.page.locator('.palette .node-list-item[data-value="transforms/derive"]')
    const box = await item.boundingBox()
    if (!box) throw new Error('no Derive in the palette')
    await canvas.drag({ x: box.x + 40, y: box.y + 10 }, spot)
    await canvas.card('derive').waitFor()
    const middle = await canvas.middle('derive')
    expect(Math.abs(middle.x - spot.x)).toBeLessThan(20)
    await canvas.holds(({ nodes }) => expect(nodes['derive']?.type).toBe('transforms/derive'))
  })

  test('double-click on the canvas opens the search there, Enter adds', async () => {
    const canvas = await CanvasPage.open(server)
    const spot = await canvas.emptySpot(-100, 150)
    await canvas.page.mouse.dblclick(spot.x, spot.y)
    await canvas.page.locator('.quick').waitFor()
    await canvas.page.keyboard.type('clean')
    await canvas.press('Enter')
    await canvas.holds(({ nodes }) => expect(nodes['clean']?.type).toBe('transforms/clean'))
  })

  test('"/" opens the search at the pointer, and the palette where the pointer is elsewhere', async () => {
    const canvas = await CanvasPage.open(server)
    const spot = await canvas.emptySpot()
    await canvas.page.mouse.move(spot.x, spot.y)
    await canvas.press('/')
    await canvas.page.locator('.quick .node-list-search').waitFor()
    await canvas.press('Escape')
    await expect.poll(() => canvas.page.locator('.quick').count()).toBe(0)
    await canvas.page.mouse.move(700, 20)
    await canvas.press('/')
    await expect.poll(() => canvas.page.locator('.palette .node-list-search:focus').count()).toBe(1)
  })

  test('a file dropped on the canvas becomes a source that reads it', async () => {
    const canvas = await CanvasPage.open(server)
    const spot = await canvas.emptySpot(-200, 150)
    // A drop from the desktop, which no browser's driver can do: the events that it makes.
    await canvas.page.evaluate(`{
      const data = new DataTransfer()
      data.items.add(new File(['a;b\\n1;2\\n'], 'umsatz.csv', { type: 'text/csv' }))
      const at = { clientX: ${spot.x}, clientY: ${spot.y}, bubbles: true, cancelable: true, dataTransfer: data }
      const under = document.elementFromPoint(${spot.x}, ${spot.y})
      under.dispatchEvent(new DragEvent('dragover', at))
      under.dispatchEvent(new DragEvent('drop', at))
    }`)
    await canvas.card('umsatz').waitFor()
    await canvas.holds(({ nodes }) => {
      expect(nodes['umsatz']?.type).toBe('sources/csv')
      expect(nodes['umsatz']?.config).toEqual({ path: 'data/umsatz.csv' })
    })
  })

  test('an empty canvas says what to do, and its button opens the search', async () => {
    const canvas = await CanvasPage.open(server, { headrace: 1, nodes: {}, edges: [] })
    const empty = canvas.page.locator('.empty-canvas')
    await expect.poll(() => empty.textContent()).toContain('starts with a source')
    await empty.getByText('Add a node').click()
    await canvas.page.locator('.quick').waitFor()
  })
})
