import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../browser/chromium.mjs'
import { buildCanvasPages, serveFolder } from '../contenders/canvas-page.ts'
import type { Measure } from '../runner/measure.ts'

/** A frame that comes within this many milliseconds after the one before is on time at 30 a second. */
const onTime = 33.4

interface Case {
  readonly canvas: 'ours' | 'plain'
  readonly nodes: number
  readonly live: boolean
  /** `all`: everything on the screen; otherwise the zoom. */
  readonly zoom: 'all' | number
}

interface Panned {
  readonly case: Case
  readonly frames: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly within: number
  readonly elements: number
  /** Tasks on the main thread longer than 50 ms while panning. */
  readonly longTasks: number
}

const measure: Measure = {
  title: 'Panning the canvas',
  about:
    "The canvas is dragged round with the mouse, 60 moves a second, in Chromium without a graphics card; the times between its frames. Beside the editor's canvas React Flow's own stress example: default nodes and edges, with and without counters in their labels. Live: every node and edge has new counters four times a second.",
  run: async ({ quick, say, folder }) => {
    const path = findChromium()
    if (!path) throw new Error('there is no Chromium on this machine')
    const pages = join(folder, 'pages')
    await buildCanvasPages(pages)
    const { address, close } = await serveFolder(pages)
    const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox'] })
    const found: Panned[] = []
    try {
      for (const one of cases(quick)) {
        found.push(await pan(browser, address, one, quick ? 4000 : 8000, join(folder, '..', '..', 'results')))
        say(`${nameOf(one)}: ${(found.at(-1)?.within ?? 0).toFixed(1)} % within 33 ms`)
      }
    } finally {
      await browser.close()
      close()
    }
    return {
      table: {
        head: ['', 'frames', 'p50', 'p95', 'p99', 'within 33 ms', 'tasks over 50 ms', 'elements'],
        rows: found.map((of) => [
          nameOf(of.case),
          String(of.frames),
          ...[of.p50, of.p95, of.p99].map((time) => `${time.toFixed(1)} ms`),
          `${of.within.toFixed(1)} %`,
          String(of.longTasks),
          String(of.elements),
        ]),
      },
      notes: ['The trace of each case lies beside the results: chrome://tracing opens it.'],
      figures: found,
    }
  },
}
export default measure

function cases(quick: boolean): Case[] {
  const counts = quick ? [300] : [300, 1000]
  return counts.flatMap((nodes): Case[] => [
    { canvas: 'ours', nodes, live: true, zoom: 'all' },
    { canvas: 'ours', nodes, live: true, zoom: 0.7 },
    { canvas: 'ours', nodes, live: false, zoom: 0.7 },
    { canvas: 'plain', nodes, live: false, zoom: 'all' },
    { canvas: 'plain', nodes, live: false, zoom: 0.7 },
    { canvas: 'plain', nodes, live: true, zoom: 0.7 },
  ])
}

const nameOf = ({ canvas, nodes, live, zoom }: Case): string =>
  `${canvas === 'ours' ? 'the editor' : 'React Flow'}, ${nodes} nodes, ${live ? 'live' : 'at rest'}, ${zoom === 'all' ? 'all seen' : `zoom ${zoom}`}`

async function pan(
  browser: Browser,
  address: string,
  one: Case,
  milliseconds: number,
  results: string,
): Promise<Panned> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  try {
    await page.goto(`${address}?canvas=${one.canvas}&nodes=${one.nodes}&live=${one.live ? 1 : 0}`)
    await page.locator('.react-flow__node').first().waitFor()
    await page.waitForTimeout(2000)
    if (one.zoom !== 'all') await zoomTo(page, one.zoom)
    await page.waitForTimeout(1500)
    await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel', 'blink.user_timing'] })
    await page.evaluate(countFrames)
    const before = await viewport(page)
    await dragRound(page, milliseconds)
    if ((await viewport(page)) === before) throw new Error(`${nameOf(one)}: the canvas did not move`)
    const times = (await page.evaluate<number[]>('window.frameTimes')).slice(2).sort((a, b) => a - b)
    const trace = await browser.stopTracing()
    writeFileSync(join(results, `canvas-${nameOf(one).replace(/[^a-z0-9]+/gi, '-')}.trace.json`), trace)
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
    return {
      case: one,
      frames: times.length,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      within: (times.filter((time) => time <= onTime).length / times.length) * 100,
      elements: await page.evaluate<number>('document.querySelectorAll("*").length'),
      longTasks: longTasks(trace),
    }
  } finally {
    await page.close()
  }
}

// Runs in the page: the time from each frame to the next.
const countFrames = `{
  const times = (window.frameTimes = [])
  let last = performance.now()
  const frame = (now) => {
    times.push(now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}`

// Runs in the page: a place where neither a card nor an edge is.
const emptySpot = `(() => {
  for (let y = 880; y > 20; y -= 6)
    for (let x = 20; x < 1420; x += 6)
      if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) return { x, y }
  throw new Error('the canvas is full')
})()`

const viewport = (page: Page) => page.locator('.react-flow__viewport').getAttribute('style')

const middle = { x: 720, y: 450 }

async function zoomTo(page: Page, zoom: number): Promise<void> {
  const now = () =>
    page.evaluate<number>(
      'new DOMMatrix(getComputedStyle(document.querySelector(".react-flow__viewport")).transform).a',
    )
  await page.mouse.move(middle.x, middle.y)
  for (let i = 0; i < 40 && (await now()) < zoom; i++) {
    await page.mouse.wheel(0, -100)
    await page.waitForTimeout(80)
  }
}

/** Drags the canvas in circles; a move every 16 ms whether the page keeps up or not, as a mouse does. */
async function dragRound(page: Page, milliseconds: number): Promise<void> {
  const input = await page.context().newCDPSession(page)
  const send = (type: string, x: number, y: number) =>
    input.send('Input.dispatchMouseEvent', {
      type: type as 'mouseMoved',
      x,
      y,
      button: 'left',
      buttons: 1,
      clickCount: 1,
    })
  const start = await page.evaluate<{ x: number; y: number }>(emptySpot)
  await page.mouse.move(start.x, start.y)
  await send('mousePressed', start.x, start.y)
  const sent: Promise<unknown>[] = []
  for (let i = 0; i * 16 < milliseconds; i++) {
    const turn = i / 40
    sent.push(send('mouseMoved', middle.x + Math.cos(turn) * 300, middle.y + Math.sin(turn) * 220))
    await new Promise((resolve) => setTimeout(resolve, 16))
  }
  await Promise.all(sent)
  await send('mouseReleased', middle.x, middle.y)
  await input.detach()
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  readonly args?: { readonly name?: string }
}

function longTasks(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }
  const mains = new Set(
    traceEvents.flatMap(({ name, args, pid, tid }) =>
      name === 'thread_name' && args?.name === 'CrRendererMain' ? [`${pid} ${tid}`] : [],
    ),
  )
  const isLong = ({ name, ph, dur = 0, pid, tid }: TraceEvent) =>
    name === 'RunTask' && ph === 'X' && dur > 50_000 && mains.has(`${pid} ${tid}`)
  return traceEvents.filter(isLong).length
}
