import { makeLastingFolder } from '../../disk/index.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { Gathered, Json, NodeDefinition, Receipt, TableNode } from '../../sdk/node.ts'
import { type Clock, every } from '../clock.ts'
import { type End, endsOf, type FlowPlan, inputId, type NodePlan } from '../flowplan.ts'
import type { Ledger, LedgerRecord } from '../ledger.ts'
import { applyRecord, type Progress } from '../progress.ts'
import { retried } from '../retried.ts'
import type { PlannedSplit } from '../runfolder.ts'
import type { InputReceipt } from '../storing.ts'
import { makeDurable } from './durable.ts'
import { countKept, type GatherOptions, gather, type Kept } from './gather.ts'
import { keepFolder, tablesFolder } from './places.ts'

export interface TablesOptions extends Omit<GatherOptions, 'tables' | 'signal' | 'log'> {
  readonly clock: Clock
  readonly flow: FlowPlan
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly ledger: Ledger
  readonly progress: Progress
  /** The run's folder. */
  readonly folder: string
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, node: string) => void
  /** A node begins to work on all its rows, or ends. */
  readonly onGathering: (node: string, on: boolean) => void
  /** Rows of a node that are in none that leave it: they had been booked as parents. */
  readonly onFiltered: (node: NodePlan, rows: number) => void
}

/** A node that works on all its rows says so every so often. */
const sayMilliseconds = 10_000

/** The nodes of a run that need all rows: what they keep of each split, and the splits that they make of it all. */
export class Tables {
  readonly #options: TablesOptions
  readonly #folder: string
  readonly #ends: readonly End[]
  readonly #gathered = new Map<string, Gathered>()

  constructor(options: TablesOptions) {
    this.#options = options
    this.#folder = tablesFolder(options.folder)
    this.#ends = endsOf(options.flow).filter(({ input }) => input !== null)
  }

  /** Makes the folders where lanes stage rows: by the inputs' ids. */
  async open(): Promise<{ readonly [end: string]: string }> {
    const folders = this.#ends.map((end) => [end.id, keepFolder(this.#folder, end)] as const)
    const disk = this.#options.disk.at('table.open')
    for (const [, folder] of folders) await makeLastingFolder(disk, folder)
    return Object.fromEntries(folders)
  }

  /** The splits of the nodes that had gathered before this start, in order. */
  async restore(): Promise<PlannedSplit[]> {
    const splits: PlannedSplit[] = []
    for (const { node, ...before } of this.#options.progress.gathered) {
      const made = await this.#gather(this.#nodeOf(node), new AbortController().signal)
      if (made.length !== before.splits) throw changed(node)
      splits.push(...made)
    }
    return splits
  }

  /** What a node that has gathered wants to find again with each of its splits; undefined for other nodes. */
  dataOf(node: string): Json | undefined {
    return this.#gathered.get(node)?.data
  }

  /** Makes what lanes staged for an input durable, and says so in the ledger. */
  async keep(end: string, splits: readonly number[], receipts: readonly Receipt[]): Promise<void> {
    await makeDurable(
      this.#options.disk.at('table.keep'),
      receipts.flatMap(({ files }) => files),
    )
    this.#record({ type: 'kept', end, splits, receipts: receipts as readonly InputReceipt[] })
  }

  /** The next node that can gather when all splits so far are done: nothing more can come to it. */
  next(): NodePlan | undefined {
    const gathered = new Set(this.#options.progress.gathered.map(({ node }) => node))
    // Nodes stand behind those that feed them, so that nothing above the first one waits.
    return this.#options.flow.nodes.find(({ id, kind }) => kind === 'table' && !gathered.has(id))
  }

  /** Lets a node make its rows of all that it kept; their splits come behind the `first` ones of the run. */
  async gather(node: NodePlan, first: number, signal: AbortSignal): Promise<PlannedSplit[]> {
    const { clock, onGathering, onFiltered, log } = this.#options
    const started = clock.now()
    const seconds = () => `${((clock.now() - started) / 1000).toFixed(1)} s`
    const rows = Object.values(this.#kept(node)).reduce((sum, kept) => sum + countKept(kept).rows, 0)
    const count = rows.toLocaleString('en')
    log('info', `works on all its rows: ${count} came in`, node.id)
    const hush = every(clock, sayMilliseconds, () =>
      log('info', `has worked on its ${count} rows for ${seconds()}`, node.id),
    )
    onGathering(node.id, true)
    try {
      const splits = await retried(
        () => this.#gather(node, signal),
        clock,
        ({ message }) => log('warn', `will work on all its rows again: ${message}`, node.id),
      )
      const filtered = this.#gathered.get(node.id)?.filtered.rows ?? 0
      this.#record({ type: 'gathered', node: node.id, first, splits: splits.length, filtered })
      onFiltered(node, filtered)
      log('info', `has made its rows of ${count} in ${seconds()}`, node.id)
      return splits
    } finally {
      hush()
      onGathering(node.id, false)
    }
  }

  /** The run has ended well: nobody needs these rows again. */
  async remove(): Promise<void> {
    await this.#options.disk.at('table.remove').removeTree(this.#folder)
  }

  async #gather(node: NodePlan, signal: AbortSignal): Promise<PlannedSplit[]> {
    const { definitions, disk, memory, threads, target, now, log } = this.#options
    const definition = definitions.get(node.type) as TableNode
    const made = await gather(node, definition, this.#kept(node), {
      disk,
      tables: this.#folder,
      memory,
      threads,
      target,
      now,
      signal,
      log: (level, message) => log(level, message, node.id),
    })
    this.#gathered.set(node.id, made)
    return made.splits.map((split) => ({ source: node.id, split }))
  }

  #kept(node: NodePlan): Kept {
    const { kept } = this.#options.progress
    return Object.fromEntries(
      Object.keys(node.inputs ?? {}).map((input) => [input, kept.get(inputId(node.id, input)) ?? new Map()]),
    )
  }

  #nodeOf(id: string): NodePlan {
    return this.#options.flow.nodes.find((node) => node.id === id) as NodePlan
  }

  #record(record: LedgerRecord): void {
    this.#options.ledger.append(record)
    applyRecord(this.#options.progress, record)
  }
}

function changed(node: string): HeadraceError {
  return new HeadraceError('changed-rows', `what ${node} had made of all its rows is not there any more`, {
    place: { node },
    hint: 'Files of this run were removed. Start the run anew: headrace run PIPELINE --anew.',
  })
}
