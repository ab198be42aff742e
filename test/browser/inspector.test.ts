import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describePage, openPage, Server, takeProposal } from './harness.ts'

// Each kind of field of the inspector, driven as a person would, against a real server.

const csv = [
  'Datum;Produkt;Preis;Menge;Straße',
  ...Array.from({ length: 40 }, (_, i) => `0${(i % 9) + 1}.11.2026;Teil ${i};1.${100 + i},50;${i};Weg ${i}`),
].join('\r\n')

const node = (type: string, config: object) => ({ type, config })
const pipeline = {
  headrace: 1,
  name: 'sales',
  nodes: {
    sales: node('sources/csv', { path: 'umsatz.csv' }),
    large: node('transforms/filter', {}),
    more: node('transforms/derive', { columns: { brutto: 'Preis * 1.19' } }),
    pick: node('transforms/select', { columns: ['Datum', 'Preis'] }),
    ways: node('transforms/route', { routes: [{ port: 'few', where: 'Menge < 3' }] }),
    store: node('sinks/lancedb', { path: 'out/x.lance', table: 'x', bogus: 1 }),
    out: node('sinks/parquet', { path: 'out/x.parquet' }),
  },
  edges: [
    { from: 'sales', to: 'large' },
    { from: 'large', to: 'out' },
    { from: 'sales', to: 'more' },
    { from: 'more', to: 'pick' },
    { from: 'pick', to: 'store' },
    { from: 'sales', to: 'ways' },
    { from: 'ways.few', to: 'out' },
  ],
  layout: {
    sales: [0, 200],
    large: [240, 0],
    out: [960, 0],
    more: [240, 200],
    pick: [480, 200],
    store: [960, 200],
    ways: [240, 400],
  },
}

type Settings = Readonly<Record<string, unknown>>

describePage('the inspector', () => {
  let server: Server
  let page: Page & { faults: string[] }

  beforeAll(async () => {
    server = await Server.start({ 'umsatz.csv': new Uint8Array(Buffer.from(csv, 'latin1')), 'data/2024/part.csv': csv })
  })
  afterAll(async () => await server?.close())

  beforeEach(async () => {
    server.write('sales.json', pipeline)
    await server.rest('DELETE', 'pipelines/sales.json/draft')
    page = await openPage(server.address)
    await page.goto(`${new URL(server.address).origin}/#/sales.json`)
    await page.locator('.react-flow__node[data-id="sales"]').waitFor()
  }, 60_000)
  afterEach(async () => {
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  const inspector = () => page.locator('.inspector')
  const setting = (path: string) => inspector().locator(`[data-setting="${path}"]`)
  const choose = async (id: string) => {
    await page.locator(`.react-flow__node[data-id="${id}"]`).click()
    await inspector().locator('.node-title').waitFor()
  }
  /** The node's settings once they are in the draft. */
  const settingsOf = async (id: string, wanted: Settings) => {
    const read = async () => {
      const { draft, text } = await server.rest<{ draft: { text: string } | null; text: string }>(
        'GET',
        'pipelines/sales.json',
      )
      return JSON.parse(draft?.text ?? text).nodes[id].config
    }
    await expect.poll(read).toEqual(wanted)
  }

  test('an expression: “Pr”, Preis chosen, rows counted before any run, the error under its word', async () => {
    await choose('large')
    await setting('where').locator('.cm-content').click()
    await page.keyboard.type('Pr')
    await page.locator('.expression-list li', { hasText: 'Preis' }).waitFor()
    expect(await page.locator('.expression-list li').first().textContent()).toBe('Preisfloat64')
    await takeProposal(page)
    await page.keyboard.type(' > 1109.5')
    await inspector().getByText('30 of 40 rows stay').waitFor()
    await settingsOf('large', { where: 'Preis > 1109.5' })
    await page.keyboard.type(' && Mengo > 1')

    await expect.poll(() => setting('where').locator('.cm-lintRange-error').allTextContents()).toEqual(['Mengo'])
    await setting('where').getByRole('button', { name: 'Use Menge instead of Mengo' }).click()
    await settingsOf('large', { where: 'Preis > 1109.5 && Menge > 1' })
  })

  test('Enter adds no line, Shift+Enter does, Escape goes back to the node on the canvas', async () => {
    await choose('large')
    await setting('where').locator('.cm-content').click()
    await page.keyboard.type('Menge > 1')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('&& true')
    await settingsOf('large', { where: 'Menge > 1\n&& true' })
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator(':focus').getAttribute('data-id')).toBe('large')
  })

  test('a record: a column is added, named and computed by keyboard, then taken out', async () => {
    await choose('more')
    await setting('columns').getByRole('button', { name: 'Add to Columns' }).click()
    // Keys that come before the new field has the focus would go elsewhere: a person looks where the cursor is.
    const name = inspector().getByRole('textbox', { name: 'Columns, name 2' })
    await name.and(page.locator(':focus')).waitFor()
    await page.keyboard.type('netto')
    await page.keyboard.press('Tab')
    await setting('columns').locator('.cm-content:focus').waitFor()
    await page.keyboard.type('Preis / 2')
    await page.keyboard.press('Escape')
    await settingsOf('more', { columns: { brutto: 'Preis * 1.19', netto: 'Preis / 2' } })
    await setting('columns').getByRole('button', { name: 'Remove brutto' }).click()
    await settingsOf('more', { columns: { netto: 'Preis / 2' } })
    await inspector().getByText('new', { exact: true }).waitFor()
  })

  test('a list of columns: one more from the list, moved, renamed and cast; written short where it can be', async () => {
    await choose('pick')
    await setting('columns').getByRole('button', { name: 'Add to Columns' }).click()
    await page.keyboard.type('bru')
    await page.keyboard.press('Enter')
    await settingsOf('pick', { columns: ['Datum', 'Preis', 'brutto'] })
    await page.keyboard.press('Alt+ArrowUp')
    await settingsOf('pick', { columns: ['Datum', 'brutto', 'Preis'] })
    await inspector().getByRole('button', { name: 'Columns 1: As, Type…' }).click()
    await setting('columns[0].as').getByRole('textbox').fill('Tag')
    await settingsOf('pick', { columns: [{ column: 'Datum', as: 'Tag' }, 'brutto', 'Preis'] })
    await setting('columns[0].as').getByRole('textbox').fill('')
    await settingsOf('pick', { columns: ['Datum', 'brutto', 'Preis'] })
  })

  test('a renamed column breaks what used it, and one click mends that', async () => {
    await choose('pick')
    await setting('columns').getByRole('button', { name: 'Add to Columns' }).click()
    await page.keyboard.type('brutto')
    await settingsOf('pick', { columns: ['Datum', 'Preis', 'brutto'] })
    await choose('more')
    await inspector().getByRole('textbox', { name: 'Columns, name 1' }).press('End')
    await page.keyboard.type('_eur')
    await choose('pick')
    await inspector().getByRole('button', { name: 'Use brutto_eur instead of brutto' }).click()
    await settingsOf('pick', { columns: ['Datum', 'Preis', 'brutto_eur'] })
  })

  test('a list of objects, and a choice that leaves its default out of the file', async () => {
    await choose('ways')
    await setting('routes').getByRole('button', { name: 'Add to Routes' }).click()
    await setting('routes[1].port').getByRole('textbox').fill('many')
    await setting('routes[1].where').locator('.cm-content').click()
    await page.keyboard.type('Menge > 9')
    const routes = [
      { port: 'few', where: 'Menge < 3' },
      { port: 'many', where: 'Menge > 9' },
    ]
    await settingsOf('ways', { routes })
    await setting('match').getByRole('radio', { name: 'all' }).check()
    await settingsOf('ways', { routes, match: 'all' })
    await setting('match').getByRole('radio', { name: 'first' }).check()
    await settingsOf('ways', { routes })
    await inspector().getByRole('combobox', { name: 'When a row fails' }).click()
    await page.getByRole('option', { name: 'Stop the run' }).click()
    await settingsOf('ways', { routes, onError: 'fail' })
  })

  test('columns as chips; an unknown setting stays until it is taken out; more settings open', async () => {
    await choose('store')
    await inspector().getByText('There is no setting “bogus”').waitFor()
    await inspector().getByRole('button', { name: 'Remove bogus' }).click()
    await inspector()
      .getByRole('button', { name: /more settings/ })
      .click()
    await setting('key').getByRole('combobox').click()
    await page.getByRole('option', { name: /Datum/ }).click()
    await settingsOf('store', { path: 'out/x.lance', table: 'x', key: 'Datum' })
    await setting('key').getByRole('combobox').fill('Preis')
    await page.keyboard.press('Enter')
    await settingsOf('store', { path: 'out/x.lance', table: 'x', key: ['Datum', 'Preis'] })
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await settingsOf('store', { path: 'out/x.lance', table: 'x', key: ['Datum', 'Preis'] })
  })

  test('what a file was found to be is told; the picker finds another one by keyboard', async () => {
    await choose('sales')
    await inspector().getByText('windows-1252').waitFor()
    await setting('path').getByRole('button', { name: 'Choose…' }).click()
    await page.getByRole('option', { name: 'umsatz.csv' }).getByText('fits').waitFor()
    await page.getByRole('combobox', { name: 'Filter by name' }).fill('dat')
    const files = page.getByRole('listbox', { name: 'Choose a file' })
    await expect.poll(() => files.getByRole('option').allTextContents()).toEqual(['data'])
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: '2024' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: 'part.csv' }).waitFor()
    await page.keyboard.press('Enter')
    await settingsOf('sales', { path: 'data/2024/part.csv' })
  })

  test('a number takes what parses and keeps the rest to itself; a secret’s value never gets into the draft', async () => {
    await choose('sales')
    await inspector()
      .getByRole('button', { name: /more settings/ })
      .click()
    await setting('timezone').hover()
    await setting('timezone').getByRole('button', { name: 'Take Timezone from a secret' }).click()
    await page.keyboard.type('sk-abc')
    await setting('timezone').getByText('looks like the secret itself').waitFor()
    await page.keyboard.press('Enter')
    await setting('timezone').getByRole('textbox').fill('ZONE')
    await page.keyboard.press('Enter')
    await settingsOf('sales', { path: 'umsatz.csv', timezone: { secret: 'ZONE' } })
    const drafts = readFileSync(join(server.folder, 'sales.json'), 'utf8')
    expect(drafts).not.toContain('sk')
    await choose('out')
    await inspector()
      .getByRole('button', { name: /more settings/ })
      .click()
    const rows = setting('rowGroupRows').getByRole('textbox')
    await rows.fill('50 000')
    await settingsOf('out', { path: 'out/x.parquet', rowGroupRows: 50000 })
    await rows.fill('5x')
    await inspector()
      .getByText('“5x” is not a whole number.')
      .or(inspector().getByText('“5x” is not a number.'))
      .waitFor()
    await settingsOf('out', { path: 'out/x.parquet', rowGroupRows: 50000 })
    await rows.fill('7')
    await page.keyboard.press('ArrowUp')
    await settingsOf('out', { path: 'out/x.parquet', rowGroupRows: 8 })
  })

  test('nothing selected: the pipeline’s own form and every problem, a click goes to its field', async () => {
    await page
      .getByRole('banner')
      .getByRole('button', { name: /problem/ })
      .click()
    await inspector().getByRole('heading', { name: 'Pipeline' }).waitFor()
    await inspector()
      .getByRole('button', { name: /large the setting "where" is missing/ })
      .click()
    await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toBe('Where')
  })
})
