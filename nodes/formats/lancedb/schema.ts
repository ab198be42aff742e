import { type Field, Schema, sameType, typeName } from '@headrace/runtime/sdk'
import type { Table } from '@lancedb/lancedb'
import type { DataType } from 'apache-arrow'

/** The columns of a table in our words. */
export async function columnsOf(table: Table): Promise<Schema> {
  const { columnTypeOf } = await import('@headrace/runtime/arrow')
  const { fields } = await table.schema()
  // A cast: LanceDB's instance of apache-arrow has classes of its own with the same shape.
  return new Schema(fields.map(({ name, type }) => ({ name, type: columnTypeOf(type as unknown as DataType) })))
}

/** What keeps rows of these columns out of a table, as the end of a sentence; null where nothing does. The order may differ. */
export function columnDifference(table: Schema, rows: Schema): string | null {
  const list = (fields: readonly Field[]) => fields.map(({ name, type }) => `"${name}" (${typeName(type)})`).join(', ')
  const missing = rows.fields.filter(({ name }) => !table.field(name))
  if (missing.length) return `has no column ${list(missing)}; it has ${list(table.fields)}`
  const lacking = table.fields.filter(({ name }) => !rows.field(name))
  if (lacking.length) return `has the column ${list(lacking)}, which the rows lack`
  for (const { name, type } of rows.fields) {
    const there = table.field(name) as Field
    if (!sameType(there.type, type)) return `holds ${typeName(there.type)} in "${name}", the rows ${typeName(type)}`
  }
  return null
}
