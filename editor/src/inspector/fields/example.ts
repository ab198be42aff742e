import type { Json } from '@headrace/runtime/api'
import { isRecord } from '@headrace/runtime/pipeline'
import type { Field } from '../form/field.ts'

/** An example as a person would type it. */
export function exampleText(example: Json, field: Field): string {
  if (typeof example === 'string')
    return /[\t\n]/.test(example) || example.trim() === '' ? JSON.stringify(example) : example
  if ((field.kind === 'record' || field.kind === 'union') && isRecord(example)) {
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
