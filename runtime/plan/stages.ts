import { type NodePlan, type Reach, reach } from '../engine/flowplan.ts'
import type { ModelPlan } from './models.ts'

/** A group of nodes that run in one place. */
export interface Stage {
  readonly name: string
  readonly nodes: readonly string[]
  readonly where: string
  readonly why: string
}

/** The stages of a plan, in the order in which rows come to them. */
export function stagesOf(flow: Reach, models: readonly ModelPlan[], lanes: number): Stage[] {
  const { nodes } = flow
  const tables = nodes.filter(({ kind }) => kind === 'table')
  const sources = nodes.filter(({ kind }) => kind === 'source').map(({ id }) => id)
  return [
    laneOf('lane', flow, sources, lanes),
    ...tables.flatMap((table) => [allRowsOf(table), laneOf(`lane behind ${table.id}`, flow, [table.id], lanes)]),
    ...models.map(modelStage),
    {
      name: 'commit',
      nodes: nodes.filter(({ kind }) => kind === 'sink').map(({ id }) => id),
      where: 'the main thread',
      why: 'one writer for each sink, in the order of the source',
    },
  ]
}

/** What lanes run of the splits of some nodes. */
function laneOf(name: string, flow: Reach, starts: readonly string[], lanes: number): Stage {
  const passed = new Set(starts.flatMap((start) => reach(flow, start).nodes))
  const inLane = ({ id, kind }: NodePlan) => {
    if (kind === 'sink') return `${id} (staging)`
    if (kind !== 'table') return id
    return starts.includes(id) ? `${id} (reading)` : `${id} (keeping)`
  }
  return {
    name,
    nodes: flow.nodes.filter((node) => passed.has(node)).map(inLane),
    where: lanes === 1 ? 'one worker' : `each of ${lanes} workers`,
    why: 'generators composed, nothing is handed over between these nodes',
  }
}

const allRowsOf = ({ id }: NodePlan): Stage => ({
  name: `all rows of ${id}`,
  nodes: [id],
  where: 'the main thread, on disk',
  why: 'it waits for all rows, then makes its own of them, with the memory of the rows on their way; lanes go on with those',
})

const modelStage = ({ nodes, sessions, threads }: ModelPlan): Stage => {
  const each = `${threads} ${threads === 1 ? 'thread' : 'threads'}`
  const one = 'a model blocks its thread and is shared: rows of all lanes are merged into calls'
  return {
    name: `model of ${nodes.join(', ')}`,
    nodes,
    where:
      sessions === 1 ? `a worker of its own, ${each}` : `${sessions} sessions in workers of their own, ${each} each`,
    why: sessions === 1 ? one : `${one}, which go to the session that is free`,
  }
}
