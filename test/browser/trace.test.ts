import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { describePage, openPage, Server } from './harness.ts'

const shop = {
  headrace: 1,
  name: 'shop',
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv', types: { total: 'float64' } } },
    large: { type: 'transforms/filter', config: { where: 'total > 40.0' } },
    net: { type: 'transforms/derive', config: { columns: { net: 'round(total / 1.19, 2)', name: 'name + "!"' } } },
    out: { type: 'sinks/ndjson', config: { path: 'out/net.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'large' },
    { from: 'large', to: 'net' },
    { from: 'net', to: 'out' },
  ],
  layout: { orders: [0, 0], large: [240, 0], net: [480, 0], out: [720, 0] },
}

const csv = `id,name,total\n${Array.from({ length: 12 }, (_, i) => `${i + 1},n${i},${i === 3 ? 'none' : i * 10}`).join('\n')}\n`

describePage('the way of a row', () => {
  let server: Server
  let page: Awaited<ReturnType<typeof openPage>>

  beforeAll(async () => {
    server = await Server.start({ 'pipeline.json': shop, 'orders.csv': csv })
    expect((await run(['run', `${server.folder}/pipeline.json`])).code).toBe(3)
    page = await openPage(server.address)
    await page.goto(`${new URL(server.address).origin}/#/pipeline.json`)
  }, 60_000)
  afterAll(async () => {
    await server.close()
  })

  const way = (place: string) => page.getByRole('region', { name: `Way of ${place}` })

  test('from a value that was opened: every node with what it changed, and where the row was stored', async () => {
    await page.locator('.react-flow__node[data-id="net"]').click({ position: { x: 60, y: 20 } })
    await page.getByRole('tab', { name: /^Rows/ }).click()
    const grid = page.getByRole('grid', { name: /Rows of net/ })
    await grid.getByText('n7!').dblclick()
    await page.getByRole('button', { name: 'Trace this row' }).click()
    const shown = way('orders.csv row 8, line 9')
    await shown.waitFor()
    await expect
      .poll(() => shown.getByRole('list').first().textContent())
      .toContain('storedwritten to out/net.ndjson by out')
    const steps = shown.getByRole('list', { name: /Way of/ }).getByRole('listitem')
    await expect.poll(() => steps.count()).toBe(4)
    expect(await steps.nth(2).textContent()).toMatch(/net.*~name.*n7!.*was n7.*\+net.*58\.82/s)
    expect(await page.getByRole('tab', { name: 'Trace' }).getAttribute('aria-selected')).toBe('true')
  })

  test('a row that is named: the condition that filtered it, with its values', async () => {
    await page.getByRole('textbox', { name: 'Row whose way is shown' }).fill('id=2')
    await page.keyboard.press('Enter')
    const shown = way('orders.csv row 2, line 3')
    await shown.waitFor()
    expect(await shown.textContent()).toContain('filtered by large: total > 40.0 is false (total = 10)')
    await shown.getByRole('button', { name: 'large' }).click()
    await page.locator('.react-flow__node[data-id="large"].selected').waitFor()
    await page.getByRole('tab', { name: 'Trace' }).click()
    await page.getByRole('textbox', { name: 'Row whose way is shown' }).fill('orders.csv:77')
    await page.keyboard.press('Enter')
    await page.getByText('orders.csv has no row 77: it has 12 rows').waitFor()
  })

  test('from a rejected row: why, and the text as it stands in the file', async () => {
    await page.getByRole('tab', { name: /^Rejected/ }).click()
    await page.getByRole('button', { name: /^Fix orders\.csv row 4/ }).click()
    await page.getByRole('button', { name: 'Trace this row' }).click()
    const shown = way('orders.csv row 4, line 5')
    await shown.waitFor()
    expect(await shown.textContent()).toMatch(/4,n3,none.*rejected by orders.*"none" is not a number/s)
    expect(page.faults).toEqual([])
  })
})
