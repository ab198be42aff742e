import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePage, openPage, Server } from './harness.ts'

const night = {
  headrace: 1,
  name: 'night',
  nodes: {
    made: { type: 'sources/generate', config: { rows: 20, columns: { id: 'sequence' } } },
    out: { type: 'sinks/ndjson', config: { path: 'out/rows.ndjson', ifExists: 'replace' } },
  },
  edges: [{ from: 'made', to: 'out' }],
  layout: { made: [0, 0], out: [240, 0] },
}

describePage('a schedule on the page', () => {
  let server: Server
  let page: Awaited<ReturnType<typeof openPage>>
  const panel = () => page.getByRole('region', { name: 'Schedule' })
  const file = () => JSON.parse(readFileSync(join(server.folder, 'night.json'), 'utf8')) as { settings?: object }
  const kept = () => join(server.folder, '.headrace', 'schedules.json')

  beforeAll(async () => {
    server = await Server.start({ 'night.json': night })
    page = await openPage(server.address)
    await page.goto(`${new URL(server.address).origin}/#/night.json`)
    await page.getByRole('button', { name: 'Show the settings of the pipeline' }).click()
    await panel().waitFor()
  }, 60_000)
  afterAll(async () => {
    await server.close()
  })

  test('is added, says what it means and what is wrong with it, and is saved with the pipeline', async () => {
    await panel().getByRole('button', { name: 'Add a schedule' }).click()
    await panel().getByText('every day at 02:00').waitFor()
    const when = panel().getByRole('textbox', { name: 'When' })
    await when.fill('0 0 30 2 *')
    await panel().getByText('"0 0 30 2 *" never comes').waitFor()
    expect(await when.getAttribute('aria-invalid')).toBe('true')
    await when.fill('30 4 * * 1-5')
    await panel().getByText('Monday to Friday at 04:30').waitFor()
    await panel().getByRole('combobox', { name: 'Time zone' }).selectOption('Europe/Berlin')
    await panel()
      .getByText(/^(Mon|Tue|Wed|Thu|Fri),? .* 04:30$/)
      .first()
      .waitFor()
    const on = panel().getByRole('switch', { name: 'Run by this server' })
    await panel().getByText('Save the pipeline first: what runs is the file.').waitFor()
    expect(await on.isDisabled()).toBe(true)
    await page.keyboard.press('Control+s')
    await expect
      .poll(file)
      .toMatchObject({ settings: { schedule: { cron: '30 4 * * 1-5', timeZone: 'Europe/Berlin' } } })
    await on.click()
    await expect.poll(() => on.getAttribute('aria-checked')).toBe('true')
    await expect
      .poll(() => existsSync(kept()) && JSON.parse(readFileSync(kept(), 'utf8')))
      .toMatchObject({ 'night.json': { on: true } })
  })

  test('after a time in which the server was away it says what was missed, and shows the run', async () => {
    await server.down()
    const schedules = JSON.parse(readFileSync(kept(), 'utf8')) as Record<string, { handled: number; of: string }>
    mkdirSync(join(server.folder, '.headrace'), { recursive: true })
    const entry = {
      ...schedules['night.json'],
      of: '30 4 * * 1-5 Europe/Berlin',
      handled: Date.now() - 15 * 86_400_000,
    }
    writeFileSync(kept(), JSON.stringify({ 'night.json': entry }))
    await server.up()
    const history = panel().getByRole('list', { name: 'What it did' })
    await history.getByText(/Missed \d+ times since/).waitFor()
    await history.getByRole('button', { name: /started done/ }).waitFor()
    await page.goto(`${new URL(server.address).origin}/#runs`)
    await page.getByRole('gridcell', { name: 'schedule' }).waitFor()
    expect(page.faults).toEqual([])
  })
})
