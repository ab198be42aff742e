import type { ColumnType } from '../pipeline/types.ts'
import type { Cell } from '../server/api/rows.ts'
import { cellOfValue } from './cellofvalue.ts'

/** The cell of a value as a rejected row keeps it in JSON: bytes are base64 there, dates and decimals texts. */
export function cellOfRejected(value: unknown, type: ColumnType | null): Cell {
  if (type?.kind === 'binary' && typeof value === 'string') return cellOfValue(Buffer.from(value, 'base64'))
  return cellOfValue(value, type ?? undefined)
}
