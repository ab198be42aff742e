import type { Batch } from '../../memory/index.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { Receipt } from '../../sdk/node.ts'
import type { Watched } from '../crash/watched.ts'
import { isolate } from '../isolate.ts'
import { judgeCounts } from '../judge.ts'
import type { NodeRun } from '../noderun.ts'
import type { World } from '../runcontext.ts'
import type { PartedReceipt } from '../storing.ts'
import { type Apart, hopelessRows, type PartsDone, type RejectedRow } from './apart.ts'
import { Collected } from './collected.ts'
import { Held } from './held.ts'
import { mayBeOfRows } from './ofrows.ts'
import { startsOf } from './starts.ts'

/** What parts of a split go to a sink with. */
export interface Parting {
  readonly world: World
  readonly watched: Watched | undefined
  /** Has the sink stage these rows. */
  readonly write: (input: AsyncGenerator<Batch>) => Promise<Receipt>
  /** Has it make them durable: all rows up to `part.rows` are settled then. */
  readonly commit: (receipt: Receipt, part: PartsDone, range: ReturnType<Collected['range']>) => Promise<void>
}

/**
 * Stages a split's rows in parts: those that make the sink fail, or crash, are found by halving, and rejected. Where
 * each part is made durable before the next one, those that were durable before this start are left out.
 */
export async function storeApart(run: NodeRun, apart: Apart, parting: Parting): Promise<PartedReceipt> {
  const { task, services } = parting.world
  const rows = new Collected(run, `${services.spillPath(task.index, run.plan.id)}-apart`)
  try {
    await rows.collect()
    return await storeCollected(run, apart, rows, parting)
  } finally {
    rows.close()
  }
}

async function storeCollected(
  run: NodeRun,
  apart: Apart,
  rows: Collected,
  { world, watched, write, commit }: Parting,
): Promise<PartedReceipt> {
  const { id } = run.plan
  const { done } = apart
  const { services } = world
  if (done) refuseOthers(id, rows, done)
  const first = done?.rows ?? 0
  /** Rejected by the sink itself, and for its failing: in the split so far. */
  const rejected: RejectedRow[] = [...(done?.rejected ?? [])]
  const poison: RejectedRow[] = [...rejected]
  let recorded = rejected.length

  const attempt = async (from: number, to: number): Promise<Receipt> => {
    const held = new Held(run)
    let receipt: Receipt
    try {
      const range = rows.range(from, to)
      const stage = () => write(rows.read(from, to))
      const note = { do: 'write', node: id, split: world.task.index, range } as const
      receipt = await (watched ? watched.during(note, stage) : stage())
      const own = held.rowsIn(rows, from, to)
      // What is on record already is not written again.
      const part = { rows: to, last: range.last, rejected: [...rejected.slice(recorded), ...own] }
      if (apart.how === 'commit') await commit(receipt, part, range)
      rejected.push(...own)
      recorded = rejected.length
    } catch (error) {
      held.takeBack()
      throw error
    }
    held.pass()
    return receipt
  }
  const pieces = await isolate(rows.rows, {
    run: attempt,
    isOfRow: mayBeOfRows,
    start: startsOf(apart, rows, id),
    onFailed: (failed, well, row, error) => {
      if (well === 0 && first === 0) judgeFailed(world, id, failed, error)
      const why = reasonOf(error, id)
      const one = { row, ...why, message: services.clean?.(why.message) ?? why.message }
      rejected.push(one)
      poison.push(one)
    },
  })
  for (const { row, ...why } of poison) {
    for await (const batch of rows.read(row, row + 1)) batch.reject([{ row: 0, ...why }])
  }
  const receipts = pieces.flatMap((piece) => ('result' in piece ? [piece.result] : []))
  const sum = (of: 'rows' | 'bytes') => receipts.reduce((total, receipt) => total + receipt[of], 0)
  const before = first - (done?.rejected.length ?? 0)
  if (apart.how === 'write') return { rows: sum('rows'), bytes: sum('bytes'), files: [], parts: receipts }
  const last = { rows: rows.rows, last: rows.identity(rows.rows - 1), rejected: rejected.slice(recorded) }
  return { rows: before + sum('rows'), bytes: 0, files: [], stored: last }
}

function reasonOf(error: unknown, node: string): Omit<RejectedRow, 'row'> {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof HeadraceError)) return { code: 'sink-failed', message }
  const { code, place } = error
  return { code, message, ...(place.column && place.node === node && { column: place.column }) }
}

/** A sink that takes no row at all is broken; where the pipeline has a limit of its own that one counts. */
function judgeFailed({ services, task }: World, node: string, failed: number, error: unknown): void {
  const setting = services.errorLimit
  if (setting === undefined) {
    if (failed < hopelessRows) return
    const { message } = error instanceof Error ? error : { message: String(error) }
    throw new HeadraceError('sink-failed', `none of ${failed} rows could be stored, each tried alone: ${message}`, {
      place: { node },
      cause: error,
      hint: 'Mend the sink or its store, then resume. If it is the rows, say with settings.errorLimit how many may fail.',
    })
  } else judgeCounts(setting, { read: task.split.rows ?? failed, rejected: failed, worst: node })
}

/** The rows before the first one that is open must be those that were there when they were made durable. */
function refuseOthers(node: string, rows: Collected, { rows: count, last }: PartsDone): void {
  if (rows.rows >= count && (count === 0 || rows.identity(count - 1) === last)) return
  throw new HeadraceError(
    'changed-rows',
    `other rows come to ${node} than when its first ${count} of this part were stored`,
    {
      place: { node },
      hint: 'Start the run anew: headrace run PIPELINE --anew.',
    },
  )
}
