import { Autocomplete } from '@base-ui/react/autocomplete'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'

export interface Suggestion {
  readonly name: string
  readonly note: string
}

interface SuggestProps {
  readonly value: string
  readonly items: readonly Suggestion[]
  readonly onChange: (text: string) => void
  readonly placeholder?: string
  readonly invalid: boolean
  /** What the list says where nothing fits. */
  readonly none: string
  /** The name of the button that opens the list. */
  readonly openLabel: string
  readonly attributes: {
    readonly id: string
    readonly 'aria-label': string
    readonly 'aria-describedby': string | undefined
    readonly 'aria-invalid': boolean | undefined
  }
}

/** A text with a list of what it may be; anything else can be typed. */
export function Suggest({ value, items, onChange, placeholder, invalid, none, openLabel, attributes }: SuggestProps) {
  // Until something is typed the list shows everything, also where the field is filled.
  const [typed, setTyped] = useState(false)
  return (
    <Autocomplete.Root
      items={[...items]}
      value={value}
      itemToStringValue={({ name }) => name}
      filter={typed ? fits : () => true}
      openOnInputClick
      autoHighlight={typed}
      onValueChange={(text, { reason }) => {
        // Escape closes the list or leaves the form; it takes nothing away.
        if (reason === 'escape-key') return
        setTyped(reason === 'input-change')
        onChange(text)
      }}
      onOpenChange={(open) => {
        if (!open) setTyped(false)
      }}
    >
      <div className="suggest">
        <Autocomplete.Input
          {...attributes}
          className="field data"
          data-unknown={invalid || undefined}
          placeholder={placeholder}
          spellCheck={false}
        />
        <Autocomplete.Trigger className="suggest-open" aria-label={openLabel} tabIndex={-1}>
          <ChevronDown size={14} />
        </Autocomplete.Trigger>
      </div>
      <Autocomplete.Portal>
        <Autocomplete.Positioner className="popup-place" sideOffset={4}>
          <Autocomplete.Popup className="popup list-popup">
            <Autocomplete.Empty className="popup-empty">{none}</Autocomplete.Empty>
            <Autocomplete.List>
              {(item: Suggestion) => (
                <Autocomplete.Item key={item.name} value={item} className="option data">
                  <span className="option-name">{item.name}</span>
                  <span className="option-note">{item.note}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  )
}

const fits = ({ name }: Suggestion, text: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase())
