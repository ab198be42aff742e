import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ordersCsv, shop, ties, type Written } from './canvas.ts'
import { describePage, Server } from './harness.ts'

const withSpare: Written = {
  ...shop,
  nodes: { ...shop.nodes, spare: { type: 'transforms/sample', config: { first: 2 } } },
  layout: { ...shop.layout, spare: [304, 240] },
}

describePage('nodes on edges', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': ordersCsv })
  }, 120_000)
  afterAll(() => server?.close())

  const between = async (canvas: CanvasPage, from: string, to: string) => {
    const [a, b] = [await canvas.port(from, 'out'), await canvas.port(to, 'in')]
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  }

  test('a node type dropped on an edge goes into it', async () => {
    const canvas = await CanvasPage.open(server)
    const item = await canvas.page.locator('.palette [data-value="transforms/clean"]').boundingBox()
    if (!item) throw new Error('no Clean in the palette')
    await canvas.drag({ x: item.x + 30, y: item.y + 10 }, await between(canvas, 'orders', 'dear'), false)
    await expect.poll(() => canvas.page.locator('.channel[data-splice]').count()).toBe(1)
    await canvas.page.mouse.up()
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['orders → clean', 'clean → dear', 'dear → out']))
  })

  test('an unconnected node dropped on an edge goes into it, and undo takes both back in one step', async () => {
    const canvas = await CanvasPage.open(server, withSpare)
    const middle = await canvas.middle('spare')
    await canvas.drag({ x: middle.x, y: middle.y - 20 }, await between(canvas, 'dear', 'out'))
    await canvas.holds((pipeline) => {
      expect(ties(pipeline)).toEqual(['orders → dear', 'dear → spare', 'spare → out'])
      expect(pipeline.layout?.['spare']?.[1]).toBeLessThan(100)
    })
    await canvas.press('Control+z')
    await canvas.holds((pipeline) => expect(pipeline).toEqual(withSpare))
  })

  test('Delete takes a node with its edges; with Ctrl its neighbours are connected', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.press('Delete')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual([]))
    await canvas.press('Control+z')
    await canvas.card('dear').click()
    await canvas.press('Control+Delete')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['orders → out']))
  })

  test('a selected edge is deleted by Backspace', async () => {
    const canvas = await CanvasPage.open(server)
    const spot = await between(canvas, 'orders', 'dear')
    await canvas.page.mouse.click(spot.x, spot.y)
    await canvas.press('Backspace')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['dear → out']))
  })

  test('"d" switches a node off: crossed out on the canvas, `disabled` in the file', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.press('d')
    await canvas.holds(({ nodes }) => expect(nodes['dear']?.disabled).toBe(true))
    await expect.poll(() => canvas.card('dear').textContent()).toContain('rows pass')
    await canvas.press('d')
    await canvas.holds(({ nodes }) => expect(nodes['dear']?.disabled).toBeUndefined())
  })

  test('moving a node changes its place in `layout` alone, one step of undo for a drag', async () => {
    const canvas = await CanvasPage.open(server)
    const middle = await canvas.middle('dear')
    await canvas.drag({ x: middle.x, y: middle.y - 20 }, { x: middle.x + 10, y: middle.y + 180 })
    await canvas.holds((pipeline) => {
      const { layout, ...rest } = pipeline
      const { layout: before, ...others } = shop
      expect(rest).toEqual(others)
      expect(layout?.['dear']).not.toEqual(before?.['dear'])
      expect((layout?.['dear']?.[1] ?? 1) % 8).toBe(0)
      expect(layout?.['orders']).toEqual(before?.['orders'])
    })
    await canvas.press('Control+z')
    await canvas.holds((pipeline) => expect(pipeline).toEqual(shop))
  })
})
