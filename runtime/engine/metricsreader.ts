import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Snapshot } from './snapshot.ts'

type NodeRow = { readonly at: number; readonly place: number; readonly node: string } & Snapshot['nodes'][string]
type EdgeRow = {
  readonly at: number
  readonly place: number
  readonly source: string
  readonly port: string
  readonly target: string
} & Omit<Snapshot['edges'][number], 'from' | 'to' | 'port'>

/** Reads the counters in a run's folder, beside the process that writes them, or long after it. */
export class MetricsReader {
  readonly #path: string
  readonly #timeout: number
  #database: DatabaseSync | undefined
  #version = -1

  /**
   * The file may appear later: until then there is nothing to read. Where another program holds the file a call waits
   * for it `timeout` milliseconds.
   */
  constructor(folder: string, { timeout = 1000 } = {}) {
    this.#path = join(folder, 'metrics.sqlite')
    this.#timeout = timeout
  }

  /** Whether something was written since the last call; cheap enough to be asked many times a second. */
  changed(): boolean {
    const row = this.#open()?.prepare('PRAGMA data_version').get() as { data_version: number } | undefined
    if (!row || row.data_version === this.#version) return false
    this.#version = row.data_version
    return true
  }

  latest(): Snapshot | null {
    const found = this.#read('WHERE at = (SELECT max(at) FROM nodes)')
    return found.at(-1) ?? null
  }

  /** The samples after a moment of the run, in order of time. */
  since(milliseconds: number): Snapshot[] {
    return this.#read('WHERE at > ?', milliseconds)
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
  }

  #open(): DatabaseSync | undefined {
    // Looked at before: between a failed try and a look the file may appear.
    if (this.#database || !existsSync(this.#path)) return this.#database
    this.#database = new DatabaseSync(this.#path, { readOnly: true, timeout: this.#timeout })
    return this.#database
  }

  #read(where: string, ...given: number[]): Snapshot[] {
    const database = this.#open()
    if (!database) return []
    try {
      // One transaction: nodes and edges of the same samples.
      database.exec('BEGIN')
      const order = 'ORDER BY at, place'
      const nodes = database.prepare(`SELECT * FROM nodes ${where} ${order}`).all(...given) as unknown as NodeRow[] // as the run wrote them
      const edges = database
        .prepare(`SELECT * FROM edges ${where.replace('FROM nodes', 'FROM edges')} ${order}`)
        .all(...given) as unknown as EdgeRow[] // as the run wrote them
      return joined(nodes, edges)
    } finally {
      database.exec('COMMIT')
    }
  }
}

function joined(nodes: readonly NodeRow[], edges: readonly EdgeRow[]): Snapshot[] {
  const samples = new Map<
    number,
    { at: number; nodes: Record<string, Snapshot['nodes'][string]>; edges: Snapshot['edges'][number][] }
  >()
  for (const { at, place: _place, node, ...counters } of nodes) {
    let sample = samples.get(at)
    if (!sample) samples.set(at, (sample = { at, nodes: {}, edges: [] }))
    sample.nodes[node] = counters
  }
  for (const { at, place: _place, source, port, target, ...counters } of edges) {
    const [to = '', toPort] = target.split('.')
    samples.get(at)?.edges.push({ from: source, port, to, ...(toPort && { toPort }), ...counters })
  }
  return [...samples.values()]
}
