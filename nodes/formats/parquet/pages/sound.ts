import { readValue } from '../thrift.ts'
import { openReader, passValue, type Reader, readField, readListHead, thrift } from '../thriftreader.ts'

/** A type: a code of the compact protocol, a struct, a list of one of these, or an enumeration. */
type Kind = number | Form | readonly [Kind] | Choice

/** A number of 32 bits that is none of 0 to `most` is refused as well. */
interface Choice {
  readonly most: number
}

/** The fields of a struct, by their numbers; a bit for each that must be there. */
interface Form {
  readonly kinds: readonly (Kind | undefined)[]
  readonly needed: number
}

type Kinds = Readonly<Record<number, Kind>>

function form(needed: Kinds, others: Kinds = {}): Form {
  const kinds = Array.from({ length: 17 }, (_, id) => needed[id] ?? others[id])
  return { kinds, needed: Object.keys(needed).reduce((bits, id) => bits | (1 << Number(id)), 0) }
}

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
 * Whether a footer's message has all that parquet.thrift requires, in the types that it says: readers by generated code,
 * as DuckDB's, refuse others, where ours looks at what it needs. Looks at the bytes as they lie, which `readThrift` has
 * found to be a struct.
 */
export const isSound = (message: Uint8Array): boolean => isStruct(openReader(message), fileMetaData)

function isStruct(reader: Reader, { kinds, needed }: Form): boolean {
  let there = 0
  let before = 0
  for (let field = readField(reader, before); field; field = readField(reader, before)) {
    const { id, type } = field
    const kind = kinds[id]
    before = id
    if (kind === undefined) passValue(reader, type, 0)
    else {
      // A bool's code is its value.
      if (codeOf(kind) !== (type === thrift.false ? bool : type) || !isValue(reader, type, kind)) return false
      there |= 1 << id
    }
  }
  return (there & needed) === needed
}

function isValue(reader: Reader, type: number, kind: Kind): boolean {
  if (typeof kind === 'number') {
    passValue(reader, type, 0)
    return true
  }
  if ('most' in kind) {
    const value = readValue(reader, type, 0)
    return typeof value === 'number' && value >= 0 && value <= kind.most
  }
  return isList(kind) ? isListOf(reader, kind[0]) : isStruct(reader, kind)
}

function isListOf(reader: Reader, kind: Kind): boolean {
  const { item, length } = readListHead(reader)
  if (length > 0 && item !== codeOf(kind)) return false
  for (let i = 0; i < length; i++) if (!isValue(reader, item, kind)) return false
  return true
}

const isList = (kind: Kind): kind is readonly [Kind] => Array.isArray(kind)

function codeOf(kind: Kind): number {
  if (typeof kind === 'number') return kind
  if ('most' in kind) return i32
  return isList(kind) ? thrift.list : thrift.struct
}
