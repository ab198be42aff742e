import type { ArrowField, ArrowType } from '@headrace/runtime/arrowlayout'
import { HeadraceError, type TimeUnit } from '@headrace/runtime/sdk'
import type { Table } from './flatbuffer.ts'

/** A field as an IPC schema has it (format/Schema.fbs): its buffers come in this order. */
export interface IpcField extends ArrowField {
  /** The fields of the value: of a dictionary those of its values. */
  readonly children: readonly IpcField[]
  /** The dictionary's number, where the values stand in one. */
  readonly dictionary: number | null
}

/** The fields of a schema message. */
export function readSchema(schema: Table): IpcField[] {
  if (schema.short(0) !== 0) {
    throw new HeadraceError('unsupported', 'its numbers are big-endian, which no machine of today writes by itself.', {
      hint: 'Write the file again on a little-endian machine.',
    })
  }
  return schema.tables(1).map(readField)
}

function readField(field: Table): IpcField {
  const children = field.tables(5).map(readField)
  const values = readType(field.byte(2), field.table(3), children)
  const dictionary = field.table(4)
  const name = field.text(0) ?? ''
  if (!dictionary) return { name, type: values, children, dictionary: null }
  const index = dictionary.table(1)
  const type: ArrowType = { kind: 'dictionary', index: index ? integer(index) : integerOf(32, true), values }
  return { name, type, children, dictionary: dictionary.long(0) }
}

const integerOf = (bits: number, signed: boolean): ArrowType => ({
  kind: 'int',
  bits: bits as 8 | 16 | 32 | 64,
  signed,
})
const integer = (type: Table): ArrowType => integerOf(type.int(0), type.bool(1))
const units: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns']
const unitOf = (type: Table, missing: number): TimeUnit => units[type.short(0, missing)] as TimeUnit

/** The union `Type` of Schema.fbs, by its numbers. */
function readType(code: number, type: Table | null, children: readonly IpcField[]): ArrowType {
  const item = children[0]?.type ?? { kind: 'null' }
  const about = type as Table
  switch (code) {
    case 1:
      return { kind: 'null' }
    case 2:
      return integer(about)
    case 3:
      return { kind: 'float', bits: ([16, 32, 64] as const)[about.short(0)] as 16 | 32 | 64 }
    case 4:
    case 5:
      return { kind: 'bytes', text: code === 5, layout: 'offsets' }
    case 6:
      return { kind: 'bool' }
    case 7:
      return { kind: 'decimal', precision: about.int(0), scale: about.int(1), bits: about.int(2, 128) }
    case 8:
      return { kind: 'date', unit: about.short(0, 1) === 0 ? 'day' : 'ms' }
    case 9:
      return { kind: 'time', unit: unitOf(about, 1) }
    case 10:
      return { kind: 'timestamp', unit: unitOf(about, 0), zone: about.text(1) || null }
    case 11:
      return { kind: 'interval', unit: (['months', 'days', 'nanos'] as const)[about.short(0)] ?? 'nanos' }
    case 12:
    case 17:
      return { kind: 'list', item, layout: 'offsets' }
    case 13:
      return { kind: 'struct', fields: children }
    case 14: {
      const ids = about.ints(1)
      return {
        kind: 'union',
        dense: about.short(0) === 1,
        ids: ids.length ? ids : children.map((_, i) => i),
        fields: children,
      }
    }
    case 15:
      return { kind: 'fixedBytes', size: about.int(0) }
    case 16:
      return { kind: 'fixedList', item, size: about.int(0) }
    case 18:
      return { kind: 'duration', unit: unitOf(about, 1) }
    case 19:
    case 20:
      return { kind: 'bytes', text: code === 20, layout: 'large' }
    case 21:
      return { kind: 'list', item, layout: 'large' }
    case 22:
      return { kind: 'runs', ends: item, values: children[1]?.type ?? { kind: 'null' } }
    case 23:
    case 24:
      return { kind: 'bytes', text: code === 24, layout: 'view' }
    case 25:
      return { kind: 'list', item, layout: 'view' }
    case 26:
      return { kind: 'list', item, layout: 'largeView' }
    default:
      throw new HeadraceError('unsupported', `it has a type that Arrow's format did not know yet (number ${code}).`)
  }
}
