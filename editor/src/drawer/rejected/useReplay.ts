import type { ReplayQuestion, RunView } from '@headrace/runtime/api'
import { useCallback, useEffect, useRef, useState } from 'react'
import { announce } from '../../model/announce.ts'
import { attempt } from '../../model/notices.ts'
import { replayRun, useRuns } from '../../model/runs.ts'
import { words } from '../words.ts'

/** How far a replay is, in a sentence. */
export interface ReplayState {
  readonly busy: boolean
  readonly says: string
  readonly failed: boolean
}

const quiet: ReplayState = { busy: false, says: '', failed: false }

/** Replays rejected rows of a run and follows the run that does it to its end; `done` is called then. */
export function useReplay(run: RunView | null, done: () => void) {
  const [state, setState] = useState<ReplayState>(quiet)
  const [asked, setAsked] = useState<{ readonly id: string; readonly count: number } | null>(null)
  const replayed = useRuns(({ runs }) => (asked ? runs?.[asked.id] : undefined))
  const finish = useRef(done)
  finish.current = done

  useEffect(() => {
    if (!asked || !replayed || replayed.status === 'running') return
    const { status, rejected, error } = replayed
    const failed = status !== 'done'
    const says = failed
      ? words.rejected.replayEnded(error?.message ?? status)
      : words.rejected.replayed(replayed.rows?.in ?? asked.count, rejected)
    setState({ busy: false, says, failed: failed || rejected > 0 })
    announce(says)
    setAsked(null)
    finish.current()
  }, [asked, replayed])

  const replay = useCallback(
    async (question: ReplayQuestion, count: number) => {
      if (!run) return
      setState({ busy: true, says: words.rejected.replaying(count), failed: false })
      const answer = await attempt(words.rejected.refused, () => replayRun(run, question))
      if (answer && 'run' in answer) return setAsked({ id: answer.run.id, count })
      const { error = '', hint = '' } = answer?.refusal ?? {}
      setState({ busy: false, says: error ? `${words.rejected.refused}: ${error} ${hint}`.trim() : '', failed: true })
    },
    [run],
  )
  return { state, replay }
}
