import type { Batch, Field } from '@headrace/runtime/sdk'
import type { Codec, Encoder } from '../encode.ts'
import { footerBytes, magic, mostOrdinals } from '../stitch.ts'
import { type ThriftStruct, writeThrift } from '../thrift.ts'
import { arrowSchemaText } from './arrow-schema.ts'
import { encodeChunk } from './chunk.ts'
import type { OwnCodec } from './compress.ts'
import { openGathered } from './gathered.ts'
import { leafOf, schemaElements } from './physical.ts'
import { leaveSpare, Room, takeSpare } from './room.ts'
import { i16, i32, i64, struct, structOf, structs, text } from './thrift-values.ts'

/** Whether `openOwnEncoder` can write these columns: flat ones and lists of such, with a codec that Node has. */
export function canWrite(fields: readonly Field[], codec: Codec): codec is OwnCodec {
  return codec !== 'snappy' && codec !== 'lz4' && fields.every(({ type }) => leafOf(type) !== null)
}

/**
 * Opens an encoder that makes pages from the columns' bytes, without other packages. `written`: the fields with the types
 * that the file has.
 */
export function openOwnEncoder(
  fields: readonly Field[],
  written: readonly Field[],
  codec: OwnCodec,
  room: 'much' | 'little',
): Encoder {
  const columns = fields.map(({ type }) => openGathered(type))
  /** The pages of the last row group. */
  const pages = new Room()
  const rooms = [...columns.flatMap((column) => column.rooms), pages]
  if (room === 'much') takeSpare(rooms)
  const head = headOf(written)
  let rows = 0

  /** The pages, for byte `position` of a file, and the row group's entry in its footer; the next group destroys the pages. */
  function encodeGroup(position: number, ordinal: number): { bytes: Uint8Array; entry: Uint8Array } {
    let at = position
    let raw = 0
    pages.clear()
    const chunks = columns.map((column, i) => {
      const chunk = encodeChunk(fields[i] as Field, column, codec, pages)
      const meta = chunk.meta(at)
      at += chunk.bytes
      raw += chunk.rawBytes
      return structOf({ 2: i64(0), 3: struct(meta) })
    })
    const group = structOf({
      1: structs(chunks),
      2: i64(raw),
      3: i64(rows),
      5: i64(position),
      6: i64(at - position),
      7: ordinal < mostOrdinals ? i16(ordinal) : undefined,
    })
    rows = 0
    for (const column of columns) column.clear()
    return { bytes: pages.bytes.subarray(0, pages.length), entry: writeThrift(group) }
  }

  return {
    add(batch: Batch) {
      for (const [i, column] of columns.entries()) column.add(batch, i)
      rows += batch.rows
    },
    rows: () => rows,
    bytes: () => columns.reduce((sum, column) => sum + column.bytes(), 0),
    finish() {
      const written = rows
      const nothing = new Uint8Array(0)
      const { bytes, entry } = rows > 0 ? encodeGroup(magic.length, 0) : { bytes: nothing, entry: nothing }
      const footer = footerBytes(head, { rows: written, count: written ? 1 : 0, bytes: entry })
      return Buffer.concat([magic, bytes, footer])
    },
    group(position, ordinal) {
      return { ...encodeGroup(position, ordinal), head }
    },
    close() {
      if (room === 'much') leaveSpare(rooms)
    },
  }
}

/** A footer's message without row groups: the schema, and who wrote it. */
function headOf(fields: readonly Field[]): ThriftStruct {
  // As arrow-rs names the row.
  const root = structOf({ 4: text('arrow_schema'), 5: i32(fields.length) })
  const orders = fields.map(() => structOf({ 1: struct(structOf({})) }))
  return structOf({
    1: i32(1),
    2: structs([root, ...fields.flatMap(schemaElements)]),
    5: structs([structOf({ 1: text('ARROW:schema'), 2: text(arrowSchemaText(fields)) })]),
    6: text('headrace version 1'),
    7: structs(orders),
  })
}
