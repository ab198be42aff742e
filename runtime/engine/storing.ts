import { type Batch, type Checksum, subtractChecksums } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import type { Json, Receipt } from '../sdk/node.ts'
import type { PartsDone } from './apart/apart.ts'
import { mayBeOfRows } from './apart/ofrows.ts'
import { storeApart } from './apart/store.ts'
import { WatchedInput } from './apart/watchedinput.ts'
import type { End } from './flowplan.ts'
import type { NodeRun } from './noderun.ts'
import { runContext, type World } from './runcontext.ts'

/** A receipt for rows of one input of a node that needs all rows, and which rows they are. */
export interface InputReceipt extends Receipt {
  readonly kept: { readonly rows: number; readonly sum: Checksum }
}

/** A receipt of a split whose rows went to a sink in parts. */
export interface PartedReceipt extends Receipt {
  /** What the sink staged of each part, in their order. */
  readonly parts?: readonly Receipt[]
  /** They are durable already; of all rows together the ledger does not know this yet. */
  readonly stored?: PartsDone
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

async function write(run: NodeRun, end: End, world: World): Promise<PartedReceipt> {
  const { task, services } = world
  const { plan } = run
  const apart = end.input === null ? task.apart?.[end.id] : undefined
  const watched = end.input === null ? services.watched?.(plan.id) : undefined
  // What ran before is read by a sink's commit, or by its end: it keeps its files.
  let staged = (task.turn ?? 0) * namesOfTurn
  const take = async (input: AsyncGenerator<Batch>): Promise<Receipt> => {
    const context = {
      ...runContext(run, world),
      input: Object.assign(input, { schema: new Schema(plan.input ?? []) }),
      ...(end.input === null ? { probe: plan.probe as Json } : { name: end.input }),
      disk: services.disk,
      splitIndex: task.index,
      stage: (ending: string) => services.stage(end, task.index, staged++, ending),
    }
    // The context fits the node's own settings: they were checked against its schema before the run.
    const node = run.definition as { write: (context: unknown) => Promise<Receipt> }
    return await node.write(context)
  }
  if (apart)
    return await storeApart(run, apart, {
      world,
      watched,
      write: take,
      commit: async (receipt, part, range) => await services.commitPart?.(end.id, task.index, receipt, part, range),
    })
  if (end.input !== null) return await take(run.input())
  const input = new WatchedInput(run.input(), watched, { do: 'write', node: plan.id, split: task.index })
  try {
    return await take(input.batches())
  } catch (error) {
    if (!input.failed && !world.signal.aborted && run.account.in.rows > 0 && mayBeOfRows(error))
      services.onSinkFailed?.(end.id, error)
    throw error
  } finally {
    watched?.end()
  }
}

/** More files than a sink stages of one split. */
const namesOfTurn = 1_000_000
