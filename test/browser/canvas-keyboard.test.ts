import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ordersCsv, shop, ties } from './canvas.ts'
import { describePage, Server } from './harness.ts'

describePage('the canvas by keyboard alone', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': ordersCsv })
  }, 120_000)
  afterAll(() => server?.close())

  test('Tab goes from node to node as rows do, and each says what it is', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.page.locator('.canvas').focus()
    for (const id of ['orders', 'dear', 'out']) {
      await canvas.press('Tab')
      await expect.poll(() => canvas.page.locator(`.react-flow__node[data-id="${id}"]:focus`).count()).toBe(1)
    }
    await canvas.press('Shift+Tab')
    await expect.poll(() => canvas.page.locator('.react-flow__node[data-id="dear"]:focus').count()).toBe(1)
    const node = canvas.page.getByRole('group', { name: /^dear, transform, .*1 input/ })
    await expect.poll(() => node.count()).toBe(1)
  })

  test('arrows move the selected node by 8 px, with Shift by 40; a row of them is one step of undo', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.press('ArrowDown', 'ArrowDown', 'Shift+ArrowRight')
    await canvas.holds(({ layout }) => expect(layout?.['dear']).toEqual([344, 16]))
    await canvas.press('Control+z')
    await canvas.holds((pipeline) => expect(pipeline).toEqual(shop))
  })

  test('"c" connects: the list has what fits, Enter takes it', async () => {
    const canvas = await CanvasPage.open(server, { ...shop, edges: [] })
    await canvas.page.locator('.canvas').focus()
    await canvas.press('Tab', 'c')
    const list = canvas.page.locator('.quick')
    await list.waitFor()
    expect(await list.textContent()).toContain('dear')
    await canvas.page.keyboard.type('dear')
    await canvas.press('Enter')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['orders → dear']))
  })

  test('a pipeline is built with keys alone: add, connect, set, delete, undo', async () => {
    const canvas = await CanvasPage.open(server, { headrace: 1, nodes: {}, edges: [] })
    await canvas.press('/')
    await canvas.page.locator('.palette .node-list-search:focus').waitFor()
    await canvas.page.keyboard.type('csv')
    await canvas.press('Enter')
    await canvas.card('csv').waitFor()
    await canvas.press('Escape')
    await canvas.page.locator('.canvas').focus()
    await canvas.press('Tab', '/')
    await canvas.page.locator('.palette .node-list-search:focus').waitFor()
    await canvas.page.locator('.palette .node-list-search').fill('sample')
    await canvas.press('Enter')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['csv → sample']))
  })

  test('what a quick hand types goes where it belongs, and is no key of the canvas', async () => {
    const canvas = await CanvasPage.open(server, { headrace: 1, nodes: {}, edges: [] })
    await canvas.pressAtOnce('/', ...'csv', 'Enter', ...'dn.c', 'Escape', 'F2', ...'dn', 'Enter')
    await canvas.holds(({ nodes, notes }) => {
      expect(nodes).toEqual({ csv: { type: 'sources/csv', title: 'dn', config: { path: 'dn.c' } } })
      expect(notes).toBeUndefined()
    })
  })

  test('Alt and arrows walk along the wires; Enter lists the columns of the edge', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('orders').click()
    await canvas.press('Alt+ArrowRight')
    await expect.poll(() => canvas.page.locator('.react-flow__edge.selected').count()).toBe(1)
    await canvas.press('Enter')
    const columns = canvas.page.getByRole('dialog', { name: 'Columns of orders → dear' })
    await expect.poll(() => columns.textContent()).toContain('price')
    await canvas.press('Escape', 'Alt+ArrowRight')
    await expect.poll(() => canvas.page.locator('.react-flow__node[data-id="dear"]:focus').count()).toBe(1)
  })

  test('F2 sets the title, Shift+F10 opens the menu of the node', async () => {
    const canvas = await CanvasPage.open(server)
    await canvas.card('dear').click()
    await canvas.press('F2')
    await canvas.page.keyboard.type('Dear ones')
    await canvas.press('Enter')
    await canvas.holds(({ nodes }) => expect(nodes['dear']?.title).toBe('Dear ones'))
    await canvas.card('dear').focus()
    await canvas.press('Shift+F10')
    const menu = canvas.page.getByRole('menu')
    await expect.poll(() => menu.textContent()).toContain('Switch off')
    await canvas.press('Escape')
    await expect.poll(() => menu.count()).toBe(0)
    expect(canvas.page.faults).toEqual([])
  })
})
