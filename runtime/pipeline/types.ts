/** The type of a column. One table (`arrow/`, and each format's reader) maps every foreign type to one of these. */
export type ColumnType =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'string' }
  | { readonly kind: 'binary' }
  /** Days since 1970-01-01. */
  | { readonly kind: 'date' }
  /** Microseconds since midnight. */
  | { readonly kind: 'time' }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly zone: string | null }
  | { readonly kind: 'list'; readonly item: ColumnType }
  | { readonly kind: 'fixed'; readonly item: ColumnType; readonly size: number }
  | { readonly kind: 'struct'; readonly fields: readonly Field[] }

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

/** A named column of a schema. Every column may hold nulls. */
export interface Field {
  readonly name: string
  readonly type: ColumnType
}

/** The types by their short names, as settings and messages write them. */
export const types = {
  null: { kind: 'null' },
  bool: { kind: 'bool' },
  int8: { kind: 'int', bits: 8, signed: true },
  int16: { kind: 'int', bits: 16, signed: true },
  int32: { kind: 'int', bits: 32, signed: true },
  int64: { kind: 'int', bits: 64, signed: true },
  uint8: { kind: 'int', bits: 8, signed: false },
  uint16: { kind: 'int', bits: 16, signed: false },
  uint32: { kind: 'int', bits: 32, signed: false },
  uint64: { kind: 'int', bits: 64, signed: false },
  float16: { kind: 'float', bits: 16 },
  float32: { kind: 'float', bits: 32 },
  float64: { kind: 'float', bits: 64 },
  string: { kind: 'string' },
  binary: { kind: 'binary' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  timestamp: { kind: 'timestamp', unit: 'us', zone: null },
} as const satisfies Record<string, ColumnType>

export const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale })
export const timestamp = (unit: TimeUnit = 'us', zone: string | null = null): ColumnType => ({
  kind: 'timestamp',
  unit,
  zone,
})
export const list = (item: ColumnType): ColumnType => ({ kind: 'list', item })
export const fixed = (item: ColumnType, size: number): ColumnType => ({ kind: 'fixed', item, size })
export const struct = (fields: readonly Field[]): ColumnType => ({ kind: 'struct', fields })

/** The type as people write it: `int64`, `decimal(10, 2)`, `list<string>`, `float32[384]`, `struct<a: int64>`. */
export function typeName(type: ColumnType): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 'int' : 'uint'}${type.bits}`
    case 'float':
      return `float${type.bits}`
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`
    case 'timestamp':
      if (type.zone) return `timestamp(${type.unit}, ${type.zone})`
      return type.unit === 'us' ? 'timestamp' : `timestamp(${type.unit})`
    case 'list':
      return `list<${typeName(type.item)}>`
    case 'fixed':
      return `${typeName(type.item)}[${type.size}]`
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${typeName(field.type)}`).join(', ')}>`
    default:
      return type.kind
  }
}

/** Reads a type as `typeName` writes it; null where the text names none. */
export function parseType(text: string): ColumnType | null {
  const reader = { text, at: 0 }
  const type = readType(reader)
  skipBlanks(reader)
  return type && reader.at === text.length ? type : null
}

export const sameType = (a: ColumnType, b: ColumnType): boolean => a === b || typeName(a) === typeName(b)
export const isNumeric = (type: ColumnType): boolean =>
  type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal'

interface Reader {
  readonly text: string
  at: number
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at++
}

function take(reader: Reader, pattern: RegExp): string | null {
  skipBlanks(reader)
  const found = new RegExp(pattern.source, 'y')
  found.lastIndex = reader.at
  const match = found.exec(reader.text)
  if (!match) return null
  reader.at += match[0].length
  return match[0]
}

function readType(reader: Reader): ColumnType | null {
  const word = take(reader, /[a-z]+[0-9]*/)
  if (!word) return null
  let type = readNamed(reader, word)
  while (type && take(reader, /\[/)) {
    const size = take(reader, /[0-9]+/)
    if (!size || !take(reader, /\]/)) return null
    type = fixed(type, Number(size))
  }
  return type
}

function readNamed(reader: Reader, word: string): ColumnType | null {
  if (word === 'decimal') {
    const parts = take(reader, /\( *[0-9]+ *, *-?[0-9]+ *\)/)?.match(/-?[0-9]+/g)
    return parts ? decimal(Number(parts[0]), Number(parts[1])) : null
  }
  if (word === 'timestamp') {
    const parts = take(reader, /\([^)]*\)/)
    if (!parts) return types.timestamp
    const [unit = '', zone = null] = parts
      .slice(1, -1)
      .split(',')
      .map((part) => part.trim())
    return unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns' ? timestamp(unit, zone) : null
  }
  if (word === 'list') {
    const item = take(reader, /</) ? readType(reader) : null
    return item && take(reader, />/) ? list(item) : null
  }
  if (word === 'struct') return readStruct(reader)
  return Object.hasOwn(types, word) ? types[word as keyof typeof types] : null
}

function readStruct(reader: Reader): ColumnType | null {
  if (!take(reader, /</)) return null
  const fields: Field[] = []
  if (take(reader, />/)) return struct(fields)
  do {
    const name = take(reader, /[^:<>,]+/)
    const type = name && take(reader, /:/) ? readType(reader) : null
    if (!name || !type) return null
    fields.push({ name: name.trim(), type })
  } while (take(reader, /,/))
  return take(reader, />/) ? struct(fields) : null
}
