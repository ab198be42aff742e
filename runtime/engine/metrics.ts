import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Counters, edgeCounters, nodeCounters } from './counters.ts'
import type { FlowPlan } from './flowplan.ts'

/** What the counters say now. */
export interface Snapshot {
  /** Milliseconds since the run started. */
  readonly at: number
  readonly nodes: { readonly [node: string]: { readonly [counter in (typeof nodeCounters)[number]]: number } }
  readonly edges: readonly {
    readonly from: string
    readonly port: string
    readonly to: string
    readonly rows: number
    readonly bytes: number
    readonly queued: number
  }[]
}

export function snapshot(flow: FlowPlan, counters: Counters, at: number): Snapshot {
  const nodes = flow.nodes.map(({ id, index }) => [
    id,
    Object.fromEntries(nodeCounters.map((counter) => [counter, counters.node(index, counter)])),
  ])
  const edges = flow.edges.map(({ from, port, to, index }) => {
    const [rows = 0, bytes = 0, queued = 0] = edgeCounters.map((counter) => counters.edge(index, counter))
    return { from, port, to, rows, bytes, queued }
  })
  return { at: Math.round(at), nodes: Object.fromEntries(nodes), edges }
}

/**
 * The history of a run's counters in `metrics.sqlite`: a row for each node and edge at each sample in which something
 * changed. The run's folder is where the page and `watch` look, whoever started the run.
 */
export class Metrics {
  readonly #database: DatabaseSync
  readonly #node: StatementSync
  readonly #edge: StatementSync
  #last = ''

  private constructor(database: DatabaseSync) {
    this.#database = database
    // A lost second of history is no loss; the ledger is what must be durable.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
    database.exec(
      `CREATE TABLE IF NOT EXISTS nodes (at INTEGER, node TEXT, ${nodeCounters.map((name) => `"${name}" REAL`).join(', ')})`,
    )
    database.exec(
      'CREATE TABLE IF NOT EXISTS edges (at INTEGER, source TEXT, port TEXT, target TEXT, rows REAL, bytes REAL, queued REAL)',
    )
    this.#node = database.prepare(`INSERT INTO nodes VALUES (?, ?, ${nodeCounters.map(() => '?').join(', ')})`)
    this.#edge = database.prepare('INSERT INTO edges VALUES (?, ?, ?, ?, ?, ?, ?)')
  }

  /** Loads SQLite (built into Node) only now: a run does not wait for it. */
  static async open(path: string): Promise<Metrics> {
    const { DatabaseSync: Database } = await import('node:sqlite')
    return new Metrics(new Database(path))
  }

  write(sample: Snapshot): void {
    const text = JSON.stringify([sample.nodes, sample.edges])
    if (text === this.#last) return
    this.#last = text
    this.#database.exec('BEGIN')
    for (const [node, values] of Object.entries(sample.nodes))
      this.#node.run(sample.at, node, ...nodeCounters.map((name) => values[name]))
    for (const { from, port, to, rows, bytes, queued } of sample.edges)
      this.#edge.run(sample.at, from, port, to, rows, bytes, queued)
    this.#database.exec('COMMIT')
  }

  close(): void {
    this.#database.close()
  }
}
