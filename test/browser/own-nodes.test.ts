import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describePage, openPage, Server } from './harness.ts'

// A node that lies beside the pipeline: listed, drawn, set, reloaded when somebody saves its file.

const template = readFileSync(join(import.meta.dirname, '../../runtime/sdk/templates/transform.ts'), 'utf8')
const pipeline = {
  headrace: 1,
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv' } },
    tax: { type: './nodes/vat', config: { column: 'price', rate: 0.5 } },
    out: { type: 'sinks/csv', config: { path: 'out.csv', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'tax' },
    { from: 'tax', to: 'out' },
  ],
  layout: { orders: [0, 0], tax: [304, 0], out: [608, 0] },
}

describePage('nodes of one’s own', () => {
  let server: Server
  let page: Page & { faults: string[] }

  beforeAll(async () => {
    server = await Server.start({ 'orders.csv': 'id,price\n1,10\n2,20\n' })
  })
  afterAll(async () => await server?.close())

  beforeEach(async () => {
    server.write('nodes/vat.ts', template)
    server.write('p.json', pipeline)
    await server.rest('DELETE', 'pipelines/p.json/draft')
    page = await openPage(server.address)
    await page.goto(`${new URL(server.address).origin}/#/p.json`)
    await page.locator('.react-flow__node[data-id="tax"]').waitFor()
  }, 60_000)
  afterEach(async () => {
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  const inspector = () => page.locator('.inspector')
  const select = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`).click()

  test('are in the list with what they do and whose code they are, and are drawn with their kind', async () => {
    const search = page.locator('.palette .node-list-search')
    await search.fill('vat')
    const item = page.locator('.palette .node-list-item', { hasText: 'Price with VAT' })
    await item.hover()
    const help = page.locator('.node-help')
    expect(await help.textContent()).toContain(
      'Your own: nodes/vat.ts. It is code and runs with your rights; this page never writes it.',
    )
    await item.click()
    const added = page.locator('.react-flow__node[data-id="vat"]')
    await added.waitFor()
    expect(await added.locator('svg').first().getAttribute('class')).toBe(
      await page.locator('.react-flow__node[data-id="tax"] svg').first().getAttribute('class'),
    )
    const text = async () =>
      (await server.rest<{ draft: { text: string } }>('GET', 'pipelines/p.json')).draft?.text ?? ''
    await expect.poll(text).toMatch(/"vat": \{\s*"type": ".\/nodes\/vat"/)
  })

  test('have a form, which follows their file when it is saved; an error stays until it is mended', async () => {
    await select('tax')
    await inspector().locator('[data-setting="rate"]').waitFor()
    expect(await inspector().textContent()).toContain('Adds the price with VAT to each row')
    // A setting that must be given stands at the top of the form.
    const changed = template
      .replace('into: Type.String', "why: Type.String({ description: 'What for.' }),\n    into: Type.String")
      .replace('Adds the price with VAT', 'Adds the whole price')
    server.write('nodes/vat.ts', changed)
    await inspector().locator('[data-setting="why"]').waitFor()
    expect(await inspector().textContent()).toContain('Adds the whole price to each row')

    server.write('nodes/vat.ts', `${changed}\nenum Colour { red }\n`)
    const broken = page.locator('.palette-broken')
    await broken.waitFor()
    expect(await broken.textContent()).toMatch(
      /\.\/nodes\/vat[\s\S]*nodes\/vat\.ts:\d+:\d+: TypeScript's enum is not allowed/,
    )
    await expect
      .poll(() => inspector().textContent())
      .toMatch(/nodes\/vat\.ts:\d+:\d+: TypeScript's enum is not allowed/)
    expect(await inspector().textContent()).toContain('Mend and save it, and its form comes back.')

    server.write('nodes/vat.ts', template)
    await inspector().locator('[data-setting="rate"] input').waitFor()
    await broken.waitFor({ state: 'detached' })
    expect(await inspector().locator('[data-setting="rate"] input').inputValue()).toBe('0.5')
  })

  test('show rows of their code as it is now', async () => {
    await select('tax')
    const rows = page.locator('.drawer')
    await expect.poll(() => rows.textContent()).toMatch(/gross[\s\S]*15[\s\S]*30/)
    server.write('nodes/vat.ts', template.replace('Number(price) * (1 + rate)', 'Number(price) * 7'))
    await expect.poll(() => rows.textContent()).toMatch(/gross[\s\S]*70[\s\S]*140/)
  })

  test('are never written by the page: no upload, no output, no pipeline takes a name of code', async () => {
    const { origin, searchParams } = new URL(server.address)
    const headers = { authorization: `Bearer ${searchParams.get('token')}`, 'content-type': 'application/octet-stream' }
    for (const name of ['evil.ts', 'evil.mjs', 'package.json', 'x.node']) {
      const answer = await fetch(`${origin}/api/files?name=${name}`, { method: 'POST', headers, body: 'x' })
      expect(answer.status, name).toBe(415)
    }
    const sink = { type: 'sinks/ndjson', config: { path: 'nodes/evil.ts', ifExists: 'replace' } }
    const text = JSON.stringify({ ...pipeline, nodes: { ...pipeline.nodes, out: sink } })
    const { problems } = await server.rest<{ problems: { code: string; message: string }[] }>('POST', 'check', {
      pipeline: 'p.json',
      text,
    })
    expect(problems).toMatchObject([{ code: 'outside', message: expect.stringContaining('is a name for code') }])
    await expect(server.rest('PUT', 'pipelines/package.json', { text: '{}', base: '', client: 'x' })).rejects.toThrow(
      '400',
    )
    const outside = text.replace('./nodes/vat', '../outside').replace('nodes/evil.ts', 'out.csv')
    const refused = await server.rest<{ problems: { code: string }[] }>('POST', 'check', {
      pipeline: 'p.json',
      text: outside,
    })
    expect(refused.problems[0]?.code).toMatch(/no-own-node|outside/)
  })
})
