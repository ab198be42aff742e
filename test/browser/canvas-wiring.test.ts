import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ordersCsv, shop, ties, type Written } from './canvas.ts'
import { describePage, Server } from './harness.ts'

const loose: Written = { ...shop, edges: [] }

const twoPrices: Written = {
  headrace: 1,
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv' } },
    texts: { type: 'sources/csv', config: { path: 'texts.csv' } },
    out: { type: 'sinks/ndjson', config: { path: 'out/both.ndjson' } },
  },
  edges: [{ from: 'orders', to: 'out' }],
  layout: { orders: [0, 0], texts: [0, 200], out: [304, 0] },
}

describePage('drawing wires', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start({
      'orders.csv': ordersCsv,
      'texts.csv': 'id,item,price,lang\n1,cup,cheap,de\n2,pot,dear,en\n',
    })
  }, 120_000)
  afterAll(() => server?.close())

  test('a wire dropped on a port connects, and a screen reader hears it', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.drag(await canvas.port('orders', 'out'), await canvas.port('dear', 'in'))
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['orders → dear']))
    await expect
      .poll(() => canvas.page.locator('[aria-live]').allInnerTexts())
      .toEqual(expect.arrayContaining([expect.stringContaining('Connected orders to dear')]))
    expect(canvas.page.faults).toEqual([])
  })

  test('a wire dropped anywhere on a card ends at its input', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.drag(await canvas.port('dear', 'out'), await canvas.middle('out'))
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['dear → out']))
  })

  test('while a wire is dragged the nodes that it fits are marked, and a wrong one says why', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.drag(await canvas.port('dear', 'out'), await canvas.middle('orders'), false)
    await expect.poll(() => canvas.card('out').locator('.card').getAttribute('data-fit')).toBe('fits')
    expect(await canvas.card('orders').locator('.card').getAttribute('data-fit')).toBe('no')
    expect(await canvas.page.locator('.wire-words').textContent()).toContain('orders is a source')
    await canvas.page.mouse.up()
    await expect.poll(() => canvas.page.locator('.refused').textContent()).toContain('orders is a source')
    await canvas.press('Escape')
    await expect.poll(() => canvas.page.locator('.refused').count()).toBe(0)
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual([]))
  })

  test('where types differ the refusal offers a cast, and one click puts it in', async () => {
    const canvas = await CanvasPage.open(server, twoPrices)
    await canvas.page.locator('.channel-chip').first().waitFor()
    await expect.poll(() => canvas.card('texts').textContent()).toContain('4 columns')
    await canvas.drag(await canvas.port('texts', 'out'), await canvas.middle('out'))
    const refused = canvas.page.locator('.refused')
    await expect.poll(() => refused.textContent()).toContain('`price`')
    await refused.getByRole('button', { name: /^Cast/ }).click()
    await canvas.holds((pipeline) => {
      expect(pipeline.nodes['cast']?.type).toBe('transforms/select')
      expect(ties(pipeline)).toEqual(expect.arrayContaining(['texts → cast', 'cast → out']))
    })
  })

  test('a wire dropped on the canvas opens the search with what fits; Enter adds and connects', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.drag(await canvas.port('orders', 'out'), await canvas.emptySpot(0, 150))
    const quick = canvas.page.locator('.quick')
    await quick.waitFor()
    expect(await quick.locator('[data-value="transforms/derive"]').count()).toBe(1)
    expect(await quick.locator('[data-value="sources/csv"]').count()).toBe(0)
    await canvas.page.keyboard.type('derive')
    await canvas.press('Enter')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['orders → derive']))
  })

  test('a wire drawn backwards from an input finds what can feed it', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.drag(await canvas.port('out', 'in'), await canvas.port('dear', 'out'))
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['dear → out']))
  })

  test('rejected rows leave by their own port', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.card('orders').click()
    await canvas.drag(await canvas.port('orders', 'out', 'rejects'), await canvas.middle('out'))
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['orders.rejects → out']))
    await expect.poll(() => canvas.page.locator('.channel[data-rejects]').count()).toBe(1)
  })

  test('Escape gives a wire up', async () => {
    const canvas = await CanvasPage.open(server, loose)
    await canvas.drag(await canvas.port('orders', 'out'), await canvas.middle('dear'), false)
    await canvas.press('Escape')
    await canvas.page.mouse.up()
    await expect.poll(() => canvas.page.locator('.wire').count()).toBe(0)
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual([]))
  })
})
