import type { Json } from '@headrace/runtime/api'
import { isRecord } from '@headrace/runtime/pipeline'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'

interface ExampleProps {
  readonly examples: readonly Json[]
  readonly value: Json | undefined
  readonly field: Field
  readonly onTake: (example: Json) => void
}

/** Examples of a setting; a click takes one. */
export function Example({ examples, value, field, onTake }: ExampleProps) {
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

/** An example as a person would type it. */
export function exampleText(example: Json, field: Field): string {
  if (typeof example === 'string')
    return /[\t\n]/.test(example) || example.trim() === '' ? JSON.stringify(example) : example
  if (field.kind === 'record' && typeof example === 'object' && example !== null && !Array.isArray(example)) {
    return Object.entries(example)
      .map(([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ')
  }
  if (Array.isArray(example) && example.every((item) => isPlain(item) || isRecord(item))) {
    return example.map((item) => (isRecord(item) ? Object.values(item).join(' → ') : item)).join(', ')
  }
  return JSON.stringify(example)
}

const isPlain = (item: unknown): boolean => typeof item === 'string' && item.trim() !== ''
