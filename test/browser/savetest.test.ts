import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { describePage, openPage, Server } from './harness.ts'

const shop = {
  headrace: 1,
  name: 'shop',
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv' } },
    large: { type: 'transforms/filter', config: { where: 'total > 40.0' } },
    net: { type: 'transforms/derive', config: { columns: { net: 'round(total / 1.19, 2)' } } },
    out: { type: 'sinks/ndjson', config: { path: 'out/net.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'large' },
    { from: 'large', to: 'net' },
    { from: 'net', to: 'out' },
  ],
  layout: { orders: [0, 0], large: [240, 0], net: [480, 0], out: [720, 0] },
}

const csv = `id,total\n${Array.from({ length: 12 }, (_, i) => `${i + 1},${i * 10}.5`).join('\n')}\n`

interface Tests {
  readonly tests: readonly { readonly name: string; readonly put: object; readonly expect: Record<string, unknown[]> }[]
}

describePage('rows that become a test', () => {
  let server: Server
  let page: Awaited<ReturnType<typeof openPage>>

  beforeAll(async () => {
    server = await Server.start({ 'pipeline.json': shop, 'orders.csv': csv })
    page = await openPage(server.address)
    await page.goto(`${new URL(server.address).origin}/#/pipeline.json`)
    await page.locator('.react-flow__node[data-id="net"]').click({ position: { x: 60, y: 20 } })
    await page.getByRole('tab', { name: /^Rows/ }).click()
    await page.getByRole('grid', { name: /Rows of net/ }).waitFor()
  }, 60_000)
  afterAll(async () => {
    await server.close()
  })

  const saved = () => JSON.parse(readFileSync(join(server.folder, 'pipeline.test.json'), 'utf8')) as Tests
  const open = () => page.getByRole('button', { name: 'Save as test' }).click()
  const form = () => page.getByRole('form', { name: 'Save rows as a test' })
  const name = (text: string) => form().getByRole('textbox', { name: 'Name of the test' }).fill(text)
  const save = () => form().getByRole('button', { name: 'Save', exact: true }).click()

  test('the first rows are put in at a node before it, and the test passes in the terminal', async () => {
    await open()
    await name('net amounts')
    await form().getByRole('spinbutton', { name: 'Rows that are put in' }).fill('7')
    await form().getByRole('combobox', { name: 'Where rows are put in' }).selectOption('orders')
    await save()
    await page.getByText('Saved in pipeline.test.json: 7 rows put in, 3 rows expected').first().waitFor()
    await form().waitFor({ state: 'detached' })
    expect(saved().tests[0]).toMatchObject({
      name: 'net amounts',
      put: { orders: { columns: { id: 'int64', total: 'float64' }, rows: { length: 7 } } },
      expect: { net: [{ id: 5, total: 40.5, net: 34.03 }, { id: 6 }, { id: 7 }] },
    })
    const { code, stdout } = await run(['test', join(server.folder, 'pipeline.json')])
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/✓ net amounts/)
  })

  test('of selected rows the rows that they come from are put in', async () => {
    const grid = page.getByRole('grid', { name: /Rows of net/ })
    await grid.getByRole('gridcell', { name: '6', exact: true }).click()
    await page.keyboard.press('Shift+ArrowDown')
    await open()
    await form().getByText('the 2 selected rows').waitFor()
    await name('two of them')
    await save()
    await page.getByText('2 rows put in, 2 rows expected').first().waitFor()
    expect(saved().tests).toHaveLength(2)
    expect(saved().tests[1]?.expect['net']).toMatchObject([{ id: 6 }, { id: 7 }])
  })

  test('a name that is taken is refused beside the field, and Escape closes the line', async () => {
    await open()
    await name('two of them')
    await save()
    await form().getByRole('alert').getByText('a test is called "two of them" already. Give it another name').waitFor()
    expect(saved().tests).toHaveLength(2)
    await form().getByRole('textbox', { name: 'Name of the test' }).press('Escape')
    await form().waitFor({ state: 'detached' })
  })

  test('the tests run from Ctrl+K on what is drawn, and say what is other than expected', async () => {
    const runTests = async () => {
      const dialog = page.getByRole('dialog', { name: 'Find anything' })
      await page.keyboard.press('Control+k')
      await dialog.waitFor()
      await page.keyboard.type('Run tests')
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
    }
    await runTests()
    await page.getByText('2 tests passed').first().waitFor()
    const changed = JSON.stringify(shop, null, 2).replace('1.19', '1.07')
    server.write('pipeline.json', `${changed}\n`)
    await page.getByText('round(total / 1.07, 2)').first().waitFor()
    await runTests()
    await page.getByText('2 of 2 tests failed').first().waitFor()
    await page
      .getByText(/net {2}expected 34\.03/)
      .first()
      .waitFor()
    expect(page.faults).toEqual([])
  })
})
