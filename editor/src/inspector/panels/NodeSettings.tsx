import type { ColumnView, Json, NodeTypeView, NodeView, Problem } from '@headrace/runtime/api'
import { type PipelineNode, setSetting } from '@headrace/runtime/pipeline'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { edit } from '../../model/document.ts'
import { ChoiceInput } from '../fields/ChoiceInput.tsx'
import { type Form, FormContext } from '../fields/form.ts'
import { ProblemsHere } from '../fields/ProblemsHere.tsx'
import { SettingRow } from '../fields/SettingRow.tsx'
import { settingsOf } from '../form/field.ts'
import { type Path, settingText } from '../form/path.ts'
import { arranged, unknownSettings } from '../form/shown.ts'
import { words } from '../words.ts'
import { Detected } from './Detected.tsx'
import { UnknownSettings } from './UnknownSettings.tsx'

interface NodeSettingsProps {
  readonly id: string
  readonly node: PipelineNode
  readonly type: NodeTypeView
  readonly problems: readonly Problem[]
  readonly view: NodeView | undefined
}

/** A node's form, made from its schema: what it needs and what is set, the rest behind a button. */
export function NodeSettings({ id, node, type, problems, view }: NodeSettingsProps) {
  const settings = useMemo(() => settingsOf(type.config), [type])
  const [open, setOpen] = useState(false)
  // While the rest is open no setting moves from one part to the other, so that the one being typed keeps its place.
  const [held, setHeld] = useState<readonly string[]>([])
  const choice = useLastKnown(type.kind === 'source' ? view?.output : view?.input)
  const form: Form = {
    id: `node-${id}`,
    type: type.type,
    columns: view?.input ?? null,
    choice,
    inputs: view?.inputs ?? [],
    problems,
    set: (path: Path, value: Json | undefined) => {
      const text = settingText(path)
      edit(words.node.set(id, text), (pipeline) => setSetting(pipeline, id, path, value), `${id} ${text}`)
    },
  }
  const { first, more, onError } = arranged(settings, node.config, problems, open ? held : null)
  const unknown = unknownSettings(settings, node.config)
  const toggle = () => {
    setHeld(first.map(({ name }) => name))
    setOpen(!open)
  }
  const row = (setting: (typeof settings)[number]) => (
    <SettingRow key={setting.name} setting={setting} path={[setting.name]} value={node.config[setting.name]} />
  )
  return (
    <FormContext value={form}>
      <div className="settings">
        {first.map(row)}
        {view && <Detected detected={view.detected} />}
        {unknown.length > 0 && <UnknownSettings names={unknown} config={node.config} />}
        {more.length > 0 && (
          <button type="button" className="more-button" aria-expanded={open} onClick={toggle}>
            {open ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
            {open ? words.fewer : words.more(more.length)}
          </button>
        )}
        {open && more.map(row)}
        {onError && (
          <div className="setting" data-setting="onError">
            <div className="setting-head">
              <label className="setting-label" htmlFor={`node-${id}-onError`}>
                {words.fails.title}
              </label>
            </div>
            <ChoiceInput
              values={['reject', 'fail']}
              names={words.fails.names}
              path={['onError']}
              value={node.config.onError}
              fallback={onError.fallback}
              required={false}
              label={words.fails.title}
              id={`node-${id}-onError`}
              describedBy={undefined}
            />
            <ProblemsHere
              id={`node-${id}-onError-problem`}
              field={onError.field}
              value={node.config.onError}
              path={['onError']}
            />
          </div>
        )}
      </div>
    </FormContext>
  )
}

/** What is known, or was before an error hid it. */
function useLastKnown(columns: readonly ColumnView[] | null | undefined): readonly ColumnView[] | null {
  const last = useRef<readonly ColumnView[] | null>(null)
  if (columns) last.current = columns
  return last.current
}
