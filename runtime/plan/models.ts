import type { NodePlan } from '../engine/flowplan.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { Json, ModelNode } from '../sdk/node.ts'

/** How a model runs: `sessions` side by side, one call each at a time, with so many `threads` each. */
export interface ModelPlan {
  readonly key: string
  readonly nodes: readonly string[]
  readonly sessions: number
  readonly threads: number
  /** Memory of all its sessions, under the name that it is printed by; null: the node does not say. */
  readonly footprint: { readonly name: string; readonly bytes: number } | null
}

/** Of `--memory`, the part that the sessions of all models may take beside it, the first one of each apart. */
const sessionsShare = 0.5

/**
 * Several sessions of one thread do more than one session of several threads: these wait for each other at every
 * operator, asleep (slow), or awake (which takes the cores from everybody else). So there are as many sessions as
 * `cores` (workers, where they are asked for) while their memory is there; cores that are left over become threads.
 */
export function modelPlans(
  nodes: readonly NodePlan[],
  checked: Readonly<Record<string, CheckedNode>>,
  { cores, memory }: { readonly cores: number; readonly memory: number },
): ModelPlan[] {
  const keys = [...new Set(nodes.flatMap(({ resource }) => (resource ? [resource] : [])))]
  return keys.map((key) => {
    const own = nodes.filter(({ resource }) => resource === key).map(({ id }) => id)
    const sharing = own.map((id) => checked[id] as CheckedNode)
    const first = most(sharing.map(footprintOf))
    const room = (memory * sessionsShare) / keys.length
    const more = first?.each ? Math.floor(Math.max(0, room - first.bytes) / first.each) : cores
    const sessions = sharing.some(wantsOne) ? 1 : Math.min(cores, 1 + more)
    const threads = Math.max(1, Math.floor(cores / sessions))
    const footprint = first && {
      name: sessions === 1 ? first.name : `${sessions} sessions of ${first.name}`,
      bytes: first.bytes + (sessions - 1) * first.each,
    }
    return { key, nodes: own, sessions, threads, footprint }
  })
}

/** Threads of models beside the lanes: a worker that hands the calls out, and one for each session where there are several. */
export const modelThreads = (models: readonly Pick<ModelPlan, 'sessions'>[]): number =>
  models.reduce((sum, { sessions }) => sum + (sessions === 1 ? 1 : 1 + sessions), 0)

interface Footprint {
  readonly name: string
  /** Of the first session, and of each more. */
  readonly bytes: number
  readonly each: number
}

function footprintOf({ definition, config, probe, input }: CheckedNode): Footprint | null {
  const print = definition.footprint?.({ config: config as never, probe: probe as Json, input })
  return print ? { name: print.name, bytes: print.bytes, each: print.perSession ?? print.bytes } : null
}

const most = (prints: readonly (Footprint | null)[]): Footprint | null =>
  prints.reduce((largest, one) => ((one?.bytes ?? -1) > (largest?.bytes ?? -1) ? one : largest), null)

function wantsOne({ definition, config, probe }: CheckedNode): boolean {
  const { sessions } = (definition as ModelNode).resource
  return (
    (typeof sessions === 'function' ? sessions({ config: config as never, probe: probe as Json }) : sessions) === 'one'
  )
}
