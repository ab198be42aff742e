import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { realDisk } from '../disk/index.ts'
import type { NodePlan } from '../engine/flowplan.ts'
import { Schema } from '../pipeline/schema.ts'
import type { OpenSink, Receipt, SinkNode } from '../sdk/node.ts'
import { stopwatch } from './clock.ts'
import type { SinkSample } from './sample.ts'

/** A sink whose output goes to a folder that is removed afterwards, whatever its settings name. */
export class SampledSink {
  readonly #open: OpenSink
  readonly #group: SinkSample['group']
  readonly #commits: SinkSample['commits'][number][] = []

  private constructor(open: OpenSink, group: SinkSample['group']) {
    this.#open = open
    this.#group = group
  }

  static async open(node: NodePlan, definition: SinkNode, folder: string): Promise<SampledSink> {
    const own = join(folder, node.id)
    mkdirSync(own, { recursive: true })
    const open = await definition.open({
      config: node.config as never, // checked against the node's own schema
      node: node.id,
      // What it found at its own path is not there.
      probe: null,
      schema: new Schema(node.input ?? []),
      resolve: (path) => join(own, basename(path)),
      disk: realDisk,
      runId: 'estimate',
      resumed: null,
      models: [],
      log: () => {},
    })
    return new SampledSink(open, definition.group ?? null)
  }

  get stageFolder(): string {
    return this.#open.stageFolder
  }

  async commit(receipts: readonly Receipt[]): Promise<void> {
    const rows = receipts.reduce((sum, receipt) => sum + receipt.rows, 0)
    const bytes = receipts.reduce((sum, receipt) => sum + receipt.bytes, 0)
    const watch = stopwatch()
    await this.#open.commit(receipts, async () => {})
    this.#commits.push({ rows, bytes, ...watch() })
  }

  async finish(): Promise<SinkSample> {
    const started = performance.now()
    await this.#open.finish()
    return { commits: this.#commits, finishing: performance.now() - started, group: this.#group }
  }

  async close(): Promise<void> {
    await this.#open.close()
  }
}
