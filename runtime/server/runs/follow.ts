import type { Response } from 'express'
import type { FollowLine, RunView } from '../api/index.ts'
import type { LiveRuns } from './live.ts'
import { readReport } from './view.ts'

export interface FollowOptions {
  readonly live: LiveRuns
  /** Resolves with the run's last state when it is no longer at work. */
  readonly ended: (signal: AbortSignal) => Promise<RunView | null>
  /** Between two lines of counters. */
  readonly milliseconds: number
}

/** Answers with a run's course, one JSON object a line: started, counters, ended. The run goes on without the reader. */
export async function followRun(run: RunView, response: Response, options: FollowOptions): Promise<void> {
  const { live, ended, milliseconds } = options
  response.status(200).set({ 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' })
  const say = (line: FollowLine) => response.write(`${JSON.stringify(line)}\n`)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  say({ type: 'started', run })
  let last = Number.NEGATIVE_INFINITY
  let ending = false
  const leave = live.follow(run.folder, {
    ready: () => ending || (!response.writableNeedDrain && performance.now() - last >= milliseconds),
    counters: (sample) => {
      last = performance.now()
      say({ type: 'counters', ...sample })
    },
  })
  try {
    const end = await ended(gone.signal)
    ending = true
    if (gone.signal.aborted) return
    live.look(run.folder)
    say({ type: 'ended', run: end ?? run, report: readReport(run.folder) })
    response.end()
  } finally {
    leave()
  }
}
