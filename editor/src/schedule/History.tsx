import type { ScheduleEvent } from '@headrace/runtime/api'
import { pickRun } from '../model/runs.ts'
import { words as runWords } from '../runs/words.ts'
import { exactWhen, when } from '../style/numbers.ts'
import { words } from './words.ts'

/** What a schedule did, newest first; a run is looked at on the canvas. */
export function History({ events }: { readonly events: readonly ScheduleEvent[] }) {
  return (
    <div className="schedule-history">
      <h4>{words.history}</h4>
      <ul aria-label={words.history}>
        {events.map(({ what, at, due, message, run, status }) => (
          <li key={`${at} ${what} ${due}`} data-what={what} data-status={status ?? undefined}>
            <span className="soft data" title={exactWhen(at)}>
              {when(at)}
            </span>{' '}
            {run === null ? (
              <>
                <strong>{words.events[what]}</strong> <span>{message}</span>
              </>
            ) : (
              <button type="button" className="problem-go" title={words.look(run)} onClick={() => pickRun(run)}>
                <strong>{words.events[what]}</strong> {runWords.statuses[status ?? 'running']}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
