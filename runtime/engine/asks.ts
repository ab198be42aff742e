import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { askFolder } from './runplaces.ts'

/** What others want of a run now. */
export interface Asked {
  readonly stop: boolean
  /** Edges whose rows somebody looks at, by their keys. */
  readonly edges: ReadonlySet<string>
}

/** An ask for rows that nobody has touched for so long is forgotten. */
const patienceMilliseconds = 5000

/** The run's side of `ask/`: a look at it at each heartbeat. Nothing in it can disturb the run. */
export class Asks {
  readonly #folder: string
  /** The edge of each ask that was read. */
  readonly #known = new Map<string, string>()

  constructor(runFolder: string) {
    this.#folder = askFolder(runFolder)
    // Asks of an earlier start of this run: a stop was done, and who still reads asks again.
    this.close()
  }

  look(): Asked {
    const edges = new Set<string>()
    let stop = false
    for (const name of this.#names()) {
      if (name === 'stop') stop = true
      else if (name.startsWith('rows-') && name.endsWith('.json')) {
        const edge = this.#edgeOf(name)
        if (edge !== undefined) edges.add(edge)
      }
    }
    return { stop, edges }
  }

  close(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true })
    } catch {
      // A file that cannot be removed is read again: it asks for nothing that would do harm.
    }
  }

  #names(): string[] {
    try {
      return existsSync(this.#folder) ? readdirSync(this.#folder) : []
    } catch {
      return []
    }
  }

  #edgeOf(name: string): string | undefined {
    const path = join(this.#folder, name)
    try {
      if (Date.now() - statSync(path).mtimeMs > patienceMilliseconds) {
        this.#known.delete(name)
        rmSync(path, { force: true })
        return undefined
      }
      const known = this.#known.get(name)
      if (known !== undefined) return known
      const { edge } = JSON.parse(readFileSync(path, 'utf8')) as { edge?: unknown }
      if (typeof edge !== 'string') return undefined
      this.#known.set(name, edge)
      return edge
    } catch {
      // Half written, or just removed: the next look sees it whole, or not at all.
      return undefined
    }
  }
}
