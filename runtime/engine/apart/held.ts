import type { Batch, Failure } from '../../memory/index.ts'
import type { NodeRun } from '../noderun.ts'
import type { RejectedRow } from './apart.ts'
import type { Collected } from './collected.ts'

/** What a sink rejects while it is not known whether its try goes well: passed on then, else taken back. */
export class Held {
  readonly #run: NodeRun
  readonly #before: NodeRun['account']['onReject']
  readonly #counts: readonly { readonly rows: number; readonly sum: { readonly a: number; readonly b: number } }[]
  readonly #named: Readonly<Record<string, number>>
  readonly rejected: { readonly batch: Batch; readonly failures: readonly Failure[] }[] = []

  constructor(run: NodeRun) {
    const { account, named } = run
    this.#run = run
    this.#before = account.onReject
    this.#counts = [account.rejected, account.filtered].map(({ rows, sum }) => ({ rows, sum }))
    this.#named = { ...named }
    account.onReject = (batch, failures) => void this.rejected.push({ batch: batch.keep(), failures })
  }

  /** What was rejected, by its place among all rows of the split. */
  rowsIn(rows: Collected, from: number, to: number): RejectedRow[] {
    if (this.rejected.length === 0) return []
    const places = new Map(Array.from({ length: to - from }, (_, i) => [rows.identity(from + i), from + i] as const))
    return this.rejected.flatMap(({ batch, failures }) =>
      failures.map(({ row: _row, ...why }, i) => ({ row: places.get(batch.identity.text(i)) ?? from, ...why })),
    )
  }

  pass(): void {
    this.#run.account.onReject = this.#before
    for (const { batch, failures } of this.rejected) {
      this.#before(batch, failures)
      batch.release()
    }
  }

  takeBack(): void {
    const { account, named, scope } = this.#run
    account.onReject = this.#before
    for (const { batch } of this.rejected) batch.release()
    for (const [i, count] of [account.rejected, account.filtered].entries()) Object.assign(count, this.#counts[i])
    for (const name of Object.keys(named)) delete named[name]
    Object.assign(named, this.#named)
    scope.resume()
  }
}
