import type { RunDetail, RunView } from '@headrace/runtime/api'
import { X } from 'lucide-react'
import { copyText } from '../drawer/rows/clipboard.ts'
import { attempt, notify } from '../model/notices.ts'
import { openPipeline } from '../model/open.ts'
import { goOn } from '../model/resuming.ts'
import { type Answer, killRun, pickRun, replayRun, stopRun } from '../model/runs.ts'
import { duration, exact, exactDuration, exactWhen, when } from '../style/numbers.ts'
import { deleteLater } from './deleting.ts'
import { Status } from './runColumns.tsx'
import { words } from './words.ts'

interface RunHeadProps {
  readonly run: RunView
  readonly detail: RunDetail | null
  readonly onClose: () => void
}

/** So many files that a run left out are named. */
const mostFiles = 10

/** A run's name, what became of it, its counts, and what can be done with it. */
export function RunHead({ run, detail, onClose }: RunHeadProps) {
  const { rows, error, seconds } = run
  const running = run.status === 'running'
  return (
    <header className="runs-run">
      <div className="runs-line">
        <h2>{run.name}</h2>
        <Status status={run.status} />
        <span className="soft" title={exactWhen(run.started)}>
          {when(run.started)}
        </span>
        {seconds !== null && (
          <span className="soft" title={exactDuration(seconds)}>
            {duration(seconds)}
          </span>
        )}
        <span className="soft">{words.origins[run.origin]}</span>
        {run.draft && <span className="runs-mark">{words.draft}</span>}
        {run.replayOf !== null && <span className="runs-mark">{words.replay}</span>}
        <button
          type="button"
          className="drawer-tool runs-close"
          aria-label={words.close}
          title={words.close}
          onClick={onClose}
        >
          <X size={16} aria-hidden />
        </button>
      </div>
      {Object.keys(run.params).length > 0 && (
        <p className="runs-params soft">
          {Object.entries(run.params).map(([name, value]) => (
            <span key={name} className="data">
              {`${name}=${value}`}{' '}
            </span>
          ))}
        </p>
      )}
      {error && (
        <p className="runs-error">
          {error.node && <strong>{`${error.node}: `}</strong>}
          {error.message} {error.hint && <span className="soft">{error.hint}</span>}
        </p>
      )}
      {rows && (
        <dl className="runs-facts">
          {(['in', 'stored', 'filtered'] as const).map((key) => (
            <div key={key}>
              <dt>{words.facts[key]}</dt>
              <dd>{exact(rows[key])}</dd>
            </div>
          ))}
          <div className={rows.rejected ? 'runs-rejected' : ''}>
            <dt>{words.facts.rejected}</dt>
            <dd>{exact(rows.rejected)}</dd>
          </div>
          {run.balanced !== null && (
            <div className={run.balanced ? '' : 'runs-rejected'}>
              <dt className="visually-hidden">{words.heads.match}</dt>
              <dd className="runs-match">{run.balanced ? words.facts.match : words.facts.noMatch}</dd>
            </div>
          )}
        </dl>
      )}
      {detail?.report?.filesNew !== undefined && (
        <p className="runs-params soft">
          {words.filesTitle}: {words.files(detail.report)}
        </p>
      )}
      {detail?.report?.skippedFiles && (
        <ul className="runs-params soft">
          {detail.report.skippedFiles.slice(0, mostFiles).map(({ path, what, rowsStored, rowsSkipped }) => (
            <li key={path}>{words.leftOut(path, what, rowsStored, rowsSkipped)}</li>
          ))}
          {detail.report.skippedFiles.length > mostFiles && (
            <li>{words.leftOutMore(detail.report.skippedFiles.length - mostFiles)}</li>
          )}
        </ul>
      )}
      <div className="runs-actions">
        {run.pipeline !== null && (
          <button type="button" className="button" onClick={() => void show(run, run.pipeline)}>
            {words.onCanvas}
          </button>
        )}
        {running && (
          <>
            <button
              type="button"
              className="button"
              title={words.stopWhy}
              onClick={() => void attempt(words.refused.stop, () => stopRun(run.id))}
            >
              {words.stop}
            </button>
            <button
              type="button"
              className="button"
              title={words.killWhy}
              onClick={() => void attempt(words.refused.kill, () => killRun(run.id))}
            >
              {words.kill}
            </button>
          </>
        )}
        {!running && run.status !== 'done' && (
          <button type="button" className="button" onClick={() => void goOn(run)}>
            {words.resume}
          </button>
        )}
        {!running && run.rejected > 0 && (
          <button
            type="button"
            className="button"
            onClick={() => void begin(words.refused.replay, () => replayRun(run, {}))}
          >
            {words.replayAll}
          </button>
        )}
        <button
          type="button"
          className="button"
          disabled={!detail}
          title={detail?.command}
          onClick={() => detail && void copyText(detail.command, words.copied)}
        >
          {words.copy}
        </button>
        {!running && (
          <button
            type="button"
            className="button"
            onClick={() => {
              onClose()
              deleteLater(run)
            }}
          >
            {words.delete}
          </button>
        )}
      </div>
    </header>
  )
}

async function show(run: RunView, pipeline: string | null): Promise<void> {
  if (pipeline === null) return
  await openPipeline(pipeline)
  pickRun(run.id)
}

/** Starts something; a refusal says why. */
async function begin(what: string, start: () => Promise<Answer>): Promise<void> {
  const answer = await attempt(what, start)
  if (!answer || 'run' in answer) return
  const { error, hint } = answer.refusal
  notify('failed', `${what}: ${error}`, hint ? { hint } : {})
}
