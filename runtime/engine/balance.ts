import { type Batch, sameChecksum } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { NodePlan } from './flowplan.ts'
import type { NodeRun } from './noderun.ts'
import type { Promised } from './promised.ts'

/**
 * Checks a node's books and its edges at the end of a split; throws where rows do not add up. `promised`: what it was to
 * give, where the split begins with it. From here on it can let no row out. `mayLeave`: an end may have seen enough.
 */
export function balance(run: NodeRun, promised: Promised | null, mayLeave = false): void {
  const { account, plan } = run
  const name = nameOf(plan)
  account.close(() => unbalanced(plan.id, `${name} let rows out after its part of the input had ended`))
  if (run.isEnd && run.leftEarly && !mayLeave)
    throw unbalanced(plan.id, `${name} stopped after ${account.in.rows} rows, before its input had ended`)
  if (run.cut) forgiveCut(run)
  else if (promised && (run.letters || run.outlet?.drained)) keepPromise(run, promised)
  const imbalance = account.imbalance()
  if (imbalance) throw unbalanced(plan.id, `${name}: ${imbalance}`)
  for (const edge of run.inputs) {
    if (edge.closed) continue
    const { sent, received } = edge
    if (sent.rows !== received.rows || !sameChecksum(sent.sum, received.sum)) {
      throw unbalanced(
        plan.id,
        `between ${edge.plan.from} and ${plan.id} ${sent.rows} rows went in and ${received.rows} came out, or not the same ones`,
      )
    }
  }
}

function keepPromise({ account, plan, letters }: NodeRun, { rows, sum }: Promised): void {
  const given = letters || plan.kind === 'source' ? account.in : account.out
  const verb = letters ? 'was to take' : plan.kind === 'source' ? 'was to read' : 'made'
  const name = nameOf(plan)
  if (given.rows !== rows) {
    const some = given.rows < rows ? ' of them' : ''
    throw unbalanced(plan.id, `${name} ${verb} ${rows} rows and gave ${given.rows}${some}`)
  }
  if (sum && !sameChecksum(sum, given.sum))
    throw unbalanced(plan.id, `${name} ${verb} ${rows} rows and gave as many, but not each of them once`)
}

/** Rows that the node had read when a later node had enough are counted as filtered. */
function forgiveCut({ account }: NodeRun): void {
  const passed = [account.parents, account.filtered, account.rejected]
  const rows = account.in.rows - passed.reduce((sum, count) => sum + count.rows, 0)
  // More than came in: no cut explains that.
  if (rows < 0) return
  const a = passed.reduce((sum, count) => (sum - count.sum.a) | 0, account.in.sum.a)
  const b = passed.reduce((sum, count) => (sum - count.sum.b) | 0, account.in.sum.b)
  account.add('filtered', rows, { a, b })
}

/** Throws where a column has fewer values than rows, which would be read beyond its end, or more. */
export function refuseLengths(plan: NodePlan, batch: Batch): void {
  for (const [i, { name }] of batch.schema.fields.entries()) {
    const values = batch.lengthOf(i)
    if (values === batch.rows) continue
    throw unbalanced(
      plan.id,
      `${nameOf(plan)} let out ${batch.rows} rows with ${values} values in the column "${name}"`,
    )
  }
}

const nameOf = ({ id, type }: NodePlan): string => `${id} (${type})`

function unbalanced(node: string, message: string): HeadraceError {
  return new HeadraceError('row-counts', `row counts do not match: ${message}`, {
    place: { node },
    hint: 'A node lost or doubled rows. This is a fault of the node; nothing of this part of the input was stored.',
  })
}
