import type { ColumnType, Field } from '@headrace/runtime/sdk'
import { type FlatField, type FlatObject, writeFlatBuffer } from './flatbuffer.ts'

/**
 * The value of `ARROW:schema` in a file's footer: a schema message of Arrow's IPC format (format/Schema.fbs and
 * Message.fbs) in base64. It keeps what Parquet's own types cannot say: vectors, and the names of time zones.
 */
export function arrowSchemaText(fields: readonly Field[]): string {
  const schema: FlatObject = { table: [i16(0), { vector: fields.map(fieldOf) }] }
  const schemaHeader = 1
  const version5 = 4
  const message = writeFlatBuffer({ table: [i16(version5), u8(schemaHeader), schema, { bytes: 8, value: 0 }] })
  const head = Int32Array.of(-1, message.length)
  return Buffer.concat([new Uint8Array(head.buffer), message]).toString('base64')
}

const u8 = (value: number): FlatField => ({ bytes: 1, value })
const i16 = (value: number): FlatField => ({ bytes: 2, value })
const i32 = (value: number): FlatField => ({ bytes: 4, value })
const bool = (value: boolean): FlatField => u8(value ? 1 : 0)

function fieldOf({ name, type }: Field): FlatObject {
  const [code, about] = typeOf(type)
  const children =
    type.kind === 'struct' ? type.fields : 'item' in type ? [{ name: 'item', type: type.item } satisfies Field] : []
  return {
    table: [{ text: name }, bool(true), u8(code), { table: about }, undefined, { vector: children.map(fieldOf) }],
  }
}

const units = ['s', 'ms', 'us', 'ns']

/** The type's number in the union `Type`, and the fields of its table. */
function typeOf(type: ColumnType): readonly [code: number, about: readonly FlatField[]] {
  switch (type.kind) {
    case 'null':
      return [1, []]
    case 'int':
      return [2, [i32(type.bits), bool(type.signed)]]
    case 'float':
      return [3, [i16([16, 32, 64].indexOf(type.bits))]]
    case 'binary':
      return [4, []]
    case 'string':
      return [5, []]
    case 'bool':
      return [6, []]
    case 'decimal':
      return [7, [i32(type.precision), i32(type.scale), i32(128)]]
    case 'date':
      return [8, [i16(0)]]
    case 'time':
      return [9, [i16(units.indexOf('us')), i32(64)]]
    case 'timestamp': {
      const unit = i16(units.indexOf(type.unit))
      return [10, type.zone === null ? [unit] : [unit, { text: type.zone }]]
    }
    case 'list':
      return [12, []]
    case 'struct':
      return [13, []]
    case 'fixed':
      return [16, [i32(type.size)]]
  }
}
