import { isAbsolute, join } from 'node:path'
import type { FlowServices, SplitTask } from './flow.ts'
import type { FlowPlan } from './flowplan.ts'
import type { NodeRun } from './noderun.ts'

/** What a node's functions are called in. */
export interface World {
  readonly plan: FlowPlan
  readonly task: SplitTask
  readonly services: FlowServices
  readonly signal: AbortSignal
}

/** What every running node has. */
export function runContext(run: NodeRun, { plan, task, services, signal }: World) {
  return {
    config: run.plan.config,
    node: run.plan.id,
    folder: plan.folder,
    resolve: (path: string) => (isAbsolute(path) ? path : join(plan.folder, path)),
    scope: run.scope,
    signal,
    now: new Date(plan.now),
    runId: plan.runId,
    log: services.log(run.plan.id, task.index),
    count: (name: string, rows: number) => {
      run.named[name] = (run.named[name] ?? 0) + rows
    },
    expression: services.compile,
  }
}
