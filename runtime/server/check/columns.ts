import type { Schema } from '../../pipeline/schema.ts'
import { typeName } from '../../pipeline/types.ts'
import type { ColumnView } from '../api/rows.ts'

const views = new WeakMap<Schema, readonly ColumnView[]>()

/** A schema's columns as the page shows them; the same list for the same schema. */
export function columnViews(schema: Schema): readonly ColumnView[]
export function columnViews(schema: Schema | null | undefined): readonly ColumnView[] | null
export function columnViews(schema: Schema | null | undefined): readonly ColumnView[] | null {
  if (!schema) return null
  let view = views.get(schema)
  if (!view) {
    view = schema.fields.map(({ name, type }) => ({ name, type: typeName(type) }))
    views.set(schema, view)
  }
  return view
}
