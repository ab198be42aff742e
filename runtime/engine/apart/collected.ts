import type { Batch } from '../../memory/index.ts'
import type { RowRange } from '../crash/notes.ts'
import type { NodeRun } from '../noderun.ts'
import { type Spilled, SpillFile } from '../spill.ts'

/** The rows of a split that came to a sink, kept in a file, so that any of them can be taken again. */
export class Collected {
  readonly #run: NodeRun
  readonly #spill: SpillFile
  readonly #batches: { readonly spilled: Spilled; readonly from: number; readonly to: number }[] = []
  #rows = 0

  constructor(run: NodeRun, path: string) {
    this.#run = run
    this.#spill = new SpillFile(path)
  }

  /** Takes all that comes. */
  async collect(): Promise<void> {
    for await (const batch of this.#run.input()) {
      if (batch.rows === 0) continue
      this.#batches.push({ spilled: this.#spill.write(batch), from: this.#rows, to: this.#rows + batch.rows })
      this.#rows += batch.rows
    }
  }

  get rows(): number {
    return this.#rows
  }

  identity(row: number): string {
    const batch = this.#batches.find(({ from, to }) => row >= from && row < to)
    return batch ? batch.spilled.identity.text(row - batch.from) : ''
  }

  range(from: number, to: number): RowRange {
    return { first: this.identity(from), last: this.identity(to - 1), rows: to - from }
  }

  /** Rows `from` to `to`, half open, as the sink's input: each batch held until the next is asked for. */
  async *read(from: number, to: number): AsyncGenerator<Batch> {
    for (const batch of this.#batches) {
      if (batch.to <= from || batch.from >= to) continue
      const whole = this.#spill.read(this.#run.scope, batch.spilled)
      const [start, end] = [Math.max(0, from - batch.from), Math.min(batch.to, to) - batch.from]
      yield start === 0 && end === whole.rows ? whole : whole.slice(start, end)
      this.#run.scope.resume()
    }
  }

  close(): void {
    this.#spill.close()
  }
}
