import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, describe, expect } from 'vitest'
import { findChromium } from './chromium.mjs'

export { Server } from './server.ts'

let browser: Browser | undefined

/** Opens a page of the browser that all tests of a file share; errors on the page fail the test that looks at them. */
export async function openPage(address: string, width = 1440, height = 900): Promise<Page & { faults: string[] }> {
  browser ??= await chromium.launch({ executablePath: findChromium() as string, args: ['--no-sandbox'] })
  const context = await browser.newContext({
    viewport: { width, height },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  // A busy machine of two cores is several times slower than this one at rest.
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text())
  })
  await page.goto(address)
  return Object.assign(page, { faults })
}

/** Takes what an editor's list proposes: one that has only just come takes no key yet, and Enter alone writes nothing. */
export async function takeProposal(page: Page): Promise<void> {
  const list = page.locator('.expression-list')
  await expect
    .poll(async () => {
      if (await list.count()) await page.keyboard.press('Enter')
      return await list.count()
    })
    .toBe(0)
}

/** Notes from now on whether something is shown, however shortly: a run may be over before anybody looks again. */
export async function watchFor(page: Page, selector: string): Promise<() => Promise<boolean>> {
  const watch = await page.evaluateHandle<{ seen: boolean }>(`(() => {
    const watch = { seen: false }
    const look = () => (watch.seen ||= document.querySelector(${JSON.stringify(selector)}) !== null)
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true })
    return watch
  })()`)
  return () => watch.evaluate(({ seen }) => seen)
}

/** Tests that drive a real Chromium; skipped, with the reason in their name, where there is none. */
export function describePage(name: string, body: () => void): void {
  const missing = findChromium() === null
  const shown = missing ? `${name} (no Chromium on this machine: apt-get install chromium)` : name
  describe.skipIf(missing)(shown, () => {
    afterAll(async () => {
      await browser?.close()
      browser = undefined
    })
    body()
  })
}
