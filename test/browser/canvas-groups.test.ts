import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ordersCsv, shop } from './canvas.ts'
import { describePage, Server } from './harness.ts'

describePage('groups, notes and tidying', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': ordersCsv })
  }, 120_000)
  afterAll(() => server?.close())

  const grouped = { ...shop, groups: { cleaning: { name: 'Cleaning', nodes: ['dear', 'out'] } } }

  test('Ctrl+G groups the selected nodes and asks for the name at once', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.card('out').click({ modifiers: ['Shift'] })
    await canvas.press('Control+g')
    await canvas.page.keyboard.type('Cleaning')
    await canvas.press('Enter')
    await canvas.holds(({ groups }) =>
      expect(Object.values(groups ?? {})).toEqual([{ name: 'Cleaning', nodes: ['dear', 'out'] }]),
    )
    await expect.poll(() => canvas.page.locator('.frame').textContent()).toContain('Cleaning')
    expect(canvas.page.faults).toEqual([])
  })

  test('dragging a group moves its nodes, and theirs alone', async () => {
    const canvas = await CanvasPage.open(server, grouped)
    const head = await canvas.page.locator('.frame-head').boundingBox()
    if (!head) throw new Error('no group on the canvas')
    const at = { x: head.x + head.width - 20, y: head.y + head.height / 2 }
    await canvas.drag(at, { x: at.x, y: at.y + 120 })
    await canvas.holds(({ layout }) => {
      expect(layout?.['orders']).toEqual([0, 0])
      expect(layout?.['dear']?.[1]).toBeGreaterThan(60)
      expect(layout?.['out']?.[1]).toBe(layout?.['dear']?.[1])
    })
  })

  test('a folded group is one card that keeps the outer wires', async () => {
    const canvas = await CanvasPage.open(server, grouped)
    await canvas.page.locator('.frame-fold').click()
    await expect.poll(() => canvas.page.locator('.folded').textContent()).toContain('2 nodes')
    expect(await canvas.card('dear').count()).toBe(0)
    await expect.poll(() => canvas.page.locator('.channel').count()).toBe(1)
    await canvas.holds(({ groups }) => expect(groups?.['cleaning']?.collapsed).toBe(true))
    await canvas.page.locator('.frame-fold').click()
    await canvas.card('dear').waitFor()
  })

  test('"n" puts a note at the pointer, its text is written in place', async () => {
    const canvas = await CanvasPage.open(server)
    const spot = await canvas.emptySpot(-100, 150)
    await canvas.page.mouse.move(spot.x, spot.y)
    await canvas.press('n')
    await canvas.page.locator('.note textarea').waitFor()
    await canvas.page.keyboard.type('Ask Ada first')
    await canvas.press('Escape')
    await canvas.holds(({ notes }) =>
      expect(Object.values(notes ?? {}).map(({ text }) => text)).toEqual(['Ask Ada first']),
    )
    await canvas.page.locator('.note').click()
    await canvas.press('Delete')
    await canvas.holds(({ notes }) => expect(notes).toBeUndefined())
  })

  test('tidying puts nodes from left to right on the grid, and one undo takes it back', async () => {
    const heap = { ...shop, layout: { orders: [300, 3], dear: [10, 7], out: [5, 300] } as const }
    const canvas = await CanvasPage.open(server, heap)
    await canvas.page.locator('.zoom-buttons').getByRole('button', { name: 'Tidy the graph' }).click()
    await canvas.holds(({ layout }) => expect(layout).toEqual({ orders: [0, 0], dear: [304, 0], out: [608, 0] }))
    await canvas.press('Control+z')
    await canvas.holds(({ layout }) => expect(layout).toEqual(heap.layout))
  })

  test('nodes are copied as JSON text and pasted, with the wires among them', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.card('out').click({ modifiers: ['Shift'] })
    await canvas.press('Control+c', 'Control+v')
    await canvas.holds(({ nodes, edges }) => {
      expect(Object.keys(nodes)).toHaveLength(5)
      expect(edges).toHaveLength(3)
    })
    const text = await canvas.page.evaluate<string>('navigator.clipboard.readText()')
    expect(Object.keys((JSON.parse(text) as { nodes: object }).nodes)).toEqual(['dear', 'out'])
    await canvas.press('Control+z')
    await canvas.holds((pipeline) => expect(pipeline).toEqual(shop))
  })
})
