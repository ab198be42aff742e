import { type Disk, HeadraceError, realDisk } from '@headrace/runtime/sdk'
import type { Range } from '../output/disk.ts'
import { type GroupPlaces, readMessage } from './message.ts'
import { numberAt, readThrift, structAt, structsAt, type ThriftStruct, textAt } from './thrift.ts'

/** A Parquet file's footer: what the file says about itself (parquet.thrift, FileMetaData). */
export interface Footer {
  readonly rows: number
  readonly groups: readonly RowGroup[]
  /** The schema as a tree; the root is the row. */
  readonly schema: SchemaNode
  /** The message itself, with the fields that we do not know: read at the first look, as row groups of many columns take long. */
  readonly message: ThriftStruct
  /** The same without the row groups. */
  readonly about: ThriftStruct
  /** The message's bytes. */
  readonly bytes: Uint8Array
  /** Where the footer begins: the pages lie before it. */
  readonly start: number
}

/** A row group of a footer. */
export interface RowGroup {
  readonly rows: number
  readonly bytes: number
  /** Reads what it says of its column number `leaf`; undefined where there is none. */
  readonly chunk: (leaf: number) => ThriftStruct | undefined
}

/** An element of a Parquet schema with its children. */
export interface SchemaNode {
  readonly name: string
  /** BOOLEAN 0, INT32 1, INT64 2, INT96 3, FLOAT 4, DOUBLE 5, BYTE_ARRAY 6, FIXED_LEN_BYTE_ARRAY 7; undefined: a group. */
  readonly physical: number | undefined
  readonly repetition: 'required' | 'optional' | 'repeated'
  readonly element: ThriftStruct
  readonly children: readonly SchemaNode[]
}

const tailBytes = 64 << 10

/** Reads a file's footer without native code. `name` is how errors call the file; `within`: it is a part of a file. */
export async function readFooter(
  path: string,
  name = path,
  { within, disk = realDisk }: { readonly within?: Omit<Range, 'file'>; readonly disk?: Disk } = {},
): Promise<Footer> {
  const file = await disk.open(path, 'read')
  try {
    const { start: begin, end } = within ?? { start: 0, end: (await file.stat()).size }
    const size = end - begin
    const read = async (start: number) => {
      const bytes = new Uint8Array(size - start)
      return bytes.subarray(0, await file.read(bytes, begin + start))
    }
    const tail = await read(Math.max(0, size - tailBytes))
    const length = footerLength(tail, size, name)
    const from = size - 8 - length
    const bytes = from >= size - tail.length ? tail.subarray(tail.length - 8 - length) : await read(from)
    return parseFooter(bytes.subarray(0, length), from, name)
  } finally {
    await file.close()
  }
}

/** The footer of a whole file in memory. */
export function footerOf(file: Uint8Array, name: string): Footer {
  const length = footerLength(file, file.length, name)
  const start = file.length - 8 - length
  return parseFooter(file.subarray(start, start + length), start, name)
}

function footerLength(tail: Uint8Array, size: number, name: string): number {
  const magic = Buffer.from(tail.subarray(-4)).toString('latin1')
  if (magic === 'PARE') throw encrypted(name)
  if (size < 12 || magic !== 'PAR1') {
    throw corrupt(name, size < 12 ? `it has only ${size} bytes` : 'it does not end in PAR1')
  }
  const length = new DataView(tail.buffer, tail.byteOffset + tail.length - 8).getUint32(0, true)
  if (length + 12 > size) throw corrupt(name, `its footer would take ${length} of ${size} bytes`)
  return length
}

function parseFooter(bytes: Uint8Array, start: number, name: string): Footer {
  try {
    const { about, groups: places } = readMessage(bytes)
    if (about.has(8)) throw encrypted(name)
    const groups = places.map((group) => groupAt(bytes, group))
    const rows = groups.reduce((sum, group) => sum + group.rows, 0)
    const schema = schemaTree(structsAt(about, 2))
    let whole: ThriftStruct | undefined
    return {
      rows,
      groups,
      schema,
      get message() {
        return (whole ??= readThrift(bytes))
      },
      about,
      bytes,
      start,
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw corrupt(name, `its footer cannot be read, ${cause.message}`, cause)
    throw cause
  }
}

function groupAt(bytes: Uint8Array, { rows, bytes: size, chunks }: GroupPlaces): RowGroup {
  const chunk = (leaf: number) => {
    const at = chunks[leaf]
    return at === undefined ? undefined : readThrift(bytes.subarray(at))
  }
  // A column has a value for each row or more; a wild number of rows is found before it takes memory.
  const first = chunk(0)
  const values = (first && numberAt(structAt(first, 3) ?? new Map(), 5)) ?? 0
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > values) {
    throw new RangeError(`a row group has ${rows} rows of ${values} values`)
  }
  return { rows, bytes: Math.max(0, size), chunk }
}

function schemaTree(elements: readonly ThriftStruct[]): SchemaNode {
  let at = 0
  const next = (depth: number): SchemaNode => {
    const element = elements[at++]
    if (!element) throw new RangeError('its schema has fewer elements than it says')
    if (depth > 200) throw new RangeError('its schema is nested more than 200 deep')
    const count = numberAt(element, 5) ?? 0
    const children: SchemaNode[] = []
    for (let i = 0; i < count; i++) children.push(next(depth + 1))
    const physical = numberAt(element, 1)
    // A group says so by having children; an old writer gave it a type as well.
    return {
      name: textAt(element, 4) ?? '',
      physical: count > 0 ? undefined : physical,
      repetition: (['required', 'optional', 'repeated'] as const)[numberAt(element, 3) ?? 0] ?? 'required',
      element,
      children,
    }
  }
  return next(0)
}

/** The value that a file's footer keeps under a key, such as `ARROW:schema`. */
export function keyValue(footer: Footer, key: string): string | undefined {
  const found = structsAt(footer.about, 5).find((pair) => textAt(pair, 1) === key)
  return found && textAt(found, 2)
}

/** The id of an element's logical type in parquet.thrift's union, and its parameters. */
export function logicalType(node: SchemaNode): { id: number; of: ThriftStruct } | null {
  const [entry] = structAt(node.element, 10) ?? []
  return entry && entry[1].value instanceof Map ? { id: entry[0], of: entry[1].value } : null
}

/** The error for a file that is no whole Parquet file. */
export function corrupt(name: string, why: string, cause?: unknown): HeadraceError {
  return new HeadraceError('corrupt-file', `${name} is not a whole Parquet file: ${why}.`, {
    place: { file: name },
    hint: 'Make or copy the file again.',
    cause,
  })
}

function encrypted(name: string): HeadraceError {
  return new HeadraceError('encrypted-file', `${name} is an encrypted Parquet file.`, {
    place: { file: name },
    hint: 'Decrypt it first; encrypted Parquet is not read.',
  })
}
