import { type Checksum, subtractChecksums } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import type { Json, Receipt } from '../sdk/node.ts'
import type { End } from './flowplan.ts'
import type { NodeRun } from './noderun.ts'
import { runContext, type World } from './runcontext.ts'

/** A receipt for rows of one input of a node that needs all rows, and which rows they are. */
export interface InputReceipt extends Receipt {
  readonly kept: { readonly rows: number; readonly sum: Checksum }
}

/** Stages what comes to an end of a split, and books it: what an end does not set aside it keeps. */
export async function store(run: NodeRun, end: End, world: World): Promise<Receipt | InputReceipt> {
  run.meter.ask()
  const receipt = await write(run, end, world)
  run.meter.end(false)
  const { account, plan } = run
  const { counters } = world.services
  const { filtered, rejected } = account
  const sum = subtractChecksums(account.in.sum, rejected.sum)
  account.add('parents', receipt.rows, end.input === null ? sum : subtractChecksums(sum, filtered.sum))
  counters.node(plan.index, 'parents', receipt.rows)
  // Of a node that needs all rows they wait for the others: what leaves it is known when it has gathered them.
  if (end.input !== null) return { ...receipt, kept: { rows: receipt.rows, sum: account.parents.sum } }
  account.add('out', receipt.rows, sum)
  counters.node(plan.index, 'out', receipt.rows)
  return receipt
}

async function write(run: NodeRun, end: End, world: World): Promise<Receipt> {
  const { task, services } = world
  let staged = 0
  const context = {
    ...runContext(run, world),
    input: Object.assign(run.input(), { schema: new Schema(run.plan.input ?? []) }),
    ...(end.input === null ? { probe: run.plan.probe as Json } : { name: end.input }),
    disk: services.disk,
    splitIndex: task.index,
    stage: (ending: string) => services.stage(end, task.index, staged++, ending),
  }
  // The context fits the node's own settings: they were checked against its schema before the run.
  const node = run.definition as { write: (context: unknown) => Promise<Receipt> }
  return await node.write(context)
}
