import { type ColumnType, decimal, type Field, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import { logicalType, type SchemaNode } from './footer.ts'
import { numberAt, structAt, type ThriftStruct } from './thrift.ts'

/** The columns of a file, by the rules by which DuckDB reads them: lists and maps of all old and new layouts. */
export function columnsOf(root: SchemaNode): Field[] {
  return root.children.map((node) => ({ name: node.name, type: typeOf(node, root) }))
}

/** Parquet's converted types (the older annotations) and logical types, as parquet.thrift numbers them. */
const converted = { utf8: 0, map: 1, mapKeyValue: 2, list: 3, enum: 4, decimal: 5, date: 6, json: 19, interval: 21 }
const logical = { string: 1, map: 2, list: 3, enum: 4, decimal: 5, date: 6, time: 7, timestamp: 8, integer: 10 }
const later = { unknown: 11, json: 12, uuid: 14, float16: 15, variant: 16 }

function typeOf(node: SchemaNode, parent: SchemaNode): ColumnType {
  const type = node.physical === undefined ? groupType(node, parent) : leafType(node)
  return node.repetition === 'repeated' && !isMapEntry(node, parent) ? list(type) : type
}

const hasKind = (node: SchemaNode, old: number, now: number): boolean =>
  numberAt(node.element, 6) === old || logicalType(node)?.id === now

const isMap = (node: SchemaNode): boolean => hasKind(node, converted.map, logical.map)

/** The repeated group inside a map, also where only the map itself is annotated. */
const isMapEntry = (node: SchemaNode, parent: SchemaNode): boolean =>
  node.physical === undefined &&
  (numberAt(node.element, 6) === converted.mapKeyValue || (isMap(parent) && parent.children.length === 1))

function groupType(node: SchemaNode, parent: SchemaNode): ColumnType {
  if (logicalType(node)?.id === later.variant) return types.string
  const children = node.children
  if (isMapEntry(node, parent) && children.length === 2) {
    const names = ['key', 'value']
    return list(struct(children.map((child, i) => ({ name: names[i] as string, type: typeOf(child, node) }))))
  }
  const wraps = hasKind(node, converted.list, logical.list) || isMap(node) || node.repetition === 'repeated'
  if (children.length === 1 && wraps) return typeOf(children[0] as SchemaNode, node)
  return struct(children.map((child) => ({ name: child.name, type: typeOf(child, node) })))
}

function leafType(node: SchemaNode): ColumnType {
  return logicalLeaf(node) ?? convertedLeaf(node) ?? plainLeaf(node)
}

function logicalLeaf(node: SchemaNode): ColumnType | null {
  const kind = logicalType(node)
  if (!kind) return null
  switch (kind.id) {
    case logical.string:
    case logical.enum:
    case later.json:
    case later.uuid:
      return types.string
    case logical.decimal:
      return decimalOf(numberAt(kind.of, 2), numberAt(kind.of, 1))
    case logical.date:
      return types.date
    case logical.time:
      return types.time
    case logical.timestamp:
      return timestampOf(kind.of)
    case logical.integer: {
      const bits = numberAt(kind.of, 1)
      const signed = kind.of.get(2)?.value !== false
      return bits === 8 || bits === 16 || bits === 32 || bits === 64 ? { kind: 'int', bits, signed } : null
    }
    case later.unknown:
      return types.null
    case later.float16:
      return types.float16
    default:
      return null
  }
}

function timestampOf(of: ThriftStruct): ColumnType {
  const utc = of.get(1)?.value === true
  const [unit] = structAt(of, 2)?.keys() ?? []
  const name = unit === 1 ? 'ms' : unit === 3 ? 'ns' : 'us'
  // DuckDB has no nanoseconds with a zone: it cuts them to microseconds.
  return timestamp(utc && name === 'ns' ? 'us' : name, utc ? 'UTC' : null)
}

const decimalOf = (precision = 0, scale = 0): ColumnType => (precision > 38 ? types.float64 : decimal(precision, scale))

function convertedLeaf(node: SchemaNode): ColumnType | null {
  const kind = numberAt(node.element, 6)
  switch (kind) {
    case converted.utf8:
    case converted.enum:
    case converted.json:
    case converted.interval:
      return types.string
    case converted.decimal:
      return decimalOf(numberAt(node.element, 8), numberAt(node.element, 7))
    case converted.date:
      return types.date
    case 7:
    case 8:
      return types.time
    case 9:
      return timestamp('ms')
    case 10:
      return timestamp('us')
    default: {
      if (kind === undefined || kind < 11 || kind > 18) return null
      const bits = ([8, 16, 32, 64] as const)[(kind - 11) % 4] ?? 64
      return { kind: 'int', bits, signed: kind > 14 }
    }
  }
}

function plainLeaf(node: SchemaNode): ColumnType {
  const plain = [types.bool, types.int32, types.int64, timestamp('us'), types.float32, types.float64]
  return plain[node.physical ?? 6] ?? types.binary
}
