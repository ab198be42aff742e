import { existsSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { portText } from '../pipeline/model.ts'
import { edgeCounters, nodeCounters } from './counters.ts'
import { History } from './history.ts'
import type { Snapshot } from './snapshot.ts'

/** How long after the last change samples are still written: rates over the last seconds fall to nothing in it. */
const settleMilliseconds = 6500
/** How long a write waits for a reader: readers hold no lock for longer than a read takes. */
const lockMilliseconds = 1000
/** The shape of the tables; a file with another is begun anew. */
const version = 3

/**
 * The history of a run's counters in `metrics.sqlite`: a row for each node and edge at each sample, four a second while
 * something changes and thinned out with age. The run's folder is where the page and `watch` look, whoever started it.
 */
export class Metrics {
  /** Milliseconds that the run had been at work when it was taken up again. */
  readonly before: number
  readonly #database: DatabaseSync
  readonly #node: StatementSync
  readonly #edge: StatementSync
  readonly #forget: readonly StatementSync[]
  #history: History | undefined
  readonly #kept: readonly number[]
  #last = ''
  #changed = 0

  private constructor(database: DatabaseSync) {
    this.#database = database
    makeTables(database)
    const marks = (count: number) => Array(count).fill('?').join(', ')
    this.#node = database.prepare(`INSERT OR REPLACE INTO nodes VALUES (${marks(3 + nodeCounters.length)})`)
    this.#edge = database.prepare(`INSERT OR REPLACE INTO edges VALUES (${marks(5 + edgeCounters.length)})`)
    this.#forget = ['nodes', 'edges'].map((table) => database.prepare(`DELETE FROM ${table} WHERE at = ?`))
    const rows = database.prepare('SELECT DISTINCT at FROM nodes ORDER BY at').all() as { at: number }[]
    this.#kept = rows.map(({ at }) => at)
    this.before = this.#kept.at(-1) ?? 0
  }

  /** Loads SQLite (built into Node) only now: a run does not wait for it. */
  static async open(path: string): Promise<Metrics> {
    const { DatabaseSync: Database } = await import('node:sqlite')
    if (!existsSync(path)) {
      // Readers come at any moment. One that looked at an empty file kept its journal from being set up.
      const hidden = join(dirname(path), '.metrics.sqlite')
      const database = new Database(hidden)
      makeTables(database)
      database.close()
      renameSync(hidden, path)
    }
    return new Metrics(new Database(path, { timeout: lockMilliseconds }))
  }

  /** Writes a sample if something changed, or did a moment ago; `last`: if it differs at all. */
  write(sample: Snapshot, last = false): void {
    const counts = countsOf(sample)
    if (counts !== this.#last) this.#changed = sample.at
    else if (!last && sample.at - this.#changed > settleMilliseconds) return
    this.#database.exec('BEGIN')
    try {
      this.#insert(sample)
      this.#database.exec('COMMIT')
      this.#last = counts
    } finally {
      // SQLite has rolled back by itself where the disk is full.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    }
  }

  #insert(sample: Snapshot): void {
    const { at, nodes, edges } = sample
    Object.entries(nodes).forEach(([node, values], place) => {
      this.#node.run(at, place, node, ...nodeCounters.map((name) => values[name]))
    })
    edges.forEach((edge, place) => {
      this.#edge.run(
        at,
        place,
        edge.from,
        edge.port,
        portText({ node: edge.to, port: edge.toPort ?? '' }),
        ...edgeCounters.map((name) => edge[name]),
      )
    })
    this.#history ??= new History(Object.keys(nodes).length + edges.length, this.#kept)
    for (const old of this.#history.add(at)) for (const forget of this.#forget) forget.run(old)
  }

  close(): void {
    this.#database.close()
  }
}

/** What has to differ for a sample to say something new: rows, not the time that goes by. */
function countsOf({ nodes, edges }: Snapshot): string {
  const counts = Object.values(nodes).flatMap((node) => [node.in, node.out, node.filtered, node.rejected])
  return [...counts, ...edges.flatMap(({ rows, queued }) => [rows, queued])].join()
}

function makeTables(database: DatabaseSync): void {
  // A lost second of history is no loss; the ledger is what must be durable.
  database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL')
  const found = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (found.user_version === version) return
  const numbers = (names: readonly string[]) => names.map((name) => `"${name}" REAL NOT NULL`).join(', ')
  database.exec(`
    DROP TABLE IF EXISTS nodes;
    DROP TABLE IF EXISTS edges;
    CREATE TABLE nodes
      (at INTEGER, place INTEGER, node TEXT, ${numbers(nodeCounters)}, PRIMARY KEY (at, place)) WITHOUT ROWID;
    CREATE TABLE edges
      (at INTEGER, place INTEGER, source TEXT, port TEXT, target TEXT, ${numbers(edgeCounters)},
       PRIMARY KEY (at, place)) WITHOUT ROWID;
    PRAGMA user_version = ${version}`)
}
