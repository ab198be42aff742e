import type { Problem } from '@headrace/runtime/api'
import { type PipelineSettings, setRunSetting, setTop } from '@headrace/runtime/pipeline'
import { edit, useDocument } from '../../model/document.ts'
import { ParamsPanel } from '../../params/ParamsPanel.tsx'
import { SchedulePanel } from '../../schedule/SchedulePanel.tsx'
import { type Form, FormContext } from '../fields/form.ts'
import { SettingRow } from '../fields/SettingRow.tsx'
import { runSettings } from '../form/runsettings.ts'
import { goTo } from '../goal.ts'
import { words } from '../words.ts'
import { ProblemList } from './ProblemList.tsx'

/** The pipeline itself: its name, what is wrong anywhere, how it runs. */
export function PipelinePanel() {
  const id = useDocument((document) => document.id)
  const pipeline = useDocument((document) => document.pipeline)
  const checked = useDocument((document) => document.checked)
  const textProblems = useDocument((document) => document.textProblems)
  if (!pipeline) return null
  const form: Form = {
    id: 'pipeline',
    type: '',
    columns: null,
    choice: null,
    inputs: [],
    problems: textProblems,
    set: ([name], value) => {
      const key = name as keyof PipelineSettings // the rows below are made of these
      edit(
        words.pipeline.set(String(name)),
        (before) => setRunSetting(before, key, value as number | undefined),
        `run ${name}`,
      )
    },
  }
  const problems = checked?.problems ?? textProblems
  const empty = Object.keys(pipeline.nodes).length === 0
  return (
    <div className="node-panel">
      <h2 className="panel-title">{words.pipeline.title}</h2>
      {empty ? (
        <p className="inspector-note">{words.pipeline.empty}</p>
      ) : (
        <ProblemSummary problems={problems} known={checked !== null} />
      )}
      <div className="setting">
        <label className="setting-label" htmlFor="pipeline-name">
          {words.name}
        </label>
        <input
          id="pipeline-name"
          className="field"
          value={pipeline.name ?? ''}
          autoComplete="off"
          onChange={({ target }) =>
            edit(words.pipeline.named, (before) => setTop(before, 'name', target.value), 'pipeline name')
          }
        />
      </div>
      <div className="setting">
        <label className="setting-label" htmlFor="pipeline-description">
          {words.pipeline.description}
        </label>
        <textarea
          id="pipeline-description"
          className="field"
          rows={3}
          value={pipeline.description ?? ''}
          onChange={({ target }) =>
            edit(
              words.pipeline.described,
              (before) => setTop(before, 'description', target.value),
              'pipeline description',
            )
          }
        />
      </div>
      {id !== null && <ParamsPanel id={id} pipeline={pipeline} />}
      <FormContext value={form}>
        <section className="settings" aria-label={words.pipeline.runs}>
          <h3>{words.pipeline.runs}</h3>
          {runSettings.map((setting) => (
            <SettingRow
              key={setting.name}
              setting={setting}
              path={[setting.name]}
              value={pipeline.settings[setting.name as keyof PipelineSettings]}
            />
          ))}
        </section>
      </FormContext>
      {id !== null && <SchedulePanel pipeline={id} schedule={pipeline.settings.schedule} />}
    </div>
  )
}

interface ProblemSummaryProps {
  readonly problems: readonly Problem[]
  readonly known: boolean
}

function ProblemSummary({ problems, known }: ProblemSummaryProps) {
  if (problems.length === 0) return known ? <p className="all-well">{words.problems.none}</p> : null
  return (
    <section className="leaving">
      <h3>{words.problems.count(problems.length)}</h3>
      <ProblemList
        problems={problems}
        onGo={({ place: { node, setting } }) => {
          if (node !== undefined) goTo(node, setting)
        }}
      />
    </section>
  )
}
