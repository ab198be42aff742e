import { createHash, type Hash } from 'node:crypto'
import type { Data, DataType, Table } from 'apache-arrow'

/**
 * A hash of a table's values that does not depend on how it is cut into record batches, nor on bytes under nulls:
 * rows that were added are known again when they are read back.
 */
export function digestOf(table: Table): string {
  const whole = createHash('sha256')
  table.schema.fields.forEach((field, i) => {
    const column = columnHash(field.type)
    for (const batch of table.batches) {
      const data = batch.data.children[i] as Data
      column.add(data, 0, batch.numRows, null)
    }
    column.end(whole)
  })
  return whole.digest('hex')
}

/** One byte a row, 1 = counts; null where all rows do. */
type Mask = Uint8Array | null

interface ColumnHash {
  readonly add: (data: Data, start: number, end: number, mask: Mask) => void
  readonly end: (whole: Hash) => void
}

/** Nulls, lengths and values go to hashes of their own, so that cuts between batches leave no trace. */
function columnHash(type: DataType): ColumnHash {
  const nulls = createHash('sha256')
  const lengths = createHash('sha256')
  const values = createHash('sha256')
  const children = (type.children ?? []).map((field) => columnHash(field.type))
  return {
    add(data, start, end, mask) {
      const valid = validRows(data, start, end, mask)
      nulls.update(valid ?? new Uint8Array(end - start).fill(1))
      if (data.valueOffsets && data.typeId !== 16) addVariable(data, start, end, valid)
      else if (data.children.length) addChildren(data, start, end, valid)
      else if (data.values) values.update(fixedBytes(data, start, end, valid))
    },
    end(whole) {
      for (const hash of [nulls, lengths, values]) whole.update(hash.digest())
      for (const child of children) child.end(whole)
    },
  }

  function addVariable(data: Data, start: number, end: number, valid: Mask) {
    const offsets = data.valueOffsets as Int32Array
    const sizes = new Int32Array(end - start)
    const add = (from: number, to: number) => {
      if (data.children[0]) children[0]?.add(data.children[0], from, to, null)
      else values.update((data.values as Uint8Array).subarray(from, to))
    }
    for (let row = start; row < end; row++) {
      if (valid && !valid[row - start]) continue
      sizes[row - start] = (offsets[row + 1] as number) - (offsets[row] as number)
      if (valid) add(offsets[row] as number, offsets[row + 1] as number)
    }
    if (!valid) add(offsets[start] as number, offsets[end] as number)
    lengths.update(sizes)
  }

  function addChildren(data: Data, start: number, end: number, valid: Mask) {
    // A cast: only a fixed-size list has a `listSize`; a struct's children have a row for each of its rows.
    const size = (data.type as { listSize?: number }).listSize ?? 1
    const inner = valid && spread(valid, size)
    data.children.forEach((child, i) => {
      children[i]?.add(child, start * size, end * size, inner)
    })
  }
}

function validRows(data: Data, start: number, end: number, mask: Mask): Mask {
  if (data.nullCount === 0) return mask
  const valid = new Uint8Array(end - start)
  const bits = data.nullBitmap as Uint8Array
  for (let i = 0; i < valid.length; i++) {
    const at = data.offset + start + i
    const set = data.typeId !== 1 && ((bits[at >> 3] as number) >> (at & 7)) % 2 === 1
    valid[i] = set && (!mask || mask[i]) ? 1 : 0
  }
  return valid
}

const spread = (mask: Uint8Array, size: number): Uint8Array =>
  new Uint8Array(mask.length * size).map((_, i) => mask[Math.floor(i / size)] as number)

/** The bytes of rows of one width, zero where null. */
function fixedBytes(data: Data, start: number, end: number, valid: Mask): Uint8Array {
  if (data.typeId === 6) return bits(data, start, end, valid)
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = data.values as Uint8Array
  // A decimal is several elements.
  const width = BYTES_PER_ELEMENT * data.stride
  const bytes = new Uint8Array(buffer, byteOffset + start * width, (end - start) * width)
  if (!valid) return bytes
  const clean = Uint8Array.from(bytes)
  for (let row = 0; row < valid.length; row++) if (!valid[row]) clean.fill(0, row * width, (row + 1) * width)
  return clean
}

function bits(data: Data, start: number, end: number, valid: Mask): Uint8Array {
  const bytes = data.values as Uint8Array
  return new Uint8Array(end - start).map((_, i) => {
    const at = data.offset + start + i
    return valid && !valid[i] ? 0 : ((bytes[at >> 3] as number) >> (at & 7)) & 1
  })
}
