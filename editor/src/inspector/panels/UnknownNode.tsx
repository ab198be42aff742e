import { isOwnType, type PipelineNode, setSetting } from '@headrace/runtime/pipeline'
import { edit } from '../../model/document.ts'
import { FormContext } from '../fields/form.ts'
import { JsonInput } from '../fields/JsonInput.tsx'
import { labelOf } from '../form/field.ts'
import { settingText } from '../form/path.ts'
import { words } from '../words.ts'

/** A node whose type is not installed here: its settings as they are, kept on save. */
export function UnknownNode({ id, node }: { readonly id: string; readonly node: PipelineNode }) {
  const form = {
    id: `node-${id}`,
    type: node.type,
    columns: null,
    choice: null,
    inputs: [],
    problems: [],
    set: (path: readonly (string | number)[], value: Parameters<typeof setSetting>[3]) =>
      edit(
        words.node.set(id, settingText(path)),
        (pipeline) => setSetting(pipeline, id, path, value),
        `${id} ${settingText(path)}`,
      ),
  }
  return (
    <FormContext value={form}>
      <p className="inspector-note">{isOwnType(node.type) ? words.node.broken : words.node.unknown(node.type)}</p>
      <div className="settings">
        {Object.entries(node.config).map(([name, value]) => (
          <div key={name} className="setting" data-setting={name}>
            <label className="setting-label" htmlFor={`node-${id}-${name}`}>
              {labelOf(name)}
            </label>
            <JsonInput
              path={[name]}
              value={value}
              fallback={undefined}
              required={false}
              label={labelOf(name)}
              id={`node-${id}-${name}`}
              describedBy={undefined}
            />
          </div>
        ))}
      </div>
    </FormContext>
  )
}
