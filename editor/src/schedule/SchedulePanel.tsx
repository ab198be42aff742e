import { Switch } from '@base-ui/react/switch'
import type { ScheduleView } from '@headrace/runtime/api'
import { type PipelineSchedule, setRunSetting } from '@headrace/runtime/pipeline'
import { api, pathOf } from '../api/client.ts'
import { edit } from '../model/document.ts'
import { attempt } from '../model/notices.ts'
import { History } from './History.tsx'
import { useSchedule, useTimes } from './useSchedule.ts'
import { words } from './words.ts'
import './schedule.css'

const here = Intl.DateTimeFormat().resolvedOptions().timeZone
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

const set = (label: string, schedule: PipelineSchedule | undefined): void =>
  edit(label, (before) => setRunSetting(before, 'schedule', schedule), 'run schedule')

interface SchedulePanelProps {
  /** The pipeline's id. */
  readonly pipeline: string
  readonly schedule: PipelineSchedule | undefined
}

/** When this server runs the pipeline: its form, the next times, the switch of this machine, and what became of it. */
export function SchedulePanel({ pipeline, schedule }: SchedulePanelProps) {
  const view = useSchedule(pipeline)
  return (
    <section className="settings schedule" aria-label={words.title}>
      <h3>{words.title}</h3>
      {schedule ? (
        <Form schedule={schedule} />
      ) : (
        <>
          <p className="setting-help">{words.none}</p>
          <button
            type="button"
            className="button"
            onClick={() => set(words.added, { cron: '0 2 * * *', timeZone: here })}
          >
            {words.add}
          </button>
        </>
      )}
      {(schedule || view) && <OnHere pipeline={pipeline} schedule={schedule} view={view} />}
      {view && view.events.length > 0 && <History events={view.events} />}
    </section>
  )
}

function Form({ schedule }: { readonly schedule: PipelineSchedule }) {
  const { cron, timeZone = 'UTC' } = schedule
  const times = useTimes(cron, timeZone)
  const change = (part: Partial<PipelineSchedule>) => set(words.changed, { ...schedule, ...part })
  const wrong = times?.problem
  return (
    <>
      <div className="setting">
        <label className="setting-label" htmlFor="schedule-cron">
          {words.cron}
        </label>
        <input
          id="schedule-cron"
          className="field data"
          value={cron}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong?.part === 'cron'}
          aria-describedby="schedule-says"
          onChange={({ target }) => change({ cron: target.value })}
        />
        <p id="schedule-says" className={wrong ? 'schedule-wrong' : 'setting-help'} role="status">
          {wrong ? `${wrong.message}. ${wrong.hint}` : times?.words || words.cronHelp}
        </p>
      </div>
      <div className="setting">
        <label className="setting-label" htmlFor="schedule-zone">
          {words.zone}
        </label>
        <select
          id="schedule-zone"
          className="field"
          value={timeZone}
          onChange={({ target }) => change({ timeZone: target.value })}
        >
          {[...new Set([timeZone, ...zones])].map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </div>
      {times && times.next.length > 0 && (
        <dl className="schedule-next">
          <dt>{words.next}</dt>
          {times.next.map((time) => (
            <dd key={time} className="data">
              {inZone(time, timeZone)}
            </dd>
          ))}
        </dl>
      )}
      <OneSwitch
        id="schedule-new"
        label={words.new}
        help={words.newHelp}
        on={schedule.new === true}
        onChange={(on) => {
          const { new: _, ...rest } = schedule
          set(words.changed, on ? { ...rest, new: true } : rest)
        }}
      />
      <button type="button" className="button" onClick={() => set(words.removed, undefined)}>
        {words.remove}
      </button>
    </>
  )
}

/** A moment as a zone's clocks show it: `Wed, 25 Nov, 02:00`. */
function inZone(time: number, timeZone: string): string {
  const parts = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...parts }).format(time)
}

interface OnHereProps {
  readonly pipeline: string
  readonly schedule: PipelineSchedule | undefined
  readonly view: ScheduleView | null
}

function OnHere({ pipeline, schedule, view }: OnHereProps) {
  const saved =
    view !== null &&
    schedule?.cron === view.cron &&
    (schedule.timeZone ?? 'UTC') === view.timeZone &&
    (schedule.new ?? false) === view.new
  const on = view?.on ?? false
  return (
    <OneSwitch
      id="schedule-on"
      label={words.on}
      help={saved ? (view.problem ?? words.onHelp) : words.saveFirst}
      on={on}
      disabled={!on && (!saved || view.problem !== null)}
      onChange={(next) =>
        void attempt(words.refused.turn, () => api.put(`schedules/${pathOf(pipeline)}`, { on: next }))
      }
    />
  )
}

interface OneSwitchProps {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly on: boolean
  readonly disabled?: boolean
  readonly onChange: (on: boolean) => void
}

function OneSwitch({ id, label, help, on, disabled = false, onChange }: OneSwitchProps) {
  return (
    <div className="setting" data-kind="switch">
      <label className="setting-label" htmlFor={id}>
        {label}
      </label>
      <Switch.Root
        id={id}
        className="switch"
        checked={on}
        disabled={disabled}
        aria-describedby={`${id}-help`}
        onCheckedChange={onChange}
      >
        <Switch.Thumb className="switch-thumb" />
        <span className="switch-word" aria-hidden="true">
          {on ? words.isOn : words.isOff}
        </span>
      </Switch.Root>
      <p id={`${id}-help`} className="setting-help">
        {help}
      </p>
    </div>
  )
}
