import { type ColumnType, type Field, fixed, list, struct, timestamp } from '@headrace/runtime/sdk'
import type { DataType } from 'apache-arrow'
import { type Footer, keyValue } from './footer.ts'

/**
 * What Parquet's own types cannot say, from the Arrow schema that writers put beside them: lists of one fixed size
 * (vectors) and the names of time zones. Anything else stays as the file says.
 */
export async function refineByArrow(fields: readonly Field[], footer: Footer): Promise<readonly Field[]> {
  const text = fields.some(({ type }) => mayRefine(type)) ? keyValue(footer, 'ARROW:schema') : undefined
  if (!text) return fields
  const { RecordBatchReader } = await import('apache-arrow')
  try {
    const { schema } = RecordBatchReader.from(Buffer.from(text, 'base64')).open()
    return fields.map((field) => {
      const found = schema.fields.find(({ name }) => name === field.name)
      return found ? { name: field.name, type: refine(field.type, found.type) } : field
    })
  } catch {
    // An Arrow type that apache-arrow does not know; the Parquet types are enough to read the file.
    return fields
  }
}

function mayRefine(type: ColumnType): boolean {
  if (type.kind === 'struct') return type.fields.some((field) => mayRefine(field.type))
  return type.kind === 'list' || (type.kind === 'timestamp' && type.zone !== null)
}

/** Arrow's type ids. */
const arrow = { timestamp: 10, list: 12, struct: 13, fixedSizeList: 16 }

function refine(type: ColumnType, by: DataType): ColumnType {
  // Casts: apache-arrow's classes are told apart by `typeId`, which TypeScript does not follow.
  const about = by as unknown as {
    typeId: number
    listSize?: number
    timezone?: string | null
    children?: readonly { name: string; type: DataType }[]
  }
  const item = about.children?.[0]?.type
  if (type.kind === 'list' && item && about.typeId === arrow.fixedSizeList && about.listSize) {
    return fixed(refine(type.item, item), about.listSize)
  }
  if (type.kind === 'list' && item && about.typeId === arrow.list) return list(refine(type.item, item))
  if (type.kind === 'struct' && about.typeId === arrow.struct) {
    return struct(
      type.fields.map((field) => {
        const found = about.children?.find(({ name }) => name === field.name)
        return found ? { name: field.name, type: refine(field.type, found.type) } : field
      }),
    )
  }
  if (type.kind === 'timestamp' && type.zone && about.typeId === arrow.timestamp && about.timezone) {
    return timestamp(type.unit, about.timezone)
  }
  return type
}
