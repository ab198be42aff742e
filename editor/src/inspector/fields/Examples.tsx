import type { Json } from '@headrace/runtime/api'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'
import { exampleText } from './example.ts'

interface ExamplesProps {
  readonly examples: readonly Json[]
  readonly value: Json | undefined
  readonly field: Field
  readonly onTake: (example: Json) => void
}

/** Examples of a setting; a click takes one. */
export function Examples({ examples, value, field, onTake }: ExamplesProps) {
  return (
    <p className="setting-example">
      {words.example}{' '}
      {examples.slice(0, 2).map((example) => {
        const text = exampleText(example, field)
        return (
          <button
            key={text}
            type="button"
            className="example"
            aria-label={words.takeExample(text)}
            disabled={JSON.stringify(example) === JSON.stringify(value)}
            onClick={() => onTake(example)}
          >
            <code>{text}</code>
          </button>
        )
      })}
    </p>
  )
}
