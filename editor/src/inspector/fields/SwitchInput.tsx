import { Switch } from '@base-ui/react/switch'
import { words } from '../words.ts'
import { ChoiceInput } from './ChoiceInput.tsx'
import { type InputProps, tied, useForm, useProblems } from './form.ts'

/** Yes or no; where nothing is said without a default, a third choice leaves it to the node. */
export function SwitchInput(props: InputProps) {
  const { path, value, fallback, required } = props
  const { set } = useForm()
  const invalid = useProblems(path).length > 0
  if (typeof fallback !== 'boolean' && !required) return <ChoiceInput {...props} values={[true, false]} />
  const on = typeof value === 'boolean' ? value : fallback === true
  return (
    <Switch.Root
      {...tied(props, invalid)}
      className="switch"
      checked={on}
      onCheckedChange={(next) => set(path, next === fallback ? undefined : next)}
    >
      <Switch.Thumb className="switch-thumb" />
      <span className="switch-word" aria-hidden="true">
        {on ? words.yes : words.no}
      </span>
    </Switch.Root>
  )
}
