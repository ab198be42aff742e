import { openRows } from '../../engine/runask.ts'
import type { RowsPage } from '../api/rows.ts'

/** Somebody who looks at the rows of an edge. */
export interface RowsReader {
  /** Whether it has taken the rows before: who is slow gets the latest later. */
  readonly ready: () => boolean
  readonly rows: (page: RowsPage) => void
}

interface Shared {
  readonly lease: ReturnType<typeof openRows>
  /** The page that each reader has. */
  readonly readers: Map<RowsReader, RowsPage | null>
}

const lookMilliseconds = 150

/** The rows that are looked at: one ask of the run for each edge, however many look; it ends with the last of them. */
export class SharedRows {
  readonly #edges = new Map<string, Shared>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => {
      for (const shared of this.#edges.values()) look(shared)
    }, lookMilliseconds).unref()
  }

  /** Gives the latest rows of a run's edge until the returned function is called. */
  open(folder: string, edge: string, reader: RowsReader): () => void {
    const key = `${folder}\n${edge}`
    const shared = this.#edges.get(key) ?? { lease: openRows(folder, edge), readers: new Map() }
    this.#edges.set(key, shared)
    shared.readers.set(reader, null)
    look(shared)
    return () => {
      shared.readers.delete(reader)
      if (shared.readers.size > 0 || this.#edges.get(key) !== shared) return
      this.#edges.delete(key)
      shared.lease.close()
    }
  }

  /** One page: the next that the run gives within `milliseconds`, else what there is; null where nothing is. */
  async once(folder: string, edge: string, milliseconds: number): Promise<RowsPage | null> {
    const lease = openRows(folder, edge)
    try {
      // A run that is over gives what it left.
      const before = lease.read()
      const end = performance.now() + milliseconds
      let page = before
      while (page === before && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        page = lease.read()
      }
      return page
    } finally {
      lease.close()
    }
  }

  close(): void {
    clearInterval(this.#timer)
    for (const { lease } of this.#edges.values()) lease.close()
    this.#edges.clear()
  }
}

function look({ lease, readers }: Shared): void {
  const page = lease.read()
  if (!page) return
  for (const [reader, has] of readers) {
    if (has === page || !reader.ready()) continue
    readers.set(reader, page)
    reader.rows(page)
  }
}
