import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, describe } from 'vitest'
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
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text())
  })
  await page.goto(address)
  return Object.assign(page, { faults })
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
