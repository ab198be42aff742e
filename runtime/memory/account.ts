import type { Batch } from './batch.ts'
import { addChecksums, type Checksum, emptyChecksum, type Identity, sameChecksum } from './identity.ts'

/** Which distinct input rows a batch of pieces comes from; a batch without pieces is its own parents. */
export interface Parents {
  readonly rows: number
  readonly sum: Checksum
}

/** Rows, and which ones. */
export interface Count {
  rows: number
  sum: Checksum
}

/** One row that a node could not use, and why. */
export interface Failure {
  /** The row in the batch it is rejected from. */
  readonly row: number
  readonly code: string
  readonly message: string
  /** The column at fault, where it is one. */
  readonly column?: string
}

const nothing = (): Count => ({ rows: 0, sum: emptyChecksum })

/**
 * The books of one node in one split: in = parents + filtered + rejected, in rows and in identities.
 * Only the operations of `Batch` and the engine's edges write here.
 */
export class Account {
  readonly in = nothing()
  readonly out = nothing()
  /** Input rows with at least one output row. */
  readonly parents = nothing()
  readonly filtered = nothing()
  readonly rejected = nothing()
  bytes = 0
  #late: (() => Error) | undefined
  /** Takes the rejected rows on: to the `rejects` port or the dead letters. */
  onReject: (rejected: Batch, failures: readonly Failure[]) => void = () => {}

  /** Rows that leave from now on are a fault: the error that says so. */
  close(late: () => Error): void {
    this.#late ??= late
  }

  /** What to throw where a batch is made or booked after the end; null before it. */
  get late(): Error | null {
    return this.#late?.() ?? null
  }

  add(count: 'in' | 'out' | 'parents' | 'filtered' | 'rejected', rows: number, sum: Checksum): void {
    const entry = this[count]
    entry.rows += rows
    entry.sum = addChecksums(entry.sum, sum)
  }

  addRows(count: 'in' | 'out' | 'parents' | 'filtered' | 'rejected', identity: Identity): void {
    this.add(count, identity.rows, identity.checksum)
  }

  /** What does not add up, in words; null where in = parents + filtered + rejected. */
  imbalance(): string | null {
    const rows = this.parents.rows + this.filtered.rows + this.rejected.rows
    const counts = `${this.in.rows} in, ${this.parents.rows} passed on, ${this.filtered.rows} filtered, ${this.rejected.rows} rejected`
    if (rows !== this.in.rows)
      return `${counts}: ${Math.abs(this.in.rows - rows)} rows ${rows < this.in.rows ? 'lost' : 'too many'}`
    const sum = [this.parents, this.filtered, this.rejected].reduce(
      (total, one) => addChecksums(total, one.sum),
      emptyChecksum,
    )
    if (!sameChecksum(sum, this.in.sum)) return `${counts}: the number is right, but not every row came out once`
    return null
  }
}
