import type { Json } from '@headrace/runtime/api'
import type { Field } from './field.ts'

/** What a new item of a list, or a new entry of a record, begins with. */
export function emptyOf(field: Field): Json {
  switch (field.kind) {
    case 'text':
      return ''
    case 'number':
      return field.least ?? 0
    case 'switch':
      return false
    case 'choice':
      return field.values[0] ?? null
    case 'columns':
    case 'list':
      return field.single ? '' : []
    case 'record':
      return {}
    case 'object':
      return field.short !== null
        ? ''
        : Object.fromEntries(
            field.settings.filter(({ required }) => required).map(({ name, field: inner }) => [name, emptyOf(inner)]),
          )
    case 'tuple':
      return field.items.map(emptyOf)
    case 'union':
      return field.ways[0] ? emptyOf(field.ways[0].field) : null
    case 'json':
      return null
  }
}
