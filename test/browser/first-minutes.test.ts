import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { RunView } from '@headrace/runtime/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lanceRows } from '../scenarios/stored.ts'
import { CanvasPage, ties } from './canvas.ts'
import { describePage, openPage, Server, watchFor } from './harness.ts'
import { dropFile, letterInNumber, umsatz } from './minutes.scene.ts'

const root = join(import.meta.dirname, '..', '..')

// The first five minutes of a reader, in their order: one server, one page.

describePage('the first five minutes', () => {
  let server: Server
  let page: Awaited<ReturnType<typeof openPage>>
  let canvas: CanvasPage
  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const tab = (name: RegExp) => page.getByRole('tab', { name })
  const inspector = () => page.locator('.inspector')
  const detected = () => inspector().getByLabel('Found by itself')
  const cell = (column: number) => page.locator(`.drawer [data-row="0"][data-column="${column}"]`)
  const runButton = () => page.getByRole('banner').getByRole('button', { name: 'Run', exact: true })
  const stopButton = '.bar .button[title^="Finishes what is in flight"]'
  const statuses = async () =>
    (await server.rest<RunView[]>('GET', 'runs?pipeline=umsatz.json')).map(({ status }) => status)
  const ended = () => button('1,095 stored, 108 filtered, 1 rejected · row counts match')
  /** Draws a wire from a node's output to a free place of the canvas; there a search opens. */
  const wire = async (from: string, dx = 130, dy = 10) => {
    const { x, y } = await canvas.port(from, 'out')
    await canvas.drag({ x, y }, { x: x + dx, y: y + dy })
    await page.locator('.quick').waitFor()
  }

  beforeAll(async () => {
    server = await Server.start({}, ['--data', 'examples'])
    page = await openPage(server.address)
  }, 120_000)
  afterAll(async () => {
    await server?.close()
  })

  test('the start has four examples and a place for a file', async () => {
    const titles = () => page.locator('.start-card strong').allTextContents()
    await expect
      .poll(titles)
      .toEqual(['Emoji search', 'Clean a CSV', 'Documents to vectors', 'Classify', 'Drop a file here'])
  })

  test('Emoji search shows its graph with columns on the edges and sample rows in the drawer', async () => {
    await button(/^Emoji search/).click()
    for (const id of ['emoji', 'text', 'vectors', 'store']) await node(id).waitFor()
    const chips = page.locator('.channel-chip')
    await expect.poll(() => chips.allTextContents()).toEqual(['4 columns', '5 columns', '6 columns'])
    const rows = page.getByRole('grid', { name: 'Rows of text → vectors' })
    await expect.poll(() => rows.textContent()).toContain('regional indicator A')
  })

  test('a run shows rows/s and fill on the edges, and a chip names the model as the bottleneck', async () => {
    await runButton().click()
    const chip = page.locator('.channel-chip[data-edge="text → vectors"]')
    await expect.poll(() => chip.textContent()).toMatch(/rows\/s.*(full|%)/)
    const bottleneck = button(/^vectors is the bottleneck/)
    await bottleneck.waitFor()
    expect(await bottleneck.textContent()).toMatch(/busy \d+ % of the time/)
    await bottleneck.click()
    await expect.poll(() => inspector().textContent()).toContain('models/embed')
    await button('3,979 stored · row counts match').waitFor({ timeout: 200_000 })
  })

  test('Search: “sad cat” finds the crying cat', async () => {
    await tab(/^Search/).click()
    await page.getByRole('textbox', { name: 'Question to store' }).fill('sad cat')
    await page.keyboard.press('Enter')
    const found = page.getByRole('grid', { name: /nearest to the question/ })
    await expect.poll(() => found.locator('[data-row="0"]').allTextContents()).toContain('crying cat')
  })

  test('a dropped umsatz.csv becomes a source that says what it detected, with a red 1', async () => {
    await button('Headrace: to the start').click()
    await dropFile(page, '.start-drop', 'umsatz.csv', umsatz())
    canvas = CanvasPage.of(page, server, 'umsatz.json')
    await node('umsatz').getByText('1 broken').waitFor()
    await expect.poll(() => node('umsatz').textContent()).toContain('1,204 rows')
    await expect
      .poll(() => detected().textContent())
      .toBe(
        'Encodingwindows-1252Delimitersemicolon (;)Headerthe first rowDecimalcomma (,)Thousandspoint (.)Datesdd.mm.yyyy (%d.%m.%Y)',
      )
    await tab(/^Rejected/).click()
    await expect.poll(() => tab(/^Rejected/).textContent()).toBe('Rejected1')
    await expect.poll(() => cell(0).textContent()).toBe('17')
    expect(await cell(2).textContent()).toBe(letterInNumber)
    expect(await cell(4).textContent()).toContain('column "Preis": "12,5O" is not a number')
  })

  test('a wire is dragged, Filter picked, “Pr” typed, Preis chosen, rows counted before any run', async () => {
    await wire('umsatz')
    await page.keyboard.type('filter')
    await page.keyboard.press('Enter')
    await node('filter').waitFor()
    await page.keyboard.type('Pr')
    await page.locator('.expression-list li', { hasText: 'Preis' }).click()
    await page.keyboard.type(' > 100.0')
    await inspector().getByText('1,095 of 1,203 rows stay').waitFor()
    await canvas.holds((pipeline) => expect(ties(pipeline)).toEqual(['umsatz → filter']))
  })

  test('Embed: a model folder is chosen, its dimension and pooling are shown', async () => {
    await wire('filter')
    await page.keyboard.type('embed')
    await page.keyboard.press('Enter')
    await node('embed').waitFor()
    await button('Choose model folder').click()
    await button('examples').click()
    await page.getByRole('option', { name: 'models' }).click()
    await page.getByRole('option', { name: /all-minilm-l6-v2/ }).click()
    // The form moves once more when the folder has been looked at.
    await page.locator('.inspector').getByText('all-minilm-l6-v2').first().waitFor()
    await page
      .getByText(/setting "model" is missing/)
      .first()
      .waitFor({ state: 'detached' })
    await detected().waitFor()
    await expect.poll(() => detected().textContent()).toMatch(/^Dimension384Poolingmean/)
    await button('Use Produkt').click()
    await canvas.holds(({ nodes }) => expect(nodes['embed']?.config).toMatchObject({ column: 'Produkt' }))
  })

  test('a LanceDB sink by a wire can be run as it is', async () => {
    await wire('embed', -100, 160)
    await page.keyboard.type('lance')
    await page.keyboard.press('Enter')
    await node('lancedb').waitFor()
    await page
      .getByRole('banner')
      .getByText(/problem/)
      .waitFor({ state: 'detached' })
    await canvas.holds(({ nodes }) =>
      expect(nodes['lancedb']?.config).toEqual({ path: 'out/umsatz.lance', table: 'umsatz', ifExists: 'replace' }),
    )
  })

  test('Run asks once what to do with the draft; Run again works too', async () => {
    await runButton().click()
    const first = await watchFor(page, stopButton)
    await button('Save and run').click()
    await expect.poll(statuses).toEqual(['done'])
    await ended().waitFor()
    expect(await first()).toBe(true)
    const second = await watchFor(page, stopButton)
    await runButton().click()
    await expect.poll(statuses).toEqual(['done', 'done'])
    await ended().waitFor()
    expect(await second()).toBe(true)
  })

  test('“Copy as command” gives a line that runs in a shell with the same counts, seen live in the page', async () => {
    await button('More').click()
    await page.getByRole('menuitem', { name: 'Copy as command' }).click()
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()')
    await expect.poll(copied).toContain('umsatz.json')
    const line = await copied()
    // `headrace` as a reader's shell finds it: the project's own.
    const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}` }
    const stop = await watchFor(page, stopButton)
    const shell = new Promise<{ code: unknown; out: string }>((resolve) =>
      execFile('bash', ['-c', line], { cwd: '/', env }, (error, out) => resolve({ code: error?.code ?? 0, out })),
    )
    const { code, out } = await shell
    expect(out).toContain('1,204 in = 108 filtered, 1,095 stored, 1 rejected · row counts match')
    // 3: done, with rejected rows.
    expect(code).toBe(3)
    await ended().waitFor()
    expect(await stop()).toBe(true)
  })

  test('the broken row: Fix, Replay, nothing rejected, and the output has it once', async () => {
    await button(/^Fix/).click()
    const raw = page.getByRole('textbox', { name: 'Raw text of the row' })
    expect(await raw.inputValue()).toBe(letterInNumber)
    await raw.fill(letterInNumber.replace('12,5O', '512,50'))
    await button('Replay this row').click()
    await page.locator('.drawer-says', { hasText: '1 row replayed, nothing rejected' }).waitFor()
    await page.getByText('No rejected rows: every row was stored or filtered.').waitFor()
    await expect.poll(() => tab(/^Rejected/).textContent()).toBe('Rejected')
    await button('1,095 stored, 108 filtered, 1 replayed · row counts match').waitFor()
    const rows = await lanceRows(join(server.folder, 'out', 'umsatz.lance'), 'umsatz')
    expect(rows).toHaveLength(1096)
    expect(rows.filter((row) => row['Preis'] === 512.5)).toMatchObject([{ Produkt: 'Schraube M8', Stadt: 'Köln' }])
    expect(page.faults).toEqual([])
  })

  test.each([
    ['a missing field', '03.11.2026;Schraube M8;12,50;4;Gartenstraße 7', '5 fields where there are 6 columns'],
    ['a quote that is not closed', '03.11.2026;"Schraube M8;12,50;4;Weg;Köln', 'a field opens with a quote'],
    ['a date that is none', '31.02.2026;Schraube M8;12,50;4;Weg;Köln', '"31.02.2026" is not a date'],
  ])('other broken rows of a dropped file: %s', async (_, line, why) => {
    await button('Headrace: to the start').click()
    await dropFile(page, '.start-drop', 'umsatz.csv', umsatz(line))
    await expect.poll(() => cell(4).allTextContents()).toEqual([expect.stringContaining(why)])
    expect(await cell(0).textContent()).toBe('17')
    expect(await cell(2).textContent()).toBe(line)
  })
})
