import type { ColumnType } from '@headrace/runtime/sdk'
import { logicalType, type SchemaNode } from '../footer.ts'
import { numberAt } from '../thrift.ts'

/** How a flat column's values lie in pages, and what is made of them. */
export type Shape =
  /** A bit a value. */
  | { readonly kind: 'flags' }
  /** Texts or bytes; `text`: they must be UTF-8. */
  | { readonly kind: 'texts'; readonly text: boolean }
  /** Little-endian words of `from` bytes, which become `width` bytes: as they are, narrower ones or decimals. */
  | {
      readonly kind: 'fixed'
      readonly from: 4 | 8
      readonly width: 1 | 2 | 4 | 8 | 16
      /** The least and the greatest value that DuckDB reads as it is; null: any. */
      readonly bounds: readonly [least: number, most: number] | null
      /** Bytes of a value in DuckDB, by which batches are cut and rows are too large. */
      readonly weight: number
      readonly float: boolean
    }

/** Times in milliseconds become microseconds in DuckDB: beyond these it gives an error or infinity. */
const millis: readonly [number, number] = [-(2 ** 53), 2 ** 53]

/** How a column of the file is read as `type`; null where its values are not what that type holds, or it is nested. */
export function shapeOf(node: SchemaNode, type: ColumnType): Shape | null {
  const { physical, repetition, children } = node
  if (physical === undefined || children.length > 0 || repetition === 'repeated') return null
  switch (type.kind) {
    case 'bool':
      return physical === 0 ? { kind: 'flags' } : null
    case 'string':
      return physical === 6 && isText(node) ? { kind: 'texts', text: true } : null
    case 'binary':
      return physical === 6 && !isAnnotated(node) ? { kind: 'texts', text: false } : null
    case 'float':
      if (type.bits === 32) return physical === 4 && !isAnnotated(node) ? words(4, 4, true) : null
      return type.bits === 64 && physical === 5 && !isAnnotated(node) ? words(8, 8, true) : null
    case 'date':
      return physical === 1 ? words(4) : null
    case 'int':
      if (type.bits === 64) return physical === 2 ? words(8) : null
      if (physical !== 1) return null
      return type.bits === 32 ? words(4) : narrow(type.bits / 8 === 1 ? 1 : 2, type.signed)
    case 'timestamp':
      if (physical !== 2 || unitOf(node) !== type.unit) return null
      return { ...words(8), bounds: type.unit === 'ms' ? millis : null }
    case 'decimal':
      return decimals(physical, type.precision)
    default:
      return null
  }
}

const words = (from: 4 | 8, weight: number = from, float = false) =>
  ({ kind: 'fixed', from, width: from, bounds: null, weight, float }) as const

function narrow(width: 1 | 2, signed: boolean): Shape {
  const values = 2 ** (8 * width)
  const bounds = signed ? ([-values / 2, values / 2 - 1] as const) : ([0, values - 1] as const)
  return { kind: 'fixed', from: 4, width, bounds, weight: width, float: false }
}

/** DuckDB keeps a decimal in the fewest of 2, 4 or 8 bytes, whatever the file has. */
function decimals(physical: number, precision: number): Shape | null {
  const weight = precision > 9 ? 8 : precision > 4 ? 4 : 2
  const from = physical === 1 ? 4 : physical === 2 ? 8 : null
  if (from === null || precision > 18 || weight > from) return null
  const bounds = weight < from ? ([-(2 ** (8 * weight - 1)), 2 ** (8 * weight - 1) - 1] as const) : null
  return { kind: 'fixed', from, width: 16, bounds, weight, float: false }
}

/** UTF8, ENUM or JSON, in the old annotation or the new one. */
function isText(node: SchemaNode): boolean {
  const logical = logicalType(node)
  return logical ? [1, 4, 12].includes(logical.id) : [0, 4, 19].includes(numberAt(node.element, 6) ?? -1)
}

const isAnnotated = ({ element }: SchemaNode): boolean => element.has(6) || element.has(10)

/** The unit of a timestamp; nanoseconds with a zone, which DuckDB cuts, have none. */
function unitOf(node: SchemaNode): 'ms' | 'us' | 'ns' | null {
  const logical = logicalType(node)
  if (!logical) return { 9: 'ms', 10: 'us' }[numberAt(node.element, 6) ?? 0] as 'ms' | 'us' | null
  const unit = logical.id === 8 ? logical.of.get(2)?.value : undefined
  if (!(unit instanceof Map)) return null
  if (unit.has(3)) return logical.of.get(1)?.value === true ? null : 'ns'
  return unit.has(1) ? 'ms' : unit.has(2) ? 'us' : null
}
