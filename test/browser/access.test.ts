import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePage, openPage, Server } from './harness.ts'

// axe-core on every place of the page, light and dark: no serious or critical fault, contrast included.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const node = (type: string, config: object) => ({ type, config })
const sales = {
  headrace: 1,
  name: 'sales',
  nodes: {
    sales: node('sources/csv', { path: 'umsatz.csv', types: { Preis: 'float64' } }),
    large: node('transforms/filter', { where: 'Preis > 100.0' }),
    out: node('sinks/ndjson', { path: 'out/large.ndjson', ifExists: 'replace' }),
  },
  edges: [
    { from: 'sales', to: 'large' },
    { from: 'large', to: 'out' },
  ],
  layout: { sales: [0, 0], large: [304, 0], out: [608, 0] },
}
const broken = {
  ...sales,
  nodes: {
    sales: node('sources/csv', { path: 'gone.csv' }),
    large: node('transforms/filter', { where: 'Preiss > 100.0 &&', bogus: 1 }),
    vat: { ...node('transforms/vat', { rate: 1 }), title: 'Not here' },
    off: { ...node('transforms/select', { columns: ['Preis'] }), disabled: true },
    out: node('sinks/lancedb', { path: 'out/x.lance' }),
  },
  edges: [
    { from: 'sales', to: 'large' },
    { from: 'sales.rejects', to: 'out' },
  ],
  layout: { sales: [0, 0], large: [304, 0], out: [608, 0], vat: [0, 200], off: [304, 200] },
  groups: { g: { name: 'A group', nodes: ['vat', 'off'] } },
  notes: { n: { text: 'A note to read', at: [700, 200], size: [200, 96] } },
}
/** Long enough that axe can look at it while rows flow. */
const slow = {
  headrace: 1,
  name: 'slow',
  nodes: {
    numbers: node('sources/generate', { rows: 200_000_000, columns: { id: 'sequence', vector: 'vector(384)' } }),
    out: node('sinks/none', {}),
  },
  edges: [{ from: 'numbers', to: 'out' }],
}
const lines = Array.from({ length: 300 }, (_, i) => `Schraube M${i % 7};${i === 15 ? '12,5O' : `${i},25`};${i}`)

type Page = Awaited<ReturnType<typeof openPage>>

interface Fault {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** Serious and critical faults of what the page shows now, in light colours and in dark ones. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate<Fault[]>(`(async () => {
    const { dataset } = document.documentElement
    const look = async (theme, options) => {
      dataset.theme = theme
      await new Promise((drawn) => setTimeout(drawn, 200))
      // What fades in has its colours when it has come.
      const moving = document.getAnimations().filter(({ playState, effect }) =>
        playState === 'running' && effect.getComputedTiming().endTime < Infinity)
      await Promise.all(moving.map(({ finished }) => finished.catch(() => {})))
      const { violations } = await axe.run(document, { resultTypes: ['violations'], ...options })
      return violations.map((one) => ({ ...one, id: theme + ', ' + one.id }))
    }
    const dark = await look('dark', { runOnly: ['color-contrast'] })
    return [...(await look('light', {})), ...dark]
  })()`)
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.replaceAll('\n', ' ')}`),
    )
}

describePage('accessibility', () => {
  let server: Server
  let page: Page
  beforeAll(async () => {
    server = await Server.start({
      'sales.json': sales,
      'broken.json': broken,
      'slow.json': slow,
      'bad.json': '{ "headrace": 1, "nodes": { ',
      'umsatz.csv': `Produkt;Preis;Menge\n${lines.join('\n')}\n`,
    })
    page = await openPage(server.address)
  }, 120_000)
  afterAll(async () => {
    await server?.close()
  })

  const go = async (hash: string) => {
    await page.keyboard.press('Escape')
    await page.goto(`${new URL(server.address).origin}/#${hash}`)
  }
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const card = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
  /** All that was told since `listen`: the page itself keeps the last few sentences alone. */
  const told = () => page.evaluate<string[]>('window.told')
  const listen = () =>
    page.evaluate(`{
      window.told = []
      const place = document.querySelector('.visually-hidden[aria-live=polite]')
      const take = (changes) => window.told.push(...changes.flatMap(({ addedNodes }) => [...addedNodes].map((one) => one.textContent)))
      new MutationObserver(take).observe(place, { childList: true })
    }`)
  const isFine = async () => expect(await faultsOf(page)).toEqual([])
  /** Long enough for the server's check and preview. */
  const settled = () => page.waitForTimeout(400)

  test('the start', async () => {
    await page.locator('.start-card').nth(4).waitFor()
    await listen()
    await isFine()
  })

  test('a pipeline at rest, the columns of an edge, Ctrl+K, the menu', async () => {
    await go('/sales.json')
    await page.getByRole('grid').waitFor()
    await isFine()
    await page.locator('.channel-chip').first().click()
    await page.getByRole('dialog', { name: /^Columns of/ }).waitFor()
    await isFine()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.locator('.command [cmdk-item]').first().waitFor()
    await isFine()
    await page.keyboard.press('Escape')
    await button('More').click()
    await page.getByRole('menu').waitFor()
    await isFine()
  })

  test('the inspector: a form, a file picker, an expression and its list', async () => {
    await page.keyboard.press('Escape')
    await card('sales').click()
    await button(/more settings/).click()
    await isFine()
    await button('Choose…').click()
    await page.getByRole('option').first().waitFor()
    await isFine()
    await page.keyboard.press('Escape')
    await card('large').click()
    await page.locator('.cm-content').click()
    await page.keyboard.press('End')
    await page.keyboard.type(' && Me')
    await page.locator('.expression-list').waitFor()
    await isFine()
    await page.keyboard.type('nge > 1')
  })

  test('the question before a run, and after it every tab of the drawer', async () => {
    await button('Run').click()
    await button('Save and run').waitFor()
    await isFine()
    await button('Save and run').click()
    await button('200 stored, 99 filtered, 1 rejected · row counts match').waitFor()
    for (const name of ['Rows', 'Columns', 'Metrics', 'Log', 'Rejected']) {
      await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
      await settled()
      await isFine()
    }
    await button(/^Fix/).click()
    await isFine()
  })

  test('a run that starts and ends is told to screen readers', async () => {
    await expect
      .poll(told)
      .toEqual(
        expect.arrayContaining([
          'The run has started.',
          'The run has ended: 200 stored, 99 filtered, 1 rejected · row counts match.',
        ]),
      )
  })

  test('problems, a node that is not installed, a run that is refused', async () => {
    await go('/broken.json')
    await card('vat').waitFor()
    await button(/problem/).click()
    await isFine()
    await card('vat').click()
    await isFine()
    await page.getByRole('tab', { name: 'Search' }).click()
    await isFine()
    await card('large').click()
    await isFine()
    await button('Run').click()
    await page.locator('.bar-problems').waitFor()
    await isFine()
  })

  test('how many problems there are is told once they have settled', async () => {
    await expect.poll(told).toContain('4 problems, 1 warning')
  })

  test('a run at work, and one that was stopped', async () => {
    await go('/slow.json')
    await card('numbers').waitFor()
    await button('Run').click()
    await page.locator('.channel-chip:is([data-shows=flow], [data-shows=bytes])').waitFor()
    await isFine()
    await page.getByRole('tab', { name: 'Metrics' }).click()
    await isFine()
    await button('Stop').click()
    await button('Resume').waitFor()
    await isFine()
  })

  test('the runs, and one of them', async () => {
    await go('runs')
    await page.getByRole('grid', { name: 'Runs' }).waitFor()
    await isFine()
    await page.locator('[data-row="0"][data-column="2"]').click()
    await page.locator('.runs-detail, .run-detail, .runs-head').first().waitFor()
    await settled()
    await isFine()
  })

  test('a file that cannot be drawn', async () => {
    await go('/bad.json')
    await page.getByRole('region', { name: 'The pipeline as text' }).waitFor()
    await isFine()
  })
})
