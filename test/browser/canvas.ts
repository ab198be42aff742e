import type { PipelineText } from '@headrace/runtime/api'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { openPage, type Server } from './harness.ts'

/** What a pipeline's file holds, as far as these tests look at it. */
export interface Written {
  readonly headrace: 1
  readonly nodes: Readonly<Record<string, { type: string; config?: object; title?: string; disabled?: boolean }>>
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  readonly layout?: Readonly<Record<string, readonly [number, number]>>
  readonly groups?: Readonly<Record<string, { name: string; nodes: readonly string[]; collapsed?: boolean }>>
  readonly notes?: Readonly<Record<string, { text: string; at: readonly [number, number] }>>
}

export const ordersCsv = 'id,item,price,lang\n1,cup,12.5,de\n2,pot,99.0,en\n3,tea,140.0,de\n4,jar,7.25,fr\n'

/** A source, a filter and a sink in a row. */
export const shop: Written = {
  headrace: 1,
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv' } },
    dear: { type: 'transforms/filter', config: { where: 'price > 50.0' } },
    out: { type: 'sinks/ndjson', config: { path: 'out/dear.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'dear' },
    { from: 'dear', to: 'out' },
  ],
  layout: { orders: [0, 0], dear: [304, 0], out: [608, 0] },
}

let count = 0
/** The page of the test before, which would go on asking the server. */
let opened: Page | undefined

/** A pipeline of its own on a page of its own, driven as a reader would. */
export class CanvasPage {
  readonly page: Page & { faults: string[] }
  readonly #server: Server
  readonly #id: string

  private constructor(page: Page & { faults: string[] }, server: Server, id: string) {
    this.page = page
    this.#server = server
    this.#id = id
  }

  static async open(server: Server, pipeline: Written = shop): Promise<CanvasPage> {
    const id = `canvas-${++count}.json`
    await opened?.context().close()
    server.write(id, pipeline)
    const page = await openPage(`${server.address}#/${id}`)
    opened = page
    const canvas = new CanvasPage(page, server, id)
    if (Object.keys(pipeline.nodes).length) await page.locator('.card').first().waitFor()
    await page.locator('.palette .node-list-item').first().waitFor()
    await canvas.settled()
    return canvas
  }

  /** Waits until the panels around the canvas have taken their place and the canvas stands still. */
  async settled(): Promise<void> {
    const viewport = this.page.locator('.react-flow__viewport')
    let before = ''
    await expect
      .poll(
        async () => {
          const now = (await viewport.getAttribute('style')) ?? ''
          const still = now === before
          before = now
          return still
        },
        { interval: 200 },
      )
      .toBe(true)
  }

  /** The canvas of a pipeline that a page shows already. */
  static of(page: Page & { faults: string[] }, server: Server, id: string): CanvasPage {
    return new CanvasPage(page, server, id)
  }

  card(id: string): Locator {
    return this.page.locator(`.react-flow__node[data-id="${id}"]`)
  }

  /** Where a card's port is on the screen. */
  async port(node: string, end: 'in' | 'out', port = ''): Promise<{ x: number; y: number }> {
    const where = `.port[data-node="${node}"][data-end="${end}"][data-port="${port}"]`
    const box = await this.page.locator(where).evaluate((element) => {
      const { x, y } = element.getBoundingClientRect()
      return { x, y }
    })
    return box
  }

  async middle(node: string): Promise<{ x: number; y: number }> {
    const box = await this.card(node).boundingBox()
    if (!box) throw new Error(`${node} is not on the canvas`)
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }

  /** Drags with the mouse, as fast as a hand. */
  async drag(from: { x: number; y: number }, to: { x: number; y: number }, drop = true): Promise<void> {
    const { mouse } = this.page
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move(from.x + 3, from.y + 3)
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
    await mouse.move(to.x, to.y, { steps: 6 })
    if (drop) await mouse.up()
  }

  /** A place of the canvas where nothing is. */
  async emptySpot(dx = 0, dy = 180): Promise<{ x: number; y: number }> {
    const box = await this.page.locator('.canvas').boundingBox()
    if (!box) throw new Error('there is no canvas')
    return { x: box.x + box.width / 2 + dx, y: box.y + box.height / 2 + dy }
  }

  /** What the server holds: the draft, once it says what is expected. */
  async holds(check: (pipeline: Written) => void): Promise<void> {
    await expect
      .poll(
        async () => {
          const { draft, text } = await this.#server.rest<PipelineText>('GET', `pipelines/${this.#id}`)
          try {
            check(JSON.parse(draft?.text ?? text))
            return 'as expected'
          } catch (error) {
            return String(error)
          }
        },
        { interval: 150 },
      )
      .toBe('as expected')
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  /** Presses keys without waiting for the page: one that is busy has them all in its queue, as from a quick hand. */
  async pressAtOnce(...keys: string[]): Promise<void> {
    const { keyboard } = this.page
    const turns = keys.flatMap((key) => {
      const held = key.split('+')
      return [...held.map((one) => keyboard.down(one)), ...held.reverse().map((one) => keyboard.up(one))]
    })
    await Promise.all(turns)
  }
}

/** Edges as people write them. */
export const ties = ({ edges }: Written): string[] => edges.map(({ from, to }) => `${from} → ${to}`)
