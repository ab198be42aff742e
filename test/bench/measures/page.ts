import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../browser/chromium.mjs'
import { Server } from '../../browser/server.ts'
import { buildCanvasPages, serveFolder } from '../contenders/canvas-page.ts'
import { spread } from '../runner/contest.ts'
import type { Measure } from '../runner/measure.ts'

const vectors = {
  headrace: 1,
  nodes: {
    made: {
      type: 'sources/generate',
      config: {
        rows: 10_000_000,
        columns: { id: 'sequence', text: 'words(3, 12)', vector: 'vector(384)' },
      },
    },
    kept: { type: 'transforms/filter', config: { where: 'id >= 0' } },
    out: { type: 'sinks/none', config: {} },
  },
  edges: [
    { from: 'made', to: 'kept' },
    { from: 'kept', to: 'out' },
  ],
}

const tabs = ['Rows', 'Columns', 'Metrics'] as const

const measure: Measure = {
  title: 'The page: size, first use, and big data',
  about:
    "From the address to the start's cards, and from there to an example with columns on its edges, beside React Flow's own example with 300 nodes in the same browser; then tasks on the page's main thread while a source of 10 M rows with 384-d vectors runs and a tab of the drawer is open.",
  run: async ({ quick, repeats, folder, say }) => {
    const path = findChromium()
    if (!path) throw new Error('there is no Chromium on this machine')
    const server = await Server.start({ 'big.json': vectors, 'small.json': small })
    const pages = join(folder, 'pages')
    await buildCanvasPages(pages)
    const plain = await serveFolder(pages)
    const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox'] })
    try {
      const times = await firstUse(browser, server.address, plain.address, repeats ?? (quick ? 2 : 7))
      say(`first use: ${times.start.map(Math.round).join(', ')} ms`)
      const tasks = await bigData(browser, server.address, quick ? 5000 : 12_000, say)
      const checks = await checkTimes(server, quick ? 5 : 30)
      const bundle = bundleSize()
      const row = (name: string, all: readonly number[]) => {
        const { median, least, most } = spread(all)
        return [name, `${Math.round(median)} ms`, `${Math.round(least)}–${Math.round(most)}`]
      }
      return {
        table: {
          head: ['', 'median, or longest task', 'least–most, or tasks over 100 ms'],
          rows: [
            row('address → start page with its cards', times.start),
            row('click → pipeline with columns on its edges', times.open),
            row('React Flow example, 300 nodes, at rest', times.plain),
            row('an edit of one of 300 nodes → its check, over HTTP', checks),
            ...tasks.map(({ tab, longest, over, rows }) => [
              `10 M × 384-d, ${tab} open, ${rows} rows seen passing`,
              `${Math.round(longest)} ms`,
              String(over),
            ]),
          ],
        },
        notes: [`The page is ${bundle.files} script files, ${bundle.raw} kB, ${bundle.packed} kB gzipped.`],
        figures: { times, tasks, checks, bundle },
      }
    } finally {
      await browser.close()
      plain.close()
      await server.close()
    }
  },
}
export default measure

const small = {
  headrace: 1,
  nodes: {
    made: { type: 'sources/generate', config: { rows: 100, columns: { id: 'sequence' } } },
    out: { type: 'sinks/none', config: {} },
  },
  edges: [{ from: 'made', to: 'out' }],
}

/** Every time another setting, as while somebody types. */
async function checkTimes(server: Server, rounds: number): Promise<number[]> {
  const ids = Array.from({ length: 298 }, (_, i) => `n${i}`)
  const filters = Object.fromEntries(ids.map((id) => [id, { type: 'transforms/filter', config: { where: 'id >= 0' } }]))
  const all = ['made', ...ids, 'out']
  const edges = all.slice(1).map((to, i) => ({ from: all[i], to }))
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const edited = { n150: { type: 'transforms/filter', config: { where: `id >= ${round}` } } }
    const text = JSON.stringify({ headrace: 1, nodes: { ...small.nodes, ...filters, ...edited }, edges })
    const before = performance.now()
    await server.rest('POST', 'check', { pipeline: 'small.json', text })
    // The first one loads the nodes.
    if (round > 0) times.push(performance.now() - before)
  }
  return times
}

/** Each round in a browser context of its own: nothing is cached. */
async function firstUse(browser: Browser, address: string, plain: string, rounds: number) {
  const times = { start: [] as number[], open: [] as number[], plain: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    let before = performance.now()
    await page.goto(address)
    await page.getByRole('button', { name: /small/ }).waitFor()
    times.start.push(performance.now() - before)
    before = performance.now()
    await page.getByRole('button', { name: /small/ }).click()
    await page.getByText('1 column').first().waitFor()
    times.open.push(performance.now() - before)
    before = performance.now()
    await page.goto(`${plain}?canvas=plain&nodes=300&live=0`)
    await page.locator('.react-flow__node').first().waitFor()
    times.plain.push(performance.now() - before)
    await context.close()
  }
  return times
}

async function bigData(browser: Browser, address: string, milliseconds: number, say: (text: string) => void) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(address)
  await page.getByRole('button', { name: /big/ }).click()
  await page.getByText('3 columns').first().waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  await page.evaluate(watchTasks)
  const found = []
  for (const tab of tabs) {
    await page.getByRole('tab', { name: tab }).click()
    await page.waitForTimeout(1000)
    await page.evaluate('window.longTasks.length = 0')
    await page.waitForTimeout(milliseconds)
    const long = await page.evaluate<number[]>('window.longTasks')
    const rows = await passed(page)
    found.push({ tab, longest: Math.max(0, ...long), over: long.filter((task) => task > 100).length, rows })
    say(`${tab}: ${long.length} tasks over 50 ms`)
  }
  // The run goes on without its page; the server's end ends it.
  await context.close()
  return found
}

// Runs in the page. The browser tells tasks of 50 ms and more.
const watchTasks = `{
  window.longTasks = []
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration)
  }).observe({ type: 'longtask' })
}`

/** What the source's card says now. */
const passed = async (page: Page): Promise<string> =>
  /[\d.,]+ ?[kM]?(?= out)/.exec((await page.locator('.react-flow__node').first().textContent()) ?? '')?.[0] ?? '?'

function bundleSize() {
  const assets = join(import.meta.dirname, '..', '..', '..', 'editor', 'dist', 'assets')
  const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'))
  const kilobytes = (bytes: number) => Math.round(bytes / 1000)
  return {
    files: scripts.length,
    raw: kilobytes(scripts.reduce((sum, file) => sum + statSync(join(assets, file)).size, 0)),
    packed: kilobytes(scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(assets, file))).length, 0)),
  }
}
