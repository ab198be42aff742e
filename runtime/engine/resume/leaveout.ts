import type { SourceProbe } from '../../sdk/node.ts'
import type { Ledger } from '../ledger.ts'
import type { Prepared } from '../prepare.ts'
import { applyRecord, type Progress } from '../progress.ts'
import type { RunLog } from '../runlog.ts'
import { type SkippedFile, type Skipping, skippedFiles } from './skip.ts'

interface World {
  readonly ledger: Ledger
  readonly progress: Progress
  readonly log: RunLog
}

/** Leaves changed files out of a run from here: what sinks have of them by now they keep. */
export function leaveOut(skipping: Skipping | null | undefined, { ledger, progress, log }: World): void {
  if (!skipping) return
  ledger.append(skipping)
  applyRecord(progress, skipping)
  for (const { path, what } of skipping.files) {
    log.write({ level: 'warn', message: `${path} ${what}: the run goes on without what is not yet stored of it` })
  }
}

/** What a run has left out of files, for its report. */
export function leftOut({ plan, splits }: Pick<Prepared, 'plan' | 'splits'>, progress: Progress): SkippedFile[] {
  const probes = plan.flow.nodes.flatMap(({ id, kind, probe }) =>
    kind === 'source' ? [[id, probe as unknown as SourceProbe | null] as const] : [],
  )
  return skippedFiles(splits, Object.fromEntries(probes), progress)
}
