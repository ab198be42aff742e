import { type Field, nearest, type Report, type Schema } from '@headrace/runtime/sdk'

/** Finds a column; reports one that is not there, with the name that was probably meant. */
export function findColumn(input: Schema, column: string, setting: string, report: Report): Field | undefined {
  const field = input.field(column)
  if (field) return field
  const names = input.fields.map(({ name }) => name)
  const meant = nearest(column, names)
  report({
    code: 'unknown-column',
    setting,
    column,
    message: `there is no column "${column}"`,
    hint: meant ? `Did you mean "${meant}"?` : `The columns are ${names.join(', ') || 'none'}.`,
  })
  return undefined
}
