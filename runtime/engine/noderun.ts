import {
  Account,
  type Batch,
  batchOf,
  type Column,
  columnOf,
  type Failure,
  Identity,
  type Pool,
  Scope,
} from '../memory/index.ts'
import { lineageColumn } from '../pipeline/lineage.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { type Field, sameType } from '../pipeline/types.ts'
import { rejectsOf } from '../pipeline/union.ts'
import type { NodeDefinition, SourceReject } from '../sdk/node.ts'
import { refuseLengths } from './balance.ts'
import type { CountWriter } from './counters.ts'
import type { NodePlan } from './flowplan.ts'
import { identitiesOf } from './identities.ts'
import { headsOf, largeRows } from './largerows.ts'
import { Meter } from './meter.ts'
import { EdgeRun, type Outlet } from './outlet.ts'
import { reasonOf, withReasons } from './reasons.ts'
import type { LetterRange } from './replay/letters.ts'

/** What a node shares with its lane. */
export interface NodeServices {
  readonly pool: Pool
  readonly counters: CountWriter
  readonly clock: () => number
  /** Takes rejected rows that no edge takes. */
  readonly deadLetter: (rejected: Batch, own?: Batch) => void
  /** Told of a row that is rejected where columns are missing: throws, since the split must be taken with all of them. */
  readonly onNarrow?: (() => never) | undefined
  /** Takes secrets out of what a node says about a row. */
  readonly clean: (text: string) => string
  /** Looks at each batch that passes an edge, by the edge's number. */
  readonly tap: ((edge: number, batch: Batch) => void) | undefined
}

/** One node while one split passes through it: its memory, its books, its time, and where its output goes. */
export class NodeRun {
  readonly plan: NodePlan
  /** Rows end here: in a sink, or in a node that keeps them until it has all. */
  readonly isEnd: boolean
  readonly definition: NodeDefinition
  readonly account = new Account()
  readonly scope: Scope
  readonly meter: Meter
  readonly counters: CountWriter
  readonly clock: () => number
  readonly inputs: EdgeRun[] = []
  readonly named: Record<string, number> = {}
  outlet: Outlet | undefined
  /** In a replay: rejected rows that enter here. */
  letters: LetterRange | undefined
  /** Ended by a consumer that had enough: rows on their way count as filtered. */
  cut = false
  /** It has not read its input to the end. */
  leftEarly = false
  /** Rows are being rejected for their size: what is kept of them must not be large. */
  #refusing = false
  readonly #services: NodeServices
  readonly #pending: SourceReject[] = []
  /** Filtered rows that the live counters know of. */
  #shown = 0
  readonly #schema: Schema
  readonly #rejects: Schema

  /** `input`: which of the inputs of a node that needs all rows; null where it reads what it has made of them. */
  constructor(
    plan: NodePlan,
    input: string | null,
    definition: NodeDefinition,
    ports: ReadonlySet<string>,
    services: NodeServices,
  ) {
    this.plan = input === null ? plan : ofInput(plan, input)
    this.isEnd = plan.kind === 'sink' || input !== null
    this.definition = definition
    this.#services = services
    this.counters = services.counters
    this.clock = services.clock
    this.scope = new Scope(services.pool, this.account, ports)
    this.meter = new Meter(plan.index, services.counters, services.clock)
    this.#schema = new Schema(this.plan.input ?? plan.output ?? [])
    this.#rejects = new Schema(this.plan.rejects ?? [])
    this.account.onReject = (rejected, failures) => this.#onReject(rejected, failures)
  }

  /** The node's input: its edges one after the other, as batches of one schema, each held until the next is asked for. */
  async *input(): AsyncGenerator<Batch> {
    this.leftEarly = true
    if (this.letters) yield* this.#replayed(this.letters)
    for (const edge of this.inputs) {
      let ended = false
      try {
        for (;;) {
          const batch = await this.meter.pulling(() => (edge.outlet as Outlet).pull(edge))
          if (!batch) break
          const entered = this.#enter(edge, batch)
          yield entered
          entered.leave()
          // A sink never yields, so its own memory is free when it asks for more.
          if (this.isEnd) this.scope.resume()
        }
        ended = true
      } finally {
        if (!ended) await this.#closeFrom(edge)
      }
    }
    this.leftEarly = false
  }

  async *#replayed(letters: LetterRange): AsyncGenerator<Batch> {
    const { enteringRows } = await import('./replay/enter.ts')
    for await (const batch of enteringRows(letters, this.scope, this.#schema)) {
      this.#countIn(batch.identity)
      yield batch
      batch.leave()
      if (this.isEnd) this.scope.resume()
    }
  }

  async #closeFrom(edge: EdgeRun): Promise<void> {
    for (const open of this.inputs.slice(this.inputs.indexOf(edge))) await open.outlet?.leave(open)
  }

  #enter(edge: EdgeRun, batch: Batch): Batch {
    EdgeRun.add(edge.received, batch)
    this.#services.tap?.(edge.plan.index, batch)
    const entered = this.#adapt(batch)
    batch.release()
    this.account.addRows('in', entered.identity)
    const { bytes } = entered
    this.counters.node(this.plan.index, 'in', entered.rows)
    this.counters.edge(edge.plan.index, 'rows', entered.rows)
    this.counters.edge(edge.plan.index, 'bytes', bytes)
    this.account.bytes += bytes
    this.counters.node(this.plan.index, 'bytes', bytes)
    return this.#refuseLarge(entered)
  }

  #refuseLarge(batch: Batch): Batch {
    const failures = largeRows(batch, this.plan.maxRowBytes ?? Number.POSITIVE_INFINITY)
    if (failures.length === 0) return batch
    this.#refusing = true
    const kept = batch.reject(failures)
    this.#refusing = false
    return kept
  }

  /** The batch under the input's schema: a union's columns by name, null where this input lacks one. */
  #adapt(batch: Batch): Batch {
    const { lineage } = this.plan
    if (!lineage && batch.schema.equals(this.#schema)) return batch.into(this.scope, this.#schema)
    const columns = this.#schema.fields.map((field): Column => {
      if (lineage && field.name === lineageColumn.name) return identitiesOf(batch, this.scope)
      const at = batch.schema.indexOf(field.name)
      return at < 0 ? columnOf(this.scope, field.type, new Array(batch.rows).fill(null)) : batch.column(at)
    })
    return batch.into(this.scope, this.#schema, columns)
  }

  /** Books a batch that the node let out; rows of a port that leads nowhere count as filtered. */
  countOut(port: string, batch: Batch, connected: boolean): void {
    const { plan, account, counters } = this
    if (plan.kind === 'source') this.#countIn(batch.identity)
    const promised = new Schema(plan.output ?? [])
    if (!batch.schema.equals(promised)) {
      throw new HeadraceError(
        'wrong-columns',
        `${plan.id} promised the columns ${promised}, but gave ${batch.schema}`,
        {
          place: { node: plan.id },
          hint: `This is a fault in the node ${plan.type}${port && ` (port ${port})`}.`,
        },
      )
    }
    refuseLengths(plan, batch)
    if (!connected) {
      account.add('filtered', batch.parents.rows, batch.parents.sum)
      return
    }
    account.addRows('out', batch.identity)
    counters.node(plan.index, 'out', batch.rows)
    // What a node has made of all rows has its parents booked since they came in.
    if (plan.kind === 'table') return
    account.add('parents', batch.parents.rows, batch.parents.sum)
    counters.node(plan.index, 'parents', batch.parents.rows)
  }

  #countIn(identity: Identity): void {
    this.account.addRows('in', identity)
    this.counters.node(this.plan.index, 'in', identity.rows)
  }

  /** Rows of an edge that this node never read, because it had enough. */
  countUnread(identity: Identity): void {
    this.account.addRows('in', identity)
    this.account.addRows('filtered', identity)
    this.counters.node(this.plan.index, 'in', identity.rows)
  }

  /** A source's raw reject, kept until its batch is out. */
  rejectRaw(reject: SourceReject): void {
    if (this.plan.onError === 'fail') {
      const { path, row, line, column, code, message } = reject
      const place = { node: this.plan.id, file: path, row, ...(line && { line }), ...(column && { column }) }
      throw new HeadraceError(code, message, { place })
    }
    this.#pending.push(reject)
    if (this.#pending.length >= 1024) this.flushRejects()
  }

  /** After each step: what a source rejected goes on, and what was filtered shows in the live counters. */
  afterStep(): void {
    const { rows } = this.account.filtered
    this.counters.node(this.plan.index, 'filtered', rows - this.#shown)
    this.#shown = rows
    this.flushRejects()
  }

  flushRejects(): void {
    const pending = this.#pending.splice(0)
    for (let start = 0; start < pending.length; ) {
      const { path } = pending[start] as SourceReject
      let end = start
      while (end < pending.length && pending[end]?.path === path) end++
      this.#flushFile(path, pending.slice(start, end))
      start = end
    }
  }

  #flushFile(path: string, rejects: readonly SourceReject[]): void {
    const numbers = Float64Array.from(rejects, ({ row }) => row)
    const identity = new Identity({ node: this.plan.id, path }, rejects.length, numbers)
    this.#countIn(identity)
    this.account.addRows('rejected', identity)
    this.counters.node(this.plan.index, 'rejected', rejects.length)
    const rows = rejects.map(({ raw, line, byte, row: _row, path: file, ...why }, row) => ({
      raw,
      file,
      line: line === undefined ? null : BigInt(line),
      byte: byte === undefined ? null : BigInt(byte),
      ...reasonOf(this.plan.id, identity, row, { ...why, message: this.#services.clean(why.message) }),
    }))
    this.#passOn(batchOf(this.scope, this.#rejects.fields, rows, identity))
  }

  #onReject(whole: Batch, failures: readonly Failure[]): void {
    const rejected = this.#refusing ? headsOf(whole) : whole
    const first = failures[0] as Failure
    if (this.plan.onError === 'fail') {
      throw new HeadraceError(first.code, `${rejected.identity.text(0)}: ${first.message}`, {
        place: { node: this.plan.id, ...(first.column && { column: first.column }) },
        hint: 'onError is "fail"; with "reject" the row would be set aside and the run would go on.',
      })
    }
    if (this.plan.narrowed) this.#services.onNarrow?.()
    this.counters.node(this.plan.index, 'rejected', rejected.rows)
    const clean = failures.map((failure) => ({ ...failure, message: this.#services.clean(failure.message) }))
    this.#passOn(withReasons(this.plan.id, this.scope, rejected, clean, this.#rejects), rejected)
  }

  /** `own`: the rows as they entered, with all of their columns. */
  #passOn(rejected: Batch, own?: Batch): void {
    if (this.outlet?.edges.some((edge) => edge.plan.port === 'rejects')) this.outlet.push('rejects', rejected)
    else this.#services.deadLetter(rejected, own)
  }

  /** The split is over: gives memory back, and ends what is timed. */
  close(): void {
    this.scope.close()
    this.meter.close()
    this.outlet?.close()
  }
}

/** A node as one of its inputs takes rows; what it rejects has this input's columns, under types that agree with the others'. */
function ofInput(plan: NodePlan, input: string): NodePlan {
  const fields = plan.inputs?.[input] ?? []
  const fits = ({ name, type }: Field) => plan.rejects?.every((one) => one.name !== name || sameType(one.type, type))
  return { ...plan, input: fields, output: null, rejects: rejectsOf(new Schema(fields)).fields.filter(fits) }
}
