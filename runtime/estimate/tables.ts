import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { realDisk } from '../disk/index.ts'
import { inputId, type NodePlan } from '../engine/flowplan.ts'
import { gather } from '../engine/phases/gather.ts'
import type { InputReceipt } from '../engine/storing.ts'
import { cores } from '../plan/machine.ts'
import type { Plan } from '../plan/plan.ts'
import type { Gathered, TableNode } from '../sdk/node.ts'
import { stopwatch } from './clock.ts'
import type { Tried } from './lane.ts'
import type { GatherSample, Made } from './sample.ts'

/** Lets a node make its rows of those of half of the portions, and then of all: what more rows take shows in between. */
export async function sampleGather(
  node: NodePlan,
  definition: TableNode,
  tried: readonly Tried[],
  plan: Plan,
  folder: string,
  signal: AbortSignal,
): Promise<{ sample: GatherSample; made: Gathered }> {
  const of = async (name: string, some: readonly Tried[]) => {
    const tables = join(folder, name)
    mkdirSync(tables, { recursive: true })
    const inputs = Object.keys(node.inputs ?? {}).map(
      (input) => [input, keptIn(inputId(node.id, input), some)] as const,
    )
    const watch = stopwatch()
    const made = await gather(node, definition, Object.fromEntries(inputs), {
      disk: realDisk,
      tables,
      memory: plan.memory.cap,
      threads: cores(),
      target: { rows: plan.splitRows, bytes: plan.splitBytes },
      now: new Date(plan.flow.now),
      signal,
      log: () => {},
    })
    const rows = inputs.reduce((sum, [, kept]) => sum + [...kept.values()].reduce((all, one) => all + one.rows, 0), 0)
    const out = made.splits.reduce((sum, split) => sum + (split.rows ?? 0), 0)
    return { made, of: { rows, out, ...watch() } satisfies Made }
  }
  const part = halfOf(tried)
  const some = part.length < tried.length ? await of('half', part) : null
  const all = await of('whole', tried)
  return {
    made: all.made,
    sample: { node: node.id, whole: all.of, half: some?.of ?? null, passed: all.made.passed ?? false },
  }
}

/** About half of the portions of each start; the only one of a start stays. */
function halfOf(tried: readonly Tried[]): Tried[] {
  const seen = new Map<string, number>()
  return tried.filter(({ portion: { start } }) => {
    const turn = seen.get(start) ?? 0
    seen.set(start, turn + 1)
    return turn % 2 === 0
  })
}

/** What the portions kept for an input of the node. */
function keptIn(end: string, tried: readonly Tried[]): Map<number, InputReceipt> {
  return new Map(
    tried.flatMap(({ index, receipts }) => {
      const receipt = receipts[end]
      // What comes to an input of such a node says which rows they are.
      return receipt ? [[index, receipt as InputReceipt] as const] : []
    }),
  )
}
