import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePage, openPage, Server } from './harness.ts'

const sales = {
  headrace: 1,
  name: 'sales',
  nodes: {
    sales: { type: 'sources/csv', config: { path: 'umsatz.csv', types: { Preis: 'float64' } } },
    large: { type: 'transforms/filter', config: { where: 'Preis > 100.0' } },
    out: { type: 'sinks/ndjson', config: { path: 'out/large.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'sales', to: 'large' },
    { from: 'large', to: 'out' },
  ],
  layout: { sales: [0, 0], large: [240, 0], out: [480, 0] },
}

const big = {
  headrace: 1,
  name: 'big',
  nodes: {
    generate: {
      type: 'sources/generate',
      config: { rows: 1_000_000_000, columns: { id: 'sequence', vector: 'vector(384)' } },
    },
    out: { type: 'sinks/none', config: {} },
  },
  edges: [{ from: 'generate', to: 'out' }],
}

const root = join(import.meta.dirname, '..', '..')
const words = ['cat', 'crying cat', 'sad face', 'water wave', 'violin', 'tractor', 'crown', 'umbrella']

const search = {
  headrace: 1,
  name: 'search',
  nodes: {
    words: { type: 'sources/csv', config: { path: 'words.csv' } },
    vectors: { type: 'models/embed', config: { model: 'model', column: 'name' } },
    store: { type: 'sinks/lancedb', config: { path: 'out/words.lance', table: 'words', ifExists: 'replace' } },
  },
  edges: [
    { from: 'words', to: 'vectors' },
    { from: 'vectors', to: 'store' },
  ],
}

const lines = Array.from({ length: 300 }, (_, i) => `Schraube M${i % 7};${i === 15 ? '12,5O' : `${i},25`};${i}`)
const csv = `Produkt;Preis;Menge\n${lines.join('\n')}\n`

type Page = Awaited<ReturnType<typeof openPage>>

describePage('the drawer', () => {
  let server: Server
  let page: Page
  const open = async (id: string) => {
    await page.goto(`${new URL(server.address).origin}/#/${id}`)
    await page.reload()
    await page.getByRole('tab', { name: 'Rows' }).waitFor()
  }
  const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
  const says = (text: string | RegExp) => page.locator('.drawer-says', { hasText: text }).waitFor()
  const cell = (row: number, column: number) => page.locator(`[data-row="${row}"][data-column="${column}"]`)
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()')

  beforeAll(async () => {
    const models = join(root, 'examples', 'models')
    server = await Server.start(
      {
        'pipeline.json': sales,
        'umsatz.csv': csv,
        'big/pipeline.json': big,
        'search/pipeline.json': search,
        'search/words.csv': `name\n${words.join('\n')}\n`,
      },
      ['--data', models],
    )
    server.bring('examples/models/all-minilm-l6-v2', 'search/model', true)
    page = await openPage(server.address)
  }, 120_000)
  afterAll(async () => {
    expect(page.faults).toEqual([])
    await server.close()
  })

  test('shows rows of the preview before any run: filtered, sorted, walked by keys, copied', async () => {
    await open('pipeline.json')
    await says('large → out · preview of all 300 rows')
    await page.getByRole('textbox', { name: 'Filter rows' }).fill('M3')
    await says(/of 198 rows match|of 199 rows match|of 200 rows match/)
    await page.getByRole('columnheader', { name: /^Preis/ }).click()
    await page.getByRole('columnheader', { name: /^Preis/ }).click()
    expect(await page.getByRole('columnheader', { name: /^Preis/ }).getAttribute('aria-sort')).toBe('descending')
    const rows = page.getByRole('grid', { name: 'Rows of large → out' })
    await rows.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('ArrowRight')
    const active = await rows.getAttribute('aria-activedescendant')
    expect(await page.locator(`[id="${active}"]`).textContent()).toMatch(/\.25$/)
    await page.keyboard.press('Control+c')
    await expect.poll(copied).toMatch(/^\d+\.25$/)
    await page.keyboard.press('Control+a')
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByRole('menuitem', { name: /as JSON/ }).click()
    await expect.poll(async () => JSON.parse(await copied()).length).toBeGreaterThan(20)
    expect(JSON.parse(await copied())[0]).toMatchObject({ Produkt: 'Schraube M3' })
    await rows.focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Value of Produkt' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => rows.evaluate((grid) => grid.matches(':focus'))).toBe(true)
    await page.getByRole('button', { name: 'Clear: Filter rows' }).click()
  })

  test('profiles the columns of the whole sample', async () => {
    await tab('Columns')
    await says(/3 columns · profile of \d+ rows of the preview/)
    await expect.poll(() => page.locator('.bars').count()).toBe(3)
    await expect.poll(() => cell(0, 7).textContent()).toContain('Schraube M')
  })

  test('shows a rejected row with its line, raw text and reason, mends it and replays it', async () => {
    await tab('Rejected')
    await says('1 row would be rejected · preview')
    await page.keyboard.press('Control+Enter')
    await says(/^1 row rejected in the run/)
    await expect.poll(() => cell(0, 0).textContent()).toBe('17')
    expect(await cell(0, 2).textContent()).toBe('Schraube M1;12,5O;15')
    expect(await cell(0, 4).textContent()).toContain('"12,5O" is not a number')
    await page.getByRole('grid', { name: /^Rejected rows/ }).focus()
    await page.keyboard.press('Enter')
    const raw = page.getByRole('textbox', { name: 'Raw text of the row' })
    await raw.fill('Schraube M1;512,50;15')
    await page.keyboard.press('Control+Enter')
    await says('1 row replayed, nothing rejected')
    await page.getByText('No rejected rows: every row was stored or filtered.').waitFor()
    // The run's own count falls when the server tells of it, a moment after the list.
    await expect.poll(() => page.getByRole('tab', { name: /^Rejected/ }).textContent()).toBe('Rejected')
  })

  test('shows the metrics of the run as a table and over time, sorted and copied', async () => {
    await tab('Metrics')
    await page.getByRole('columnheader', { name: 'out', exact: true }).click()
    await page.locator('.plot canvas').waitFor()
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByRole('menuitem', { name: /as CSV/ }).click()
    await expect.poll(copied).toMatch(/^kind,name,in,out,filtered,rejected/)
    const plot = await page.locator('.plot').getAttribute('aria-label')
    expect(plot).toContain('sales → large')
  })

  test('a vector sink has a Search tab: it says what to do before a run, and answers after it', async () => {
    await open('search/pipeline.json')
    await tab('Search')
    const question = page.getByRole('textbox', { name: 'Question to store' })
    await question.fill('a cat that weeps')
    await page.keyboard.press('Enter')
    await page.locator('.search-failed, .drawer-empty', { hasText: /[Rr]un the pipeline/ }).waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByText('row counts match').first().waitFor()
    await question.press('Enter')
    await says(/8 rows in [\d,]+ ms/)
    expect(await cell(0, 1).textContent()).toBe('crying cat')
    expect(await cell(0, 0).textContent()).toMatch(/^0\.\d{3}$/)
  })

  test('lists the runs with their counts and shows one with its graph as it was; deleting can be undone', async () => {
    await page.goto(`${new URL(server.address).origin}/#runs`)
    await page.reload()
    const list = page.getByRole('grid', { name: 'Runs of this folder' })
    await page.getByText('3 runs').waitFor()
    await list.focus()
    await page.getByRole('combobox', { name: 'Of which pipeline' }).selectOption('sales')
    await page.getByText('2 of 3 runs').waitFor()
    await list.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('img', { name: 'The graph as it was run: 3 nodes, 2 edges' }).waitFor()
    const picture = page.locator('.picture-card', { hasText: 'sales' })
    await expect.poll(() => picture.textContent()).toContain('299 out')
    await page.getByText('row counts match', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Copy command' }).click()
    await expect.poll(copied).toMatch(/ run .*pipeline\.json/)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('1 of 2 runs').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('2 of 3 runs').waitFor()
    await page.getByRole('combobox', { name: 'With which status' }).selectOption('failed')
    await page.getByText('No run like that.').waitFor()
  })

  test('shows the latest rows of an edge while a run is at work, and samples nothing when it is closed', async () => {
    await open('big/pipeline.json')
    await tab('Rows')
    await page.keyboard.press('Control+Enter')
    await says(/generate → out · latest 200 of [\d,]+ rows/)
    await page.locator('.drawer-live', { hasText: 'live' }).waitFor()
    await expect.poll(() => page.locator('.sketch').count()).toBeGreaterThan(3)
    const before = await cell(0, 0).textContent()
    await expect.poll(() => cell(0, 0).textContent()).not.toBe(before)
    await page.getByRole('button', { name: /^Pause/ }).click()
    await page.locator('.drawer-live', { hasText: 'paused' }).waitFor()
    await page.getByRole('button', { name: 'Show live rows again' }).click()
    const runs = await server.rest<{ folder: string; status: string }[]>('GET', 'runs')
    const folder = runs.find(({ status }) => status === 'running')?.folder ?? dirname(server.folder)
    const asks = () => readdirSync(join(folder, 'ask')).filter((name) => name.startsWith('rows'))
    await expect.poll(asks).toHaveLength(1)
    await page.getByRole('button', { name: 'Fold the drawer' }).click()
    await expect.poll(asks).toEqual([])
    await page.reload()
    await page.getByRole('button', { name: 'Open the drawer' }).click()
    await expect.poll(asks).toHaveLength(1)
    await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
    await says(/run at/)
  })

  test('is moved by keys, and its height and tab survive a reload', async () => {
    const edge = page.getByRole('separator', { name: 'Height of the drawer' })
    await edge.focus()
    await page.keyboard.press('ArrowUp')
    const height = Number(await edge.getAttribute('aria-valuenow'))
    expect(height).toBeGreaterThan(272)
    await tab('Log')
    await page.reload()
    await page.getByRole('grid', { name: 'Log of the run' }).waitFor()
    expect(Number(await edge.getAttribute('aria-valuenow'))).toBe(height)
  })
})
