import { types } from '@headrace/runtime/sdk'
import { NullRows, nullColumn, nullTest, type ReadColumn } from './cells.ts'
import type { Dialect, Encoding } from './dialect.ts'
import { doubled, quoted } from './records.ts'

/** Above this, `copy` takes less than a loop (60 ns whatever the length, against 1.4 ns a byte). */
const shortText = 40

/** Reads texts into UTF-8; quoted ones are never null. */
export function stringReader(dialect: Dialect): ReadColumn {
  const table = highBytes(dialect.encoding)
  const slowly = slowReader(dialect, table)
  return (cells, place, scope, fail) => {
    const { rows, memory } = cells
    if (place < 0) return nullColumn(types.string, rows, scope)
    if (!memory || (table && !cells.ascii)) return slowly(cells, place, scope, fail)
    memory.begin(place, rows, 0)
    const size = memory.kernels.texts(dialect.quote)
    const offsets = scope.allocate(Int32Array, rows + 1)
    offsets.set(memory.offsets(rows))
    const values = scope.allocate(Uint8Array, size)
    values.set(memory.values(Uint8Array, size))
    return { type: types.string, length: rows, ...memory.nulls(rows, scope), offsets, values, children: [] }
  }
}

/** Reads long texts, and those of another encoding. `table`: its bytes from 128 on in UTF-8; null for UTF-8. */
function slowReader(dialect: Dialect, table: readonly Uint8Array[] | null): ReadColumn {
  const isNull = nullTest(dialect.nulls)
  return ({ bytes, fields, width, rows, ascii }, place, scope) => {
    const foreign = table && !ascii ? table : null
    const offsets = scope.allocate(Int32Array, rows + 1)
    const values = scope.allocate(Uint8Array, textBytes(fields, width, place, rows) * (foreign ? 3 : 1))
    const nulls = new NullRows(rows)
    let out = (offsets[0] = 0)
    for (let row = 0, at = place * 2; row < rows; row++, at += width * 2) {
      const mark = fields[at] as number
      const start = mark >> 2
      const end = fields[at + 1] as number
      if ((mark & quoted) === 0 && isNull(bytes, start, end)) nulls.add(row)
      else if (foreign || mark & doubled)
        out = copySlowly(bytes, start, end, mark & doubled ? dialect.quote : -1, foreign, values, out)
      else if (end - start > shortText) {
        out += bytes.copy(values, out, start, end)
      } else for (let i = start; i < end; i++) values[out++] = bytes[i] as number
      offsets[row + 1] = out
    }
    return { type: types.string, length: rows, ...nulls.finish(scope), offsets, values, children: [] }
  }
}

function textBytes(fields: Int32Array, width: number, place: number, rows: number): number {
  let sum = 0
  for (let row = 0, at = place * 2; row < rows; row++, at += width * 2) {
    sum += (fields[at + 1] as number) - ((fields[at] as number) >> 2)
  }
  return sum
}

/** Copies with one quote for two and other encodings' bytes as UTF-8. */
function copySlowly(
  bytes: Uint8Array,
  start: number,
  end: number,
  quote: number,
  foreign: readonly Uint8Array[] | null,
  values: Uint8Array,
  out: number,
): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte === quote && bytes[i + 1] === quote && i + 1 < end) i++
    if (byte < 128 || !foreign) values[out++] = byte
    else for (const part of foreign[byte - 128] as Uint8Array) values[out++] = part
  }
  return out
}

/** What the bytes 128 to 255 of an encoding are in UTF-8; null where they are UTF-8 already. */
export function highBytes(encoding: Encoding): readonly Uint8Array[] | null {
  if (encoding !== 'windows-1252' && encoding !== 'latin1') return null
  const decoder = new TextDecoder('windows-1252')
  return Array.from({ length: 128 }, (_, i) => {
    const text = encoding === 'latin1' ? String.fromCharCode(128 + i) : decoder.decode(Uint8Array.of(128 + i))
    return new TextEncoder().encode(text)
  })
}

/** Reads base64 into bytes. */
export function binaryReader(dialect: Dialect): ReadColumn {
  const isNull = nullTest(dialect.nulls)
  return (cells, place, scope, fail) => {
    const { bytes, fields, width, rows } = cells
    if (place < 0) return nullColumn(types.binary, rows, scope)
    const offsets = scope.allocate(Int32Array, rows + 1)
    const values = scope.allocate(Uint8Array, textBytes(fields, width, place, rows))
    const nulls = new NullRows(rows)
    let out = (offsets[0] = 0)
    for (let row = 0, at = place * 2; row < rows; row++, at += width * 2) {
      const start = (fields[at] as number) >> 2
      const text = bytes.toString('latin1', start, fields[at + 1]).trim()
      if (isNull(bytes, start, fields[at + 1] as number)) nulls.add(row)
      else if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) fail(row)
      else {
        const decoded = Buffer.from(text, 'base64')
        values.set(decoded, out)
        out += decoded.length
      }
      offsets[row + 1] = out
    }
    return { type: types.binary, length: rows, ...nulls.finish(scope), offsets, values, children: [] }
  }
}
