import { type ArrowArray, type ArrowType, viewAs } from '@headrace/runtime/arrowlayout'

type Of<K extends ArrowType['kind']> = Extract<ArrowType, { kind: K }>
/** An array of a type, for what this type alone has. */
type ArrayOf<K extends ArrowType['kind']> = ArrowArray & { readonly type: Of<K> }

/**
 * Throws a RangeError where an array points out of its buffers: whatever a file says, a column never looks at bytes that
 * are not its own. One pass over offsets and indexes.
 */
export function mustBeSound(array: ArrowArray): void {
  const { type, length } = array
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`an array of ${length} rows cannot be`)
  if (array.validity) mustHold(array.validity, Math.ceil(length / 8), 'nulls')
  for (const child of array.children) mustBeSound(child)
  // By the kind, so that each check sees its own type.
  const check = checks[type.kind] as ((array: ArrowArray) => void) | undefined
  if (check) check(array)
  else mustHold(array.values, Math.ceil(length * bytesPerRow(type)), type.kind)
}

const checks: { readonly [K in ArrowType['kind']]?: (array: ArrayOf<K>) => void } = {
  null: () => {},
  bytes: (array) => (array.type.layout === 'view' ? textViews(array) : offsets(array, array.values?.byteLength ?? 0)),
  list: (array) =>
    array.type.layout === 'view' || array.type.layout === 'largeView'
      ? listViews(array)
      : offsets(array, array.children[0]?.length ?? 0),
  struct: ({ type, length, children }) => {
    if (children.length !== type.fields.length) throw new RangeError('a struct has not all of its fields')
    for (const child of children) mustReach(child.length, length, 'a struct')
  },
  fixedList: ({ type, length, children }) => mustReach(children[0]?.length ?? 0, length * type.size, 'a list'),
  dictionary: (array) => {
    for (const part of array.dictionary ?? []) mustBeSound(part)
    const size = (array.dictionary ?? []).reduce((sum, part) => sum + part.length, 0)
    const indexes = integers(array.type.index, array.values, array.length)
    for (let row = 0; row < array.length; row++) {
      const index = Number(indexes[row])
      if ((index < 0 || index >= size) && isValidAt(array, row))
        throw new RangeError(`row ${row} has the word ${index} of a dictionary of ${size}`)
    }
  },
  runs: ({ type, length, children: [ends, values] }) => {
    if (!ends || !values) throw new RangeError('runs have no ends')
    const numbers = integers(type.ends, ends.values, ends.length)
    let last = 0
    for (let run = 0; run < ends.length; run++) {
      const end = Number(numbers[run])
      if (end <= last) throw new RangeError(`run ${run} ends at row ${end}, the one before it at ${last}`)
      last = end
    }
    mustReach(last, length, 'the last run')
    mustReach(values.length, ends.length, 'the values of runs')
  },
  union: ({ type, length, typeIds, offsets: places, children }) => {
    mustHold(typeIds ?? null, length, 'union')
    if (type.dense) mustHold(places, length * 4, 'union')
    const at = type.dense ? viewAs(Int32Array, places, length) : null
    for (let row = 0; row < length; row++) {
      const child = children[type.ids.indexOf(typeIds?.[row] as number)]
      const place = at ? (at[row] as number) : row
      if (!child || place < 0 || place >= child.length) throw new RangeError(`row ${row} of a union is nowhere`)
    }
  },
}

function offsets(array: ArrayOf<'bytes'> | ArrayOf<'list'>, end: number): void {
  const { type, length } = array
  // An array without rows may come without its one offset.
  if (length === 0) return
  const wide = type.layout === 'large'
  mustHold(array.offsets, (length + 1) * (wide ? 8 : 4), 'offsets')
  const places = wide ? viewAs(BigInt64Array, array.offsets, length + 1) : viewAs(Int32Array, array.offsets, length + 1)
  let last = Number(places[0])
  if (last < 0) throw new RangeError(`row 0 begins at ${last}`)
  for (let row = 1; row <= length; row++) {
    const place = Number(places[row])
    if (place < last) throw new RangeError(`row ${row - 1} ends at ${place}, before it begins at ${last}`)
    last = place
  }
  if (last > end) throw new RangeError(`row ${length - 1} ends at ${last}, its values at ${end}`)
}

/** Views are 16 bytes: the length, then up to 12 bytes in place, or a prefix, a buffer's number and an offset. */
function textViews(array: ArrayOf<'bytes'>): void {
  const { length, views = [] } = array
  mustHold(array.values, length * 16, 'views')
  const words = viewAs(Int32Array, array.values, length * 4)
  for (let row = 0; row < length; row++) {
    const size = words[row * 4] as number
    if ((size >= 0 && size <= 12) || !isValidAt(array, row)) continue
    const buffer = views[words[row * 4 + 2] as number]
    const start = words[row * 4 + 3] as number
    if (size < 0 || !buffer || start < 0 || start + size > buffer.byteLength)
      throw new RangeError(`row ${row} views ${size} bytes where there are none`)
  }
}

function listViews(array: ArrayOf<'list'>): void {
  const { type, length } = array
  const wide = type.layout === 'largeView'
  const end = array.children[0]?.length ?? 0
  mustHold(array.offsets, length * (wide ? 8 : 4), 'offsets')
  mustHold(array.sizes ?? null, length * (wide ? 8 : 4), 'sizes')
  const view = (from: ArrowArray['offsets']) =>
    wide ? viewAs(BigInt64Array, from, length) : viewAs(Int32Array, from, length)
  const starts = view(array.offsets)
  const sizes = view(array.sizes ?? null)
  for (let row = 0; row < length; row++) {
    if (!isValidAt(array, row)) continue
    const [start, size] = [Number(starts[row]), Number(sizes[row])]
    if (start < 0 || size < 0 || start + size > end)
      throw new RangeError(`row ${row} views items ${start} to ${start + size} of ${end}`)
  }
}

/** Bytes of a row of the types that have one buffer of values. */
function bytesPerRow(type: ArrowType): number {
  switch (type.kind) {
    case 'bool':
      return 1 / 8
    case 'int':
    case 'float':
    case 'decimal':
      return type.bits / 8
    case 'fixedBytes':
      return type.size
    case 'date':
      return type.unit === 'day' ? 4 : 8
    case 'time':
      return type.unit === 's' || type.unit === 'ms' ? 4 : 8
    case 'interval':
      return { months: 4, days: 8, nanos: 16 }[type.unit]
    default:
      return 8
  }
}

function integers(type: ArrowType, from: ArrowArray['values'], length: number) {
  if (type.kind !== 'int') throw new RangeError(`a place is written as ${type.kind}`)
  mustHold(from, (length * type.bits) / 8, 'places')
  const signed = { 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array } as const
  const unsigned = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const
  return viewAs((type.signed ? signed : unsigned)[type.bits] as typeof Int32Array, from, length)
}

const isValidAt = ({ validity }: ArrowArray, row: number): boolean =>
  !validity || ((validity[row >> 3] as number) & (1 << (row & 7))) !== 0

function mustHold(buffer: ArrowArray['values'], bytes: number, what: string): void {
  const there = buffer?.byteLength ?? 0
  if (there < bytes) throw new RangeError(`a buffer of ${what} has ${there} bytes of ${bytes}`)
}

function mustReach(there: number, needed: number, what: string): void {
  if (there < needed) throw new RangeError(`${what} has ${there} rows of ${needed}`)
}
