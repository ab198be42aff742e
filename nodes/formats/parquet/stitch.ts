import { type Footer, footerOf } from './footer.ts'
import { numberAt, structAt, structsAt, type ThriftStruct, type ThriftValue, thrift, writeThrift } from './thrift.ts'

/** The row groups of a file as they will be in another: the bytes to copy, and their entries for its footer. */
export interface Moved {
  /** Bytes of the file, half open; they are to be copied to `position`. */
  readonly start: number
  readonly end: number
  readonly groups: readonly ThriftStruct[]
}

/** A row group whose bytes are for a place in a file. */
export interface Group {
  readonly bytes: Uint8Array
  /** Its entry in the footer, encoded, and the footer's message without row groups. */
  readonly entry: Uint8Array
  readonly head: ThriftStruct
}

/** The only row group of a file in memory, as number `ordinal` of another, at byte `position` there. */
export function groupOf(file: Uint8Array, position: number, ordinal: number): Group {
  const footer = footerOf(file, 'group')
  const { start, end, groups } = moveGroups(footer, position, ordinal, null)
  return {
    bytes: file.subarray(start, end),
    entry: writeThrift(groups[0] as ThriftStruct),
    head: headOf(footer),
  }
}

export const magic: Uint8Array = Buffer.from('PAR1')

/**
 * Moves a file's row groups to byte `position` of another, where they are the groups from number `first` on. Page indexes
 * and bloom filters stay behind: their offsets lie in pages of their own. `paths` renames the columns inside lists.
 */
export function moveGroups(
  footer: Footer,
  position: number,
  first: number,
  paths: readonly (readonly string[])[] | null,
): Moved {
  const groups = structsAt(footer.message, 4)
  const ranges = groups.flatMap((group) => structsAt(group, 1)).map(chunkRange)
  const start = ranges.reduce((least, range) => Math.min(least, range.start), footer.start)
  const end = ranges.reduce((most, range) => Math.max(most, range.end), start)
  const shift = position - start
  return {
    start,
    end,
    groups: groups.map((group, i) => moveGroup(group, shift, first + i, paths)),
  }
}

/** The bytes of a footer with its length and magic: `head` with these row groups, whose encoded entries are given. */
export function footerBytes(
  head: ThriftStruct,
  groups: { readonly rows: number; readonly count: number; readonly bytes: Uint8Array },
): Uint8Array {
  const message: ThriftStruct = new Map(head)
  message.set(3, { type: thrift.i64, value: groups.rows })
  message.set(4, { type: thrift.list, value: { item: thrift.struct, values: [], encoded: groups } })
  const bytes = writeThrift(message)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length, true)
  return Buffer.concat([bytes, length, magic])
}

/** A footer's message without its row groups. */
export function headOf(footer: Footer): ThriftStruct {
  const head: ThriftStruct = new Map(footer.message)
  head.delete(4)
  return head
}

/** A row group's ordinal has 16 bits and is optional. */
export const mostOrdinals: number = 1 << 15

function chunkRange(chunk: ThriftStruct): { start: number; end: number } {
  const meta = structAt(chunk, 3)
  if (!meta) throw new RangeError('a column chunk has no metadata')
  const data = numberAt(meta, 9) ?? 0
  const dictionary = numberAt(meta, 11)
  // Some writers say 0 where there is no dictionary page.
  const start = dictionary ? Math.min(dictionary, data) : data
  return { start, end: start + (numberAt(meta, 7) ?? 0) }
}

function moveGroup(
  group: ThriftStruct,
  shift: number,
  ordinal: number,
  paths: readonly (readonly string[])[] | null,
): ThriftStruct {
  const moved: ThriftStruct = new Map(group)
  const columns = structsAt(group, 1).map((chunk, i) => moveChunk(chunk, shift, paths?.[i] ?? null))
  moved.set(1, { type: thrift.list, value: { item: thrift.struct, values: columns } })
  shiftField(moved, 5, shift)
  if (ordinal < mostOrdinals) moved.set(7, { type: thrift.i16, value: ordinal })
  else moved.delete(7)
  return moved
}

function moveChunk(chunk: ThriftStruct, shift: number, path: readonly string[] | null): ThriftStruct {
  const moved: ThriftStruct = new Map(chunk)
  for (const id of [4, 5, 6, 7]) moved.delete(id)
  shiftField(moved, 2, shift)
  const meta: ThriftStruct = new Map(structAt(chunk, 3))
  for (const id of [9, 10, 11]) shiftField(meta, id, shift)
  for (const id of [14, 15]) meta.delete(id)
  if (path) {
    const values: ThriftValue[] = path.map((name) => Buffer.from(name))
    meta.set(3, { type: thrift.list, value: { item: thrift.binary, values } })
  }
  moved.set(3, { type: thrift.struct, value: meta })
  return moved
}

/** Moves an offset; one that is 0 means that there is none. */
function shiftField(struct: ThriftStruct, id: number, shift: number): void {
  const value = numberAt(struct, id)
  if (value) struct.set(id, { type: thrift.i64, value: value + shift })
}
