import { announce } from './announce.ts'
import { useDocument } from './document.ts'
import { useLive } from './live.ts'
import { useRuns } from './runs.ts'
import { problemsText, runSentence } from './sentence.ts'
import { words } from './words.ts'

/** Problems come and go while one types: they are told when they have stayed so long. */
const settleMilliseconds = 1200

/** Tells a screen reader what is only seen otherwise: runs that start and end, problems, a server that went away. */
export function followTelling(): () => void {
  let timer = 0
  let told = ''
  const ends = [
    useLive.subscribe(({ run }, { run: before }) => {
      if (run === before || run === null) return
      const wasRunning = before?.id === run.id && before.status === 'running'
      if (run.status === 'running' && !wasRunning) announce(words.runStarted)
      if (run.status !== 'running' && wasRunning) announce(words.runEnded(runSentence(run)))
    }),
    useDocument.subscribe(({ id, checked }, before) => {
      if (id !== before.id) told = ''
      if (!checked || checked === before.checked) return
      clearTimeout(timer)
      timer = window.setTimeout(() => {
        const now = problemsText(checked.problems)
        if (now !== told && (told !== '' || checked.problems.length > 0)) announce(now)
        told = now
      }, settleMilliseconds)
    }),
    useRuns.subscribe(({ connected }, before) => {
      if (connected === false && before.connected === true) announce(words.serverAway)
      if (connected === true && before.connected === false) announce(words.serverBack)
    }),
  ]
  return () => {
    clearTimeout(timer)
    for (const end of ends) end()
  }
}
