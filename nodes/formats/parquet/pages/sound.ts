import { type ThriftStruct, type ThriftValue, thrift } from '../thrift.ts'

/** A type: a code of the compact protocol, a struct, a list of one of these, or an enumeration. */
type Kind = number | Form | readonly [Kind] | Choice

/** A number of 32 bits that is none of 0 to `most` is refused as well. */
interface Choice {
  readonly most: number
}

/** The fields of a struct, by their numbers. */
interface Form {
  readonly needed: Readonly<Record<number, Kind>>
  readonly others: Readonly<Record<number, Kind>>
}

const form = (needed: Form['needed'], others: Form['others'] = {}): Form => ({ needed, others })

const { true: bool, byte, i32, i64, binary } = thrift
const [physical, repetition, converted, codec] = [{ most: 7 }, { most: 2 }, { most: 21 }, { most: 7 }]
const [encoding, pageType] = [{ most: 9 }, { most: 3 }]
const keyValue = form({ 1: binary }, { 2: binary })
const unit = form({}, { 1: form({}), 2: form({}), 3: form({}) })
const time = form({ 1: bool, 2: unit })
const logicalType = form({}, { 5: form({ 1: i32, 2: i32 }), 7: time, 8: time, 10: form({ 1: byte, 2: bool }) })
const schemaElement = form(
  { 4: binary },
  { 1: physical, 2: i32, 3: repetition, 5: i32, 6: converted, 7: i32, 8: i32, 9: i32, 10: logicalType },
)
const statistics = form({}, { 1: binary, 2: binary, 3: i64, 4: i64, 5: binary, 6: binary, 7: bool, 8: bool })
const column = form(
  { 1: physical, 2: [encoding], 3: [binary], 4: codec, 5: i64, 6: i64, 7: i64, 9: i64 },
  {
    8: [keyValue],
    10: i64,
    11: i64,
    12: statistics,
    13: [form({ 1: pageType, 2: encoding, 3: i32 })],
    14: i64,
    15: i32,
  },
)
const chunk = form({ 2: i64 }, { 1: binary, 3: column, 4: i64, 5: i32, 6: i64, 7: i32 })
const rowGroup = form(
  { 1: [chunk], 2: i64, 3: i64 },
  { 4: [form({ 1: i32, 2: bool, 3: bool })], 5: i64, 6: i64, 7: thrift.i16 },
)
const fileMetaData = form({ 1: i32, 2: [schemaElement], 3: i64, 4: [rowGroup] }, { 5: [keyValue], 6: binary })

/**
 * Whether a footer has all that parquet.thrift requires, in the types that it says: readers by generated code, as
 * DuckDB's, refuse others, where ours looks at what it needs.
 */
export const isSound = (message: ThriftStruct): boolean => isOf(message, fileMetaData)

function isOf(value: ThriftValue, kind: Kind): boolean {
  if (typeof kind === 'number') return true
  if ('most' in kind) return typeof value === 'number' && value >= 0 && value <= kind.most
  if (isList(kind)) {
    if (typeof value !== 'object' || !('item' in value)) return false
    const [item] = kind
    return value.values.length === 0 || (value.item === codeOf(item) && value.values.every((one) => isOf(one, item)))
  }
  if (!(value instanceof Map)) return false
  for (const id in kind.needed) if (!value.has(Number(id))) return false
  for (const [id, { type, value: of }] of value) {
    const expected = kind.needed[id] ?? kind.others[id]
    if (expected === undefined) continue
    // A bool's code is its value.
    if (codeOf(expected) !== (type === thrift.false ? bool : type) || !isOf(of, expected)) return false
  }
  return true
}

const isList = (kind: Kind): kind is readonly [Kind] => Array.isArray(kind)

function codeOf(kind: Kind): number {
  if (typeof kind === 'number') return kind
  if ('most' in kind) return i32
  return isList(kind) ? thrift.list : thrift.struct
}
