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
  return schema.tables(1).map((field) => readField(field, 1))
}

/** Nobody nests deeper; a file whose fields lead back to themselves would never end. */
const mostLevels = 100

function readField(field: Table, level: number): IpcField {
  if (level > mostLevels) throw new RangeError(`its columns are nested more than ${mostLevels} levels deep`)
  const children = field.tables(5).map((child) => readField(child, level + 1))
  const values = readType(field.byte(2), field.table(3), children)
  const dictionary = field.table(4)
  const name = field.text(0) ?? ''
  if (!dictionary) return { name, type: values, children, dictionary: null }
  const index = dictionary.table(1)
  const type: ArrowType = { kind: 'dictionary', index: index ? integer(index) : integerOf(32, true), values }
  return { name, type, children, dictionary: dictionary.long(0) }
}

function integerOf(bits: number, signed: boolean): ArrowType {
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) throw new RangeError(`it has integers of ${bits} bits`)
  return { kind: 'int', bits, signed }
}
const integer = (type: Table): ArrowType => integerOf(type.int(0), type.bool(1))
const units: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns']
const unitOf = (type: Table, missing: number): TimeUnit => known(units, type.short(0, missing), 'unit of time')

/** One of the format's choices by its number. */
function known<T>(choices: readonly T[], number: number, what: string): T {
  const choice = choices[number]
  if (choice === undefined) throw new RangeError(`it has a ${what} that there is not (number ${number})`)
  return choice
}

function decimalOf(precision: number, scale: number, bits: number): ArrowType {
  const whole = (bits === 32 || bits === 64 || bits === 128 || bits === 256) && precision >= 1 && precision <= 76
  if (!whole || scale < -76 || scale > 76)
    throw new RangeError(`it has decimals (${precision}, ${scale}) of ${bits} bits`)
  return { kind: 'decimal', precision, scale, bits }
}

function sizeOf(type: Table): number {
  const size = type.int(0)
  if (size < 0) throw new RangeError(`it has values of ${size} parts`)
  return size
}

/** Types whose number says all. */
const bare: ReadonlySet<number> = new Set([1, 4, 5, 6, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26])

/** The union `Type` of Schema.fbs, by its numbers. */
function readType(code: number, type: Table | null, children: readonly IpcField[]): ArrowType {
  const item = children[0]?.type ?? { kind: 'null' }
  // Only some types say more; one that should and does not has nothing to be read from.
  if (!type && !bare.has(code)) throw new RangeError(`a type (number ${code}) is not described`)
  const about = type as Table
  switch (code) {
    case 1:
      return { kind: 'null' }
    case 2:
      return integer(about)
    case 3:
      return { kind: 'float', bits: known([16, 32, 64] as const, about.short(0), 'width of floats') }
    case 4:
    case 5:
      return { kind: 'bytes', text: code === 5, layout: 'offsets' }
    case 6:
      return { kind: 'bool' }
    case 7:
      return decimalOf(about.int(0), about.int(1), about.int(2, 128))
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
      return { kind: 'fixedBytes', size: sizeOf(about) }
    case 16:
      return { kind: 'fixedList', item, size: sizeOf(about) }
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
