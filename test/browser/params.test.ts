import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describePage, openPage, Server } from './harness.ts'

// Parameters before a run and in the pipeline's form, and a source's pinned columns, against a real server.

const nightly = {
  headrace: 1,
  name: 'nightly',
  params: {
    day: { type: 'date', description: 'The day to load' },
    least: { type: 'number', default: 6 },
  },
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'in/orders-${day}.csv' } },
    keep: { type: 'transforms/filter', config: { where: 'total >= param.least' } },
    store: { type: 'sinks/ndjson', config: { path: 'out/${day}.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'keep' },
    { from: 'keep', to: 'store' },
  ],
  layout: { orders: [0, 200], keep: [240, 200], store: [480, 200] },
}

describePage('parameters and pinned columns', () => {
  let server: Server
  let page: Page & { faults: string[] }

  beforeAll(async () => {
    server = await Server.start({ 'in/orders-2026-11-24.csv': 'id,total\n1,5\n2,50\n3,70\n' })
  })
  afterAll(async () => await server?.close())

  beforeEach(async () => {
    server.write('nightly.json', nightly)
    await server.rest('DELETE', 'pipelines/nightly.json/draft')
    page = await openPage(server.address)
    await page.goto(`${new URL(server.address).origin}/#/nightly.json`)
    await page.locator('.react-flow__node[data-id="orders"]').waitFor()
  }, 60_000)
  afterEach(async () => {
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  const draft = async () => {
    const { text, draft } = await server.rest<{ text: string; draft: { text: string } | null }>(
      'GET',
      'pipelines/nightly.json',
    )
    return JSON.parse(draft?.text ?? text) as typeof nightly
  }

  test('Run asks for the values first, remembers them, and Enter starts', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const form = page.locator('.params-form')
    await form.getByText('The day to load').waitFor()
    expect(await form.getByLabel('least').inputValue()).toBe('6')
    await form.getByRole('button', { name: 'Run' }).click()
    await form.getByText('This needs a value.').waitFor()
    await form.getByLabel('day').fill('2026-11-24')
    await form.getByLabel('least').fill('60')
    await form.getByLabel('least').press('Enter')
    await page
      .getByText(/1 stored|stored 1|3 in = /)
      .first()
      .waitFor()
    const out = join(server.folder, 'out/2026-11-24.ndjson')
    await expect.poll(() => existsSync(out) && readFileSync(out, 'utf8')).toBe('{"id":3,"total":70}\n')
    const [run] = await server.rest<{ params: object; id: string }[]>('GET', 'runs?pipeline=nightly.json')
    expect(run?.params).toEqual({ day: '2026-11-24', least: 60 })
    const { command } = await server.rest<{ command: string }>('GET', `runs/${run?.id}`)
    expect(command).toMatch(/--param day=2026-11-24 --param least=60$/)
    await page.reload()
    await page.locator('.react-flow__node[data-id="orders"]').waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    expect(await page.locator('.params-form').getByLabel('day').inputValue()).toBe('2026-11-24')
  })

  test('parameters are added, renamed with what names them, and taken away in the form of the pipeline', async () => {
    await page.getByRole('button', { name: 'Show the settings of the pipeline' }).click()
    const section = page.getByRole('region', { name: 'Parameters' })
    await section.getByLabel('Name of least').fill('min-total')
    await section.getByLabel('Name of least').press('Enter')
    await expect.poll(async () => (await draft()).nodes.keep.config.where).toBe('total >= param["min-total"]')
    await section.getByLabel('Name of day').fill('date')
    await section.getByLabel('Name of day').press('Enter')
    await expect.poll(async () => (await draft()).nodes.orders.config.path).toBe('in/orders-${date}.csv')
    await section.getByRole('button', { name: 'Add a parameter' }).click()
    await section.locator('[data-param="day"]').getByLabel('Default').fill('2026-11-24')
    await expect
      .poll(async () => (await draft()).params)
      .toMatchObject({ day: { type: 'date', default: '2026-11-24' } })
    await section.getByRole('button', { name: 'Delete day' }).click()
    await expect.poll(async () => Object.keys((await draft()).params)).toEqual(['date', 'min-total'])
  })

  test('a value given here shows what the files have, and Pin columns writes that into the source', async () => {
    await page.getByRole('button', { name: 'Show the settings of the pipeline' }).click()
    await page.locator('[data-param="day"]').getByLabel('Value here').fill('2026-11-24')
    await page.locator('.react-flow__node[data-id="orders"]').click()
    const inspector = page.locator('.inspector')
    await inspector.getByText('3 rows read').waitFor()
    await inspector.getByRole('button', { name: 'Pin columns' }).click()
    await expect
      .poll(async () => (await draft()).nodes.orders.config)
      .toMatchObject({ pin: { id: 'int64', total: 'int64' } })
    server.write('in/orders-2026-11-24.csv', 'id,total,extra\n1,5,x\n')
    await inspector
      .getByText(/column "extra": expected no such column/)
      .first()
      .waitFor()
    await inspector
      .getByRole('button', { name: /Set onDrift to/ })
      .first()
      .click()
    await expect.poll(async () => (await draft()).nodes.orders.config).toMatchObject({ onDrift: 'adapt' })
    await inspector.getByRole('button', { name: 'Pin anew' }).click()
    await expect
      .poll(async () => (await draft()).nodes.orders.config)
      .toMatchObject({ pin: { id: 'int64', total: 'int64', extra: 'string' } })
    await inspector.getByRole('button', { name: 'Unpin' }).click()
    await expect.poll(async () => Object.keys((await draft()).nodes.orders.config)).toEqual(['path'])
    server.write('in/orders-2026-11-24.csv', 'id,total\n1,5\n2,50\n3,70\n')
  })

  test('param. proposes the parameters', async () => {
    await page.locator('.react-flow__node[data-id="keep"]').click()
    const editor = page.locator('.inspector .cm-content').first()
    await editor.click()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('param.')
    await page.locator('.cm-tooltip-autocomplete').getByText('least', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
  })
})
