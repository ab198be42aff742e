import { afterAll, beforeAll, expect, test } from 'vitest'
import { CanvasPage, ties, type Written } from './canvas.ts'
import { describePage, Server } from './harness.ts'

const files = {
  'sold.csv': 'id,customer,price\n1,7,3.5\n2,8,4.0\n3,7,1.0\n',
  'customers.csv': 'id,name\n7,Zoe\n8,Ann\n',
}

const parts: Written = {
  headrace: 1,
  nodes: {
    sold: { type: 'sources/csv', config: { path: 'sold.csv' } },
    customers: { type: 'sources/csv', config: { path: 'customers.csv' } },
    join: { type: 'transforms/join', config: { keys: [{ left: 'customer', right: 'id' }] } },
    q: { type: 'transforms/sql', config: { query: 'SELECT name, sum(price) AS total\nFROM "join" GROUP BY name' } },
    out: { type: 'sinks/ndjson', config: { path: 'out/totals.ndjson', ifExists: 'replace' } },
  },
  edges: [{ from: 'q', to: 'out' }],
  layout: { sold: [0, 0], customers: [0, 160], join: [304, 64], q: [608, 64], out: [912, 64] },
}
const whole = ['sold → join.left', 'customers → join.right', 'join → q.join', 'q → out']
const drawn: Written = {
  ...parts,
  edges: whole.map((text) => text.split(' → ')).map(([from = '', to = '']) => ({ from, to })),
}

/** An SVG path as far as is looked at here. */
interface Path {
  getTotalLength(): number
  getScreenCTM(): object
  getPointAtLength(length: number): { matrixTransform(matrix: object): { readonly x: number; readonly y: number } }
}

describePage('nodes that need all rows', () => {
  let server: Server
  beforeAll(async () => {
    server = await Server.start(files)
  }, 120_000)
  afterAll(() => server?.close())

  test('two sources are wired into a join: at the port that is aimed at, else at the one that is free', async () => {
    const canvas = await CanvasPage.open(server, parts)
    await canvas.drag(await canvas.port('customers', 'out'), await canvas.port('join', 'in', 'right'), false)
    await expect.poll(() => canvas.page.locator('.wire-words').textContent()).toBe('Drop to connect to join.right')
    await canvas.page.mouse.up()
    await canvas.drag(await canvas.port('sold', 'out'), await canvas.middle('join'))
    await canvas.drag(await canvas.port('join', 'out'), await canvas.port('q', 'in', '+'))
    await canvas.holds((pipeline) => expect(ties(pipeline).sort()).toEqual([...whole].sort()))
    await expect.poll(() => canvas.card('q').textContent()).toContain('2 columns')
    const spot = await canvas.port('join', 'in', 'right')
    const end = await canvas.page
      .locator('.react-flow__edge[data-id="customers → join.right"] path')
      .first()
      .evaluate((path: Path) => {
        const { x, y } = path.getPointAtLength(path.getTotalLength()).matrixTransform(path.getScreenCTM())
        return { x, y }
      })
    expect(Math.hypot(end.x - spot.x, end.y - spot.y)).toBeLessThan(3)
    expect(canvas.page.faults).toEqual([])
  })

  test('by keyboard every input is in the list, and a query is asked by the name of what leads to it', async () => {
    const canvas = await CanvasPage.open(server, parts)
    await canvas.card('customers').click()
    await canvas.press('c')
    const list = canvas.page.locator('.quick')
    await list.waitFor()
    expect(await list.locator('.node-list-item').allInnerTexts()).toEqual(
      expect.arrayContaining(['join.left', 'join.right', 'q.customers', 'out']),
    )
    await canvas.page.keyboard.type('join.right')
    await canvas.press('Enter')
    await canvas.holds((pipeline) => expect(ties(pipeline)).toContain('customers → join.right'))
  })

  test('a wire dropped beside everything adds a query about what it comes from', async () => {
    const canvas = await CanvasPage.open(server, parts)
    await canvas.drag(await canvas.port('sold', 'out'), await canvas.emptySpot(0, 120))
    await canvas.page.locator('.quick').waitFor()
    await canvas.page.keyboard.type('sql')
    await canvas.press('Enter')
    await canvas.holds((pipeline) => {
      expect(ties(pipeline)).toContain('sold → sql.sold')
      expect(pipeline.nodes['sql']?.config).toEqual({ query: 'SELECT * FROM sold' })
    })
    await expect.poll(() => canvas.card('sql').textContent()).toContain('3 columns')
  })

  test('a join’s keys are chosen from the columns of their input', async () => {
    const canvas = await CanvasPage.open(server, drawn)
    await canvas.card('join').click()
    const keys = canvas.page.locator('[data-setting="keys"]')
    const options = async (side: string) => {
      await keys.getByRole('button', { name: new RegExp(`columns.*${side}`, 'i') }).click()
      await canvas.page.locator('.popup .option-name').first().waitFor()
      const found = await canvas.page.locator('.popup .option-name').allInnerTexts()
      await canvas.press('Escape')
      return found
    }
    expect(await options('left')).toEqual(['id', 'customer', 'price'])
    expect(await options('right')).toEqual(['id', 'name'])
  })

  test('an error in a query is marked where it stands, said under the field, and mended by a click', async () => {
    const canvas = await CanvasPage.open(server, drawn)
    await canvas.card('q').click()
    const query = canvas.page.locator('.query .cm-content')
    await query.click()
    await canvas.press('ControlOrMeta+a')
    await canvas.page.keyboard.insertText('SELECT name,\n  sum(prise) AS total\nFROM "join" GROUP BY name')
    await expect.poll(() => canvas.page.locator('.query .cm-lintRange').allInnerTexts()).toEqual(['prise'])
    const said = canvas.page.locator('[data-setting="query"] .setting-problem')
    await expect.poll(() => said.textContent()).toContain('Referenced column "prise" not found')
    await said.getByRole('button', { name: 'Use price' }).click()
    await canvas.holds((pipeline) =>
      expect(JSON.stringify(pipeline.nodes['q']?.config)).toContain('\\n  sum(price) AS'),
    )
    await expect.poll(() => canvas.card('q').textContent()).toContain('2 columns')
    expect(canvas.page.faults).toEqual([])
  })

  test('a query proposes its tables and their columns', async () => {
    const canvas = await CanvasPage.open(server, drawn)
    await canvas.card('q').click()
    await canvas.page.locator('.query .cm-content').click()
    await canvas.press('ControlOrMeta+a')
    await canvas.page.keyboard.type('SELECT cust')
    const list = canvas.page.locator('.expression-list li')
    await expect.poll(() => list.allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining('customer')]))
  })
})
