import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ordersCsv } from './canvas.ts'
import { describePage, Server } from './harness.ts'

describePage('the view of the canvas', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': ordersCsv })
  }, 120_000)
  afterAll(() => server?.close())

  test('from far away nodes are blocks with names and edges have no chips', async () => {
    const canvas = await CanvasPage.open(server)
    await expect.poll(() => canvas.page.locator('.channel-chip').count()).toBe(2)
    const further = canvas.page.locator('.zoom-buttons').getByRole('button', { name: 'Further away' })
    const block = canvas.card('dear').locator('.card-block')
    // A click while the canvas still moves goes on from where it is then.
    for (let i = 0; i < 10 && !(await block.count()); i++) {
      await further.click()
      await canvas.settled()
    }
    await expect.poll(() => block.count()).toBe(1)
    expect(await block.textContent()).toBe('dear')
    expect(await canvas.page.locator('.channel-chip').count()).toBe(0)
    await canvas.page.locator('.zoom-buttons').getByRole('button', { name: 'Show everything' }).click()
    await expect.poll(() => canvas.page.locator('.channel-chip').count()).toBe(2)
  })

  test('the place of the canvas and the selection survive a reload', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.drag(await canvas.emptySpot(0, 150), await canvas.emptySpot(-120, 60))
    await canvas.settled()
    const where = () => canvas.page.locator('.react-flow__viewport').getAttribute('style')
    const before = await where()
    await canvas.page.reload()
    await canvas.card('dear').waitFor()
    await expect.poll(where).toBe(before)
    await canvas.page.mouse.wheel(0, 240)
    await expect.poll(where).not.toBe(before)
    const closer = await where()
    await canvas.page.reload()
    await canvas.card('dear').waitFor()
    await expect.poll(where).toBe(closer)
  })

  test('an edge lists its columns, and a click on one lights its way', async () => {
    const canvas = await CanvasPage.open(server)
    const chip = canvas.page.locator('.channel-chip', { hasText: '4 columns' }).first()
    await chip.click()
    const columns = canvas.page.getByRole('dialog', { name: 'Columns of orders → dear' })
    await expect.poll(() => columns.textContent()).toMatch(/price\s*float64/)
    await columns.getByText('price').click()
    await expect.poll(() => canvas.page.locator('.channel[data-lit="yes"]').count()).toBe(2)
    expect(canvas.page.faults).toEqual([])
  })
})
