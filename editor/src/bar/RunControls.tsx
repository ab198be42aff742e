import { isDraft, useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import { runToHere, usePreview } from '../model/preview.ts'
import { chooseRows } from '../model/rowschoice.ts'
import { useSelection } from '../model/selection.ts'
import { runSentence } from '../model/sentence.ts'
import { saveDocument } from '../model/sync.ts'
import { show } from '../model/view.ts'
import { RunButton } from './RunButton.tsx'
import { RunClock } from './RunClock.tsx'
import { resume } from './run.ts'
import { StopButton } from './StopButton.tsx'
import { words } from './words.ts'

/** Save, Run to here, Run; while a run is at work its clock and Stop. */
export function RunControls() {
  const run = useLive((live) => live.run)
  const changed = useDocument(isDraft)
  const locked = useDocument((document) => document.locked)
  const readable = useDocument(({ pipeline }) => pipeline !== null)
  const [node] = useSelection(({ nodes }) => nodes)
  const working = usePreview(({ state }) => state === 'working')
  const running = run?.status === 'running'
  const uncounted = useLive((live) => live.uncounted)
  return (
    <>
      {run && !running && (
        <button
          type="button"
          className="bar-last soft"
          data-status={run.status}
          title={[uncounted?.error, run.error?.hint ?? runSentence(run)].filter(Boolean).join(' ')}
          onClick={() => {
            chooseRows('run')
            show({
              drawerOpen: true,
              tab: run.status === 'done' && !run.rejected ? 'metrics' : run.rejected ? 'rejected' : 'log',
            })
          }}
        >
          {runSentence(run)}
        </button>
      )}
      {run && running && <RunClock run={run} />}
      {(changed || !running) && (
        <button
          type="button"
          className="button"
          disabled={!changed || locked !== null}
          title={locked ?? undefined}
          onClick={() => void saveDocument()}
        >
          {words.save} <kbd>Ctrl S</kbd>
        </button>
      )}
      {run && (run.status === 'stopped' || run.status === 'unfinished' || run.status === 'failed') && !running && (
        <button type="button" className="button" onClick={() => void resume(run)}>
          {words.resume}
        </button>
      )}
      {!running && (
        <button
          type="button"
          className="button"
          disabled={!readable || node === undefined || working}
          title={words.toHereHelp}
          onClick={() => node !== undefined && void runToHere(node)}
        >
          {words.toHere}
        </button>
      )}
      {run && running ? <StopButton run={run} /> : <RunButton />}
    </>
  )
}
