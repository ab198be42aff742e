import { join } from 'node:path'
import { withoutSecretsIn } from '../catalogue/secrets.ts'
import { driftOf } from '../drift/pin.ts'
import type { Pool } from '../memory/index.ts'
import type { HeadraceError } from '../pipeline/problem.ts'
import { packError } from './messages.ts'
import type { Prepared } from './prepare.ts'
import type { Progress } from './progress.ts'
import { allBalanced, entered, nodeReports, type Report, totals } from './report.ts'
import { leftOut } from './resume/leaveout.ts'
import { filesReport } from './stored/forget.ts'

/** What a run knows at its end. */
export interface Ended {
  readonly prepared: Prepared
  readonly progress: Progress
  readonly error: HeadraceError | null
  /** Parts that are not done. */
  readonly left: number
  readonly stopCode: number | null
  /** Its sinks had been opened. */
  readonly opened: boolean
  readonly restarts: number
  readonly seconds: number
  readonly pool: Pick<Pool, 'cap' | 'highest' | 'copied'>
  readonly models: { readonly about: Record<string, string>; readonly milliseconds: number }
}

/** How a run ended, with the exit code that says it. */
export function makeReport({ prepared, progress, error, left, pool, models, ...ended }: Ended): Report {
  const { plan, folder, checked, splits, secrets } = prepared
  const { count } = progress.deadLetters
  const stopped = error === null && left > 0
  const allowed = checked.pipeline?.settings?.deadLetters ?? 0
  const balanced = allBalanced(progress) && error?.code !== 'row-counts'
  const nodes = nodeReports(plan.flow, progress)
  const status = error || !balanced ? 'failed' : stopped ? 'stopped' : 'done'
  // A sink that refuses before the first row of a new run: nothing is there to be resumed.
  const refused = !ended.opened && progress.committed.size === 0 && !error?.fault && error?.code !== 'crashed'
  const exitCode = { failed: refused ? 2 : 1, stopped: ended.stopCode ?? 130, done: count > allowed ? 3 : 0 }[status]
  return {
    runId: folder.run.id,
    pipeline: folder.run.pipeline,
    params: folder.run.params,
    drift: driftOf(plan.flow),
    status,
    exitCode,
    seconds: ended.seconds,
    nodes,
    rows: totals(plan.flow, nodes, folder.run.replay && entered(splits, progress.done)),
    restarts: ended.restarts,
    balanced,
    deadLetters: { count, file: count ? join(folder.path, 'dead-letters.ndjson') : null },
    outputs: [...progress.finished].map(([node, output]) => ({ node, ...output })),
    ...filesReport(folder.run, progress.finished.values(), leftOut(prepared, progress)),
    peakMemory: process.resourceUsage().maxRSS * 1024,
    memory: { cap: pool.cap, highest: pool.highest, copied: pool.copied },
    models: withoutSecretsIn(models.about, secrets),
    modelSeconds: Math.round(models.milliseconds) / 1000,
    folder: folder.path,
    ...(error && { error: withoutStack(error, secrets) }),
  }
}

function withoutStack(error: HeadraceError, secrets: readonly string[]): Report['error'] {
  const { stack: _stack, ...rest } = packError(error)
  return withoutSecretsIn(rest, secrets)
}
