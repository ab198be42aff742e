import type { Json } from '@headrace/runtime/api'
import { X } from 'lucide-react'
import { useForm } from '../fields/form.ts'
import { labelOf } from '../form/field.ts'
import { words } from '../words.ts'

interface UnknownSettingsProps {
  readonly names: readonly string[]
  readonly config: { readonly [setting: string]: Json }
}

/** What stands in the file and the node does not know: kept until the reader takes it out. */
export function UnknownSettings({ names, config }: UnknownSettingsProps) {
  const form = useForm()
  return names.map((name) => (
    <div key={name} className="setting" data-setting={name} data-unknown>
      <div className="setting-head">
        <span className="setting-label">{labelOf(name)}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={words.remove(name)}
          title={words.remove(name)}
          onClick={() => form.set([name], undefined)}
        >
          <X size={14} />
        </button>
      </div>
      <pre className="unknown-value data">{JSON.stringify(config[name])}</pre>
      <p className="setting-help">{words.unknownSetting(name)}</p>
    </div>
  ))
}
