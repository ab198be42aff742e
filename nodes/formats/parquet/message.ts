import { readValue, type ThriftStruct, type ThriftValue } from './thrift.ts'
import { openReader, passValue, type Reader, readField, readListHead, set, thrift } from './thriftreader.ts'

/** A row group of a footer's message: its numbers, and where in the message each of its columns' structs begins. */
export interface GroupPlaces {
  /** Not a number where it does not say. */
  readonly rows: number
  readonly bytes: number
  readonly chunks: readonly number[]
}

/**
 * Reads a footer's message (parquet.thrift, FileMetaData) but for its row groups, whose columns are passed by: a file has
 * thousands of them, and a reader looks at a few. Throws a RangeError where `readThrift` would.
 */
export function readMessage(bytes: Uint8Array): { readonly about: ThriftStruct; readonly groups: GroupPlaces[] } {
  const about: ThriftStruct = new Map()
  let groups: GroupPlaces[] = []
  eachField(openReader(bytes), (reader, id, type) => {
    // A field that comes twice counts as it comes last.
    if (id === 4 && isList(type)) {
      groups = groupsAt(reader)
      about.delete(id)
    } else {
      if (id === 4) groups = []
      about.set(id, { type, value: valueAt(reader, type, 0) })
    }
  })
  return { about, groups }
}

const isList = (type: number): boolean => type === thrift.list || type === set

function eachField(reader: Reader, visit: (reader: Reader, id: number, type: number) => void): void {
  let before = 0
  for (let field = readField(reader, before); field; field = readField(reader, before)) {
    visit(reader, field.id, field.type)
    before = field.id
  }
}

/** A field's value, whose bool is its type's code. */
function valueAt(reader: Reader, type: number, depth: number): ThriftValue {
  if (type === thrift.true || type === thrift.false) return type === thrift.true
  return readValue(reader, type, depth)
}

function groupsAt(reader: Reader): GroupPlaces[] {
  const { item, length } = readListHead(reader)
  const groups: GroupPlaces[] = []
  for (let i = 0; i < length; i++) {
    if (item === thrift.struct) groups.push(groupAt(reader))
    else passValue(reader, item, 1, true)
  }
  return groups
}

/** A struct in a list of the message: two levels deep. */
function groupAt(reader: Reader): GroupPlaces {
  let [rows, bytes] = [Number.NaN, 0]
  let chunks: number[] = []
  eachField(reader, (_, id, type) => {
    if (id === 1) chunks = isList(type) ? structsAt(reader) : passed(reader, type)
    else if (id === 2) bytes = numberOf(valueAt(reader, type, 2)) ?? 0
    else if (id === 3) rows = numberOf(valueAt(reader, type, 2)) ?? Number.NaN
    else passValue(reader, type, 2)
  })
  return { rows, bytes, chunks }
}

function passed(reader: Reader, type: number): number[] {
  passValue(reader, type, 2)
  return []
}

const numberOf = (value: ThriftValue): number | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined

/** Where the structs of a list begin. */
function structsAt(reader: Reader): number[] {
  const { item, length } = readListHead(reader)
  const found: number[] = []
  for (let i = 0; i < length; i++) {
    if (item === thrift.struct) found.push(reader.at)
    passValue(reader, item, 3, true)
  }
  return found
}
