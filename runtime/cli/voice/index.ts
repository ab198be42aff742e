import type { Report } from '../../engine/report.ts'
import type { Running } from '../../engine/run.ts'
import type { LogEntry } from '../../engine/runlog.ts'
import type { Snapshot } from '../../engine/snapshot.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { Profile } from '../../pipeline/profile.ts'

/** How a run is told while it is at work: to people, or as lines of a log. */
export interface Voice {
  readonly waiting: (whom: string) => void
  readonly problems: (problems: readonly Problem[]) => void
  readonly started: (running: Running) => void
  readonly progress: (sample: Snapshot) => void
  readonly entry: (entry: LogEntry) => void
  /** A signal came; what is in flight is finished. */
  readonly stopping: () => void
  /** There is nothing to do, and why. */
  readonly nothing: (message: string) => void
  /** `profile`: where its time went, where that was asked for. */
  readonly ended: (report: Report, profile: Profile | undefined) => void
}

/** `json`: --json, which has standard output for its object alone; `log`: `--log json`. */
export async function voiceOf({ json, log }: { json: boolean; log: boolean }): Promise<Voice> {
  if (log) return (await import('./json.ts')).jsonVoice()
  return await (await import('./text.ts')).textVoice(json)
}
