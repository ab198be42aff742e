import { isAbsolute, join } from 'node:path'
import type { Disk } from '../disk/index.ts'
import type { HeadraceError } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import type { Json, NodeDefinition, OpenSink, Receipt, SinkNode } from '../sdk/node.ts'
import type { PartsDone } from './apart/apart.ts'
import { mayBeOfRows } from './apart/ofrows.ts'
import type { Books } from './books.ts'
import type { Clock } from './clock.ts'
import type { RowRange } from './crash/notes.ts'
import type { Watched } from './crash/watched.ts'
import type { StagedDeadLetters } from './deadletters.ts'
import type { FlowPlan, NodePlan } from './flowplan.ts'
import type { Ledger, LedgerRecord } from './ledger.ts'
import { LetterFile } from './letterfile.ts'
import { inNode, type StorePart } from './messages.ts'
import { applyRecord, type Progress } from './progress.ts'
import { refuseFewer } from './reconcile.ts'
import { retried } from './retried.ts'
import { type Gone, outputOf } from './sinkoutput.ts'
import { stagePrefix } from './stagename.ts'
import type { Forgotten } from './stored/forget.ts'
import type { PartedReceipt } from './storing.ts'

export { stageName } from './stagename.ts'

export interface CommitsOptions {
  /** Where it notes what a sink does in native code. */
  readonly watched?: (sink: string) => Watched
  readonly disk: Disk
  readonly clock: Clock
  readonly flow: FlowPlan
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly ledger: Ledger
  readonly progress: Progress
  readonly deadLetterFile: string
  readonly models: readonly {
    readonly node: string
    readonly column: string
    readonly fingerprint: Json
  }[]
  /** By sink the documents whose rows of earlier runs it takes out at the end. */
  readonly forget: ReadonlyMap<string, Forgotten>
  /** Its rows are added to what the run stored that rejected them. */
  readonly isReplay: boolean
  /** A sink begins or ends to make rows durable. */
  readonly onStoring?: (sink: string, on: boolean) => void
  readonly log: (node?: string) => (level: 'debug' | 'info' | 'warn', message: string) => void
}

interface CommitWork {
  readonly splits: readonly number[]
  readonly receipts: readonly Receipt[]
  /** All their rows are durable, in parts: only the record is left. */
  readonly isStored?: boolean
  readonly part?: PartsDone
  readonly parted?: { readonly [split: string]: PartsDone }
  readonly range?: RowRange
}

/** The sinks of a run, open in the main thread, and the ledger beside them. */
export class Commits {
  readonly #options: CommitsOptions
  readonly #open = new Map<string, OpenSink>()
  readonly #letters: LetterFile
  readonly #watched = new Map<string, Watched>()
  /** Commits that a sink has made and the ledger could not take yet. */
  readonly #unrecorded = new Map<string, LedgerRecord>()
  /** What a sink was about to do when something failed. */
  readonly #intents = new Map<string, Json>()

  constructor(options: CommitsOptions) {
    this.#options = options
    this.#letters = new LetterFile(options.deadLetterFile, options.disk)
  }

  get progress(): Progress {
    return this.#options.progress
  }

  /** Opens every sink and settles what a crash left between an intent and its record. */
  async open(): Promise<{ readonly [sink: string]: string }> {
    const { flow, progress, ledger } = this.#options
    await this.#again(async () => this.#letters.begin(progress.deadLetters.bytes), 'the file of rejected rows')
    const sinks = flow.nodes.filter(({ kind, id }) => kind === 'sink' && !progress.finished.has(id))
    for (const node of sinks) this.#open.set(node.id, await this.#opened(node))
    for (const node of sinks) await this.#recover(node.id, ledger.records)
    return Object.fromEntries([...this.#open].map(([id, sink]) => [id, sink.stageFolder]))
  }

  async #opened(node: NodePlan): Promise<OpenSink> {
    return await this.#again(() => inNode(node.id, this.#openSink(node)), 'it', node)
  }

  /** Work outside of commits; what the surroundings disturb is tried again. */
  async #again<T>(work: () => Promise<T>, what: string, node?: NodePlan): Promise<T> {
    const { log, clock } = this.#options
    const onRetry = ({ message }: HeadraceError) => log(node?.id)('warn', `${what} will be tried again: ${message}`)
    return await retried(work, clock, onRetry, node?.index)
  }

  async #openSink(node: NodePlan): Promise<OpenSink> {
    const { flow, definitions, progress, models, log, isReplay, disk } = this.#options
    const definition = definitions.get(node.type) as SinkNode
    return await definition.open({
      config: node.config as never,
      node: node.id,
      probe: node.probe,
      schema: new Schema(node.input ?? []),
      resolve: (path) => (isAbsolute(path) ? path : join(flow.folder, path)),
      disk,
      runId: flow.runId,
      replay: isReplay,
      resumed: progress.states.get(node.id) ?? null,
      models,
      log: log(node.id),
    })
  }

  async #recover(id: string, records: readonly LedgerRecord[]): Promise<void> {
    const last = records.findLast(
      (record) => (record.type === 'intent' || record.type === 'commit') && record.sink === id,
    )
    if (last?.type !== 'intent') return
    const found = await this.#open.get(id)?.recover?.(last.data, last.receipts)
    if (found)
      this.#record({
        type: 'commit',
        sink: id,
        splits: last.splits,
        rows: rowsOf(last.receipts),
        state: found.state,
        replaced: found.replaced ?? 0,
        ...(last.part && { part: last.part }),
        ...(last.parted && { parted: last.parted }),
      })
  }

  /** Makes splits durable in one sink and says so in the ledger; where either fails it may be done again. */
  async commit(id: string, splits: readonly number[], receipts: readonly PartedReceipt[]): Promise<void> {
    const open = receipts.flatMap((receipt) => (receipt.stored ? [] : (receipt.parts ?? [receipt])))
    const parted = Object.fromEntries(receipts.flatMap(({ stored }, i) => (stored ? [[splits[i], stored]] : [])))
    const isStored = open.length === 0 && receipts.length > 0
    await this.#durably(id, { splits, receipts: open, isStored, ...(Object.keys(parted).length && { parted }) })
  }

  /** Makes some rows of a split durable in one sink, those behind the ones that are. */
  async commitPart({ end, split, receipt, part, range }: StorePart): Promise<void> {
    const work = () => this.#durably(end, { splits: [split], receipts: [receipt], part, range })
    await this.#again(work, 'storing', this.#node(end))
  }

  #node(id: string): NodePlan | undefined {
    return this.#options.flow.nodes.find((one) => one.id === id)
  }

  async #durably(id: string, work: CommitWork): Promise<void> {
    await this.#timed(id, async () => {
      const record = this.#unrecorded.get(id) ?? (await this.#commit(id, work))
      this.#unrecorded.set(id, record)
      this.#record(record)
      this.#unrecorded.delete(id)
    })
  }

  async #commit(id: string, work: CommitWork): Promise<LedgerRecord> {
    const { splits, receipts, part, parted, range } = work
    const { ledger } = this.#options
    const watched = this.#watchedOf(id)
    const sink = this.#open.get(id) as OpenSink
    const found = work.isStored ? { state: this.progress.states.get(id) ?? null } : await this.#isDone(id, receipts)
    const known = { ...(part && { part }), ...(parted && { parted }) }
    const intend = async (data: Json) => {
      ledger.append({ type: 'intent', sink: id, splits, receipts, data, ...known })
      this.#intents.set(id, data)
    }
    const store = async () => {
      try {
        return await sink.commit(receipts, intend)
      } catch (error) {
        if (!mayBeOfRows(error)) throw error
        // Other rows come next: whether these are there all the same must be known before.
        const all = await this.#isDone(id, receipts)
        this.#intents.delete(id)
        if (!all) throw error
        return all
      }
    }
    const note = { do: 'commit', node: id, splits, ...(range && { range }) } as const
    const committed = found ?? (await (watched ? watched.during(note, store) : store()))
    this.#intents.delete(id)
    const { state, replaced = 0 } = committed as { state: Json; replaced?: number }
    return { type: 'commit', sink: id, splits, rows: rowsOf(receipts), state, replaced, ...known }
  }

  #watchedOf(id: string): Watched | undefined {
    const known = this.#watched.get(id) ?? this.#options.watched?.(id)
    if (known) this.#watched.set(id, known)
    return known
  }

  /** It failed after it had said what it was about to do: whether it has done it, it finds out as after a crash. */
  async #isDone(id: string, receipts: readonly Receipt[]) {
    const intent = this.#intents.get(id)
    return intent === undefined ? null : ((await this.#open.get(id)?.recover?.(intent, receipts)) ?? null)
  }

  /** Every sink has these splits: their books and dead letters count from here. */
  done(
    splits: readonly number[],
    books: { readonly [node: string]: Books },
    deadLetters: readonly StagedDeadLetters[],
  ): void {
    this.#letters.append(this.progress.deadLetters.bytes, deadLetters)
    const count = deadLetters.reduce((sum, staged) => sum + staged.count, 0)
    const bytes = deadLetters.reduce((sum, staged) => sum + staged.bytes, 0)
    this.#record({ type: 'done', splits, books, deadLetters: { count, bytes } })
    try {
      this.#letters.clear(deadLetters)
    } catch (error) {
      // They lie in the run's folder for work: nobody reads them again.
      this.#options.log()('warn', `what was staged of rejected rows could not be removed: ${(error as Error).message}`)
    }
  }

  /** Every output is in place. */
  get isFinished(): boolean {
    const { flow, progress } = this.#options
    return flow.nodes.every(({ kind, id }) => kind !== 'sink' || progress.finished.has(id))
  }

  /** Puts the outputs in place, in the order of the pipeline's sinks. */
  async finish(): Promise<void> {
    for (const [id, sink] of this.#open) {
      const node = this.#node(id)
      // Where no part came it has said nothing yet by which it knows its output as its own after a crash.
      if (!this.progress.states.has(id)) await this.#again(() => this.commit(id, [], []), 'it', node)
      await this.#timed(id, async () => {
        const gone = await this.#again(() => inNode(id, this.#forget(id, sink)), 'it', node)
        await this.#again(() => this.#finish(id, sink, gone), 'it', node)
      })
    }
  }

  async #finish(id: string, sink: OpenSink, gone: Gone): Promise<void> {
    const output = await inNode(id, sink.finish())
    refuseFewer(this.#options.flow, id, output, this.progress)
    // Before the record: nobody opens a finished sink again, so that what is left then would lie there for ever.
    await this.#sweep(id, sink.stageFolder)
    this.#record({ type: 'finished', sink: id, output: outputOf(output, gone) })
  }

  /** Takes out rows of documents that have none any more; how many. */
  async #forget(id: string, sink: OpenSink): Promise<Gone> {
    const asked = this.#options.forget.get(id)
    if (!asked || !sink.forget) return null
    // Of a file that was left out the rows of earlier runs stay: they are all that there is of it.
    const again = asked.again.filter((path) => !this.progress.skipped.has(path))
    return { again: await sink.forget(again), pruned: await sink.forget(asked.gone) }
  }

  /** A part that ran again after a crash was staged once more, also for sinks that had it: nobody takes those files. */
  async #sweep(id: string, folder: string): Promise<void> {
    const disk = this.#options.disk.at('sink.sweep')
    const mine = stagePrefix(this.#options.flow.runId, id)
    for (const { name } of await disk.list(folder)) if (name.startsWith(mine)) await disk.remove(join(folder, name))
    await disk.syncFolder(folder)
  }

  async #timed(sink: string, work: () => Promise<void>): Promise<void> {
    const { onStoring } = this.#options
    onStoring?.(sink, true)
    try {
      await work()
    } finally {
      onStoring?.(sink, false)
    }
  }

  async close(): Promise<void> {
    for (const sink of this.#open.values()) await sink.close()
    for (const one of this.#watched.values()) one.close()
    this.#open.clear()
  }

  #record(record: LedgerRecord): void {
    this.#options.ledger.append(record)
    applyRecord(this.#options.progress, record)
  }
}

const rowsOf = (receipts: readonly Receipt[]): number => receipts.reduce((sum, { rows }) => sum + rows, 0)
