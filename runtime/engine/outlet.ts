import type { Batch, Count } from '../memory/index.ts'
import { addChecksums, emptyChecksum, Scope } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Output } from '../sdk/node.ts'
import type { EdgePlan } from './flowplan.ts'
import { packError } from './messages.ts'
import type { NodeRun } from './noderun.ts'
import type { Spilled, SpillFile } from './spill.ts'

/** An edge while a split passes: what was sent, what was taken, and what waits between. */
export class EdgeRun {
  readonly plan: EdgePlan
  readonly consumer: NodeRun
  /** Where the rows come from. */
  outlet: Outlet | undefined
  readonly sent: Count = { rows: 0, sum: emptyChecksum }
  readonly received: Count = { rows: 0, sum: emptyChecksum }
  readonly queue: (Batch | Spilled)[] = []
  /** Bytes of the batches that wait in memory. */
  bytes = 0
  /** The consumer wants no more: it ended before its input did. */
  closed = false
  /** The consumer waits for rows. */
  asking = false

  constructor(plan: EdgePlan, consumer: NodeRun) {
    this.plan = plan
    this.consumer = consumer
  }

  static add(count: Count, batch: Batch): void {
    count.rows += batch.rows
    count.sum = addChecksums(count.sum, batch.identity.checksum)
  }
}

export interface OutletOptions {
  readonly edges: readonly EdgeRun[]
  /** No two ways from here meet again, so whoever runs ahead may wait for the others. */
  readonly mayWait: boolean
  readonly queueBytes: number
  /** Other splits come after this one. */
  readonly more: boolean
  readonly spill: SpillFile
}

/**
 * Where a node's output goes: one queue an edge. Whoever finds its queue empty asks the node for its next batch.
 * What a slower consumer has not taken waits in memory up to `queueBytes`; then the faster one waits, or, where
 * waiting could be for itself (two ways that meet again), the batches wait in a file.
 */
export class Outlet {
  readonly edges: readonly EdgeRun[]
  readonly #node: NodeRun
  readonly #options: OutletOptions
  readonly #ports = new Map<string, EdgeRun[]>()
  readonly #spilled: Scope
  #producer: AsyncIterator<Output> | undefined
  #advancing: Promise<void> | undefined
  #ended = false
  /** The split has failed, or is over: who still asks gets an error, never an end that looks like one. */
  #abandoned = false
  /** The node has let something out. */
  #given = false
  #drained = false
  #wake: () => void = () => {}
  #changed: Promise<void>

  constructor(node: NodeRun, options: OutletOptions) {
    this.#node = node
    this.#options = options
    this.edges = options.edges
    this.#spilled = new Scope(node.scope.pool)
    for (const edge of options.edges) {
      edge.outlet = this
      const port = this.#ports.get(edge.plan.port)
      if (port) port.push(edge)
      else this.#ports.set(edge.plan.port, [edge])
    }
    this.#changed = new Promise((resolve) => (this.#wake = resolve))
  }

  /** The node's generator. A sink has none: its rejects are pushed while it writes, and `end` says when it is done. */
  start(producer: AsyncIterator<Output>): void {
    this.#producer = producer
  }

  /** The next batch for an edge, held for whoever asked; null at the end of the split. */
  async pull(edge: EdgeRun): Promise<Batch | null> {
    edge.asking = true
    try {
      for (;;) {
        const item = this.#abandoned ? undefined : edge.queue.shift()
        if (item) return this.#take(edge, item)
        if (this.#abandoned) throw new Error('this part of the input was given up')
        if (this.#ended) return null
        this.#press()
        if (this.#producer === undefined || this.#mustWait(edge)) await this.#changed
        else await (this.#advancing ??= this.#advance().finally(() => (this.#advancing = undefined)))
      }
    } finally {
      edge.asking = false
      this.#press()
    }
  }

  /** The node has given all that it had, not only what was asked for. */
  get drained(): boolean {
    return this.#drained
  }

  /** Puts a batch into the queues of a port; the queues hold it from here. */
  push(port: string, batch: Batch): void {
    const edges = this.#ports.get(port) ?? []
    for (const edge of edges) if (edge.closed) edge.consumer.countUnread(batch.identity)
    const open = edges.filter((edge) => !edge.closed)
    for (const edge of open) {
      const sent = edges.length > 1 ? batch.onBranch(branchOf(edge.plan)) : batch
      EdgeRun.add(edge.sent, sent)
      this.#enqueue(edge, sent)
    }
    this.#notify()
  }

  /** The consumer of an edge ended early. When none is left, the node itself is asked to end. */
  async leave(edge: EdgeRun): Promise<void> {
    edge.closed = true
    for (const item of edge.queue.splice(0)) {
      const batch = this.#take(edge, item)
      edge.consumer.countUnread(batch.identity)
      batch.release()
    }
    this.#notify()
    if (this.edges.every((one) => one.closed) && !this.#ended) {
      this.#node.cut = true
      await this.#producer?.return?.()
      this.end()
    }
  }

  end(): void {
    this.#ended = true
    this.#node.meter.end(this.#options.more && this.#producer !== undefined)
    this.#notify()
  }

  /** Ends the node's generator after a failure elsewhere. */
  async abandon(): Promise<void> {
    this.#abandoned = true
    this.#ended = true
    this.#notify()
    try {
      await this.#producer?.return?.()
    } finally {
      // Whoever still asks for a batch gets none, and no memory stays held for it.
      this.#spilled.close()
    }
  }

  /** The split is over. */
  close(): void {
    for (const { plan } of this.edges) this.#node.counters.press(plan.index, false, this.#node.clock())
  }

  /**
   * Rows wait at an edge while its consumer does something else, and a batch lies in its queue, or the node behind it
   * has given one and could go on, if only with the next split.
   */
  #press(): void {
    const { counters, clock, meter } = this.#node
    const now = clock()
    const idle = this.#given && meter.idle && (!this.#ended || this.#options.more)
    for (const { plan, asking, closed, queue } of this.edges)
      counters.press(plan.index, !asking && !closed && (queue.length > 0 || idle), now)
  }

  async #advance(): Promise<void> {
    const { scope, meter } = this.#node
    scope.resume()
    meter.ask()
    const result = await this.#nextOutput()
    meter.answer()
    this.#node.afterStep()
    if (!result || result.done) {
      this.#drained = true
      return this.end()
    }
    const { port, batch } = 'port' in result.value ? result.value : { port: '', batch: result.value }
    this.#given = true
    this.#node.countOut(port, batch, this.#ports.has(port))
    if (batch.rows > 0 && this.#ports.has(port)) this.push(port, batch)
  }

  async #nextOutput(): Promise<IteratorResult<Output> | undefined> {
    try {
      return await this.#producer?.next()
    } catch (error) {
      throw named(error, this.#node.plan.id)
    }
  }

  #mustWait(edge: EdgeRun): boolean {
    if (!this.#options.mayWait) return false
    return this.edges.some((other) => other !== edge && !other.closed && other.bytes > this.#options.queueBytes)
  }

  #enqueue(edge: EdgeRun, batch: Batch): void {
    const { queueBytes, spill } = this.#options
    if (edge.queue.length > 0 && edge.bytes > queueBytes && (!this.#options.mayWait || this.#producer === undefined)) {
      edge.queue.push(spill.write(batch))
      return
    }
    edge.queue.push(batch.keep())
    edge.bytes += batch.bytes
    this.#node.counters.edge(edge.plan.index, 'queued', batch.rows)
  }

  #take(edge: EdgeRun, item: Batch | Spilled): Batch {
    if ('scope' in item) {
      edge.bytes -= item.bytes
      this.#node.counters.edge(edge.plan.index, 'queued', -item.rows)
      this.#notify()
      return item
    }
    // Its own scope moves on at once: only who takes the batch holds it.
    const batch = this.#options.spill.read(this.#spilled, item).keep()
    this.#spilled.resume()
    return batch
  }

  #notify(): void {
    const wake = this.#wake
    this.#changed = new Promise((resolve) => (this.#wake = resolve))
    wake()
  }
}

/** What a way is called where rows leave by several: the node that it leads to, `join.right` where that has several inputs. */
const branchOf = ({ to, toPort }: EdgePlan): string => (toPort ? `${to}.${toPort}` : to)

/** The error with the node's name in its place; one from a node before this one has its own already. */
export function named(error: unknown, node: string): HeadraceError {
  if (error instanceof HeadraceError) {
    if (error.place.node) return error
    const { code, message, place, hint, fault, cause } = error
    return new HeadraceError(code, message, { place: { ...place, node }, fault, ...(hint && { hint }), cause })
  }
  const packed = packError(error)
  return new HeadraceError(packed.code, packed.message, {
    place: { ...packed.place, node },
    fault: packed.fault,
    ...(packed.hint && { hint: packed.hint }),
    cause: error,
  })
}
