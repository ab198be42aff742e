import { type Column, type ColumnType, HeadraceError, layout, type Scope, setBit } from '@headrace/runtime/sdk'
import { copyNumbers } from './numbers.ts'
import { copyTexts } from './texts.ts'
import { duckType, isSet, type Rows, unexpected, type Vector } from './vector.ts'
import { vectorItems } from './vectoritems.ts'

/** Builds a column in shared memory out of ranges of vectors, one after the other. */
export function buildColumn(scope: Scope, type: ColumnType, ranges: readonly Rows[]): Column {
  const length = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
  const { validity, nulls } = validityOf(scope, ranges, length)
  const base = { type, length, nulls, validity, offsets: null, values: null, children: [] as Column[] }
  switch (type.kind) {
    case 'null':
      return { ...base, nulls: length, validity: null }
    case 'bool':
      return { ...base, values: boolsOf(scope, ranges, length) }
    case 'string':
    case 'binary':
      return { ...base, ...copyTexts(scope, type, ranges, length) }
    case 'list':
      return { ...base, ...listOf(scope, type.item, ranges, length) }
    case 'fixed': {
      if (ranges.some(({ vector }) => vector?.id === duckType.blob)) {
        return { ...base, children: [vectorItems(scope, type, ranges, length)] }
      }
      const items = fixedItems(type.size, ranges)
      return { ...base, children: [buildColumn(scope, type.item, items)] }
    }
    case 'struct':
      return {
        ...base,
        children: type.fields.map((field, i) =>
          buildColumn(
            scope,
            field.type,
            ranges.map((rows) => ({ ...rows, vector: childOf(rows.vector, i, type) })),
          ),
        ),
      }
    default: {
      const { array, perRow } = layout(type) as NonNullable<ReturnType<typeof layout>>
      const values = scope.allocate(array, length * perRow)
      let at = 0
      for (const rows of ranges) {
        const target = values.subarray(at * perRow, (at + rows.end - rows.start) * perRow)
        if (rows.vector) copyNumbers(target, type, rows.vector, rows.start, rows.end)
        else target.fill(0 as never)
        at += rows.end - rows.start
      }
      return { ...base, values }
    }
  }
}

/** Bytes that the rows of a vector will take: what a batch is cut by. */
export function bytesOfRows(vector: Vector, start: number, end: number): number {
  const rows = end - start
  if (vector.id === duckType.varchar || vector.id === duckType.blob || vector.id === duckType.geometry) {
    const lengths = new Uint32Array(vector.data.buffer, vector.data.byteOffset, vector.length * 4)
    let bytes = rows * 4
    for (let row = start; row < end; row++) if (isSet(vector, row)) bytes += lengths[row * 4] as number
    return bytes
  }
  if (vector.id === duckType.struct) {
    return vector.children.reduce((sum, child) => sum + bytesOfRows(child, start, end), rows / 8)
  }
  if (vector.id === duckType.list || vector.id === duckType.map) {
    const items = itemRanges(vector, start, end)
    return items.reduce((sum, [from, to]) => sum + bytesOfRows(vector.children[0] as Vector, from, to), rows * 4)
  }
  return vector.length ? (vector.data.length / vector.length) * rows : 0
}

function childOf(vector: Vector | null, i: number, type: ColumnType): Vector | null {
  if (vector === null) return null
  const child = vector.id === duckType.struct ? vector.children[i] : undefined
  if (!child) throw unexpected(vector, type)
  return child
}

function validityOf(
  scope: Scope,
  ranges: readonly Rows[],
  length: number,
): { validity: Uint8Array | null; nulls: number } {
  if (ranges.every(({ vector }) => vector && vector.validity === null)) return { validity: null, nulls: 0 }
  const bits = scope.bits(length)
  let at = 0
  let valid = 0
  for (const { vector, start, end } of ranges) {
    if (vector === null) {
      at += end - start
      continue
    }
    for (let row = start; row < end; row++, at++) {
      if (!isSet(vector, row)) continue
      setBit(bits, at)
      valid++
    }
  }
  return valid === length ? { validity: null, nulls: 0 } : { validity: bits, nulls: length - valid }
}

function boolsOf(scope: Scope, ranges: readonly Rows[], length: number): Uint8Array {
  const bits = scope.bits(length)
  let at = 0
  for (const { vector, start, end } of ranges) {
    if (vector && vector.id !== duckType.bool) throw unexpected(vector, { kind: 'bool' })
    for (let row = start; row < end; row++, at++) {
      if (vector && vector.data[row] === 1 && isSet(vector, row)) setBit(bits, at)
    }
  }
  return bits
}

function listOf(scope: Scope, item: ColumnType, ranges: readonly Rows[], length: number) {
  const offsets = scope.allocate(Int32Array, length + 1)
  const items: Rows[] = []
  let row = 0
  let end = (offsets[0] = 0)
  for (const { vector, start, end: stop } of ranges) {
    if (vector && vector.id !== duckType.list && vector.id !== duckType.map) {
      throw unexpected(vector, { kind: 'list', item })
    }
    const entries = vector && entriesOf(vector)
    for (let at = start; at < stop; at++) {
      if (vector && entries && isSet(vector, at)) end += entries[at * 4 + 2] as number
      offsets[++row] = end
    }
    if (!vector) continue
    for (const [from, to] of itemRanges(vector, start, stop)) {
      items.push({ vector: vector.children[0] as Vector, start: from, end: to })
    }
  }
  return { offsets, children: [buildColumn(scope, item, items)] }
}

/** Offset and length of each row's items as four 32-bit words; a vector has fewer than 2^32 items. */
const entriesOf = ({ data, length }: Vector): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, length * 4)

/** The items of rows that are not null, in as few ranges as they lie in. */
function itemRanges(vector: Vector, start: number, end: number): [number, number][] {
  const entries = entriesOf(vector)
  const ranges: [number, number][] = []
  let last: [number, number] | undefined
  for (let row = start; row < end; row++) {
    const count = isSet(vector, row) ? (entries[row * 4 + 2] as number) : 0
    if (count === 0) continue
    const from = entries[row * 4] as number
    if (last && last[1] === from) last[1] += count
    else ranges.push((last = [from, from + count]))
  }
  return ranges
}

/** The items of lists that all have `size`; a null list stands for `size` null items. */
function fixedItems(size: number, ranges: readonly Rows[]): Rows[] {
  const items: Rows[] = []
  for (const { vector, start, end } of ranges) {
    if (!vector) {
      items.push({ vector: null, start: 0, end: (end - start) * size })
      continue
    }
    const item = vector.children[0]
    if (!item || vector.id === duckType.struct)
      throw unexpected(vector, { kind: 'fixed', item: { kind: 'null' }, size })
    const entries = vector.id === duckType.array ? null : entriesOf(vector)
    for (let row = start; row < end; row++) {
      const from = entries ? (entries[row * 4] as number) : row * size
      const last = items.at(-1)
      if (!isSet(vector, row)) items.push({ vector: null, start: 0, end: size })
      else if (entries && entries[row * 4 + 2] !== size) {
        throw new HeadraceError(
          'corrupt-file',
          `a vector has ${entries[row * 4 + 2]} numbers, its column says ${size}.`,
        )
      } else if (last?.vector === item && last.end === from) items[items.length - 1] = { ...last, end: from + size }
      else items.push({ vector: item, start: from, end: from + size })
    }
  }
  return items
}
