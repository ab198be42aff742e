import type { Data, RecordBatch, Table, Vector } from 'apache-arrow'

type Arrow = typeof import('apache-arrow')

/** The rows whose key no later row has, in order, and how many had one. The rows are slices, nothing is copied. */
export function lastOfEachKey(
  arrow: Arrow,
  table: Table,
  key: readonly string[],
): { readonly table: Table; readonly replaced: number } {
  const columns = key.map((name) => keyColumn(arrow, table.getChild(name) as Vector))
  const gone = replacedRows(table.numRows, columns)
  if (!gone) return { table, replaced: 0 }
  const slices: RecordBatch[] = []
  let first = 0
  let kept = 0
  for (const batch of table.batches) {
    for (let start = 0; start < batch.numRows; ) {
      let end = start
      while (end < batch.numRows && !gone[first + end]) end++
      if (end > start) slices.push(batch.slice(start, end))
      kept += end - start
      start = end + 1
    }
    first += batch.numRows
  }
  return { table: new arrow.Table(table.schema, slices), replaced: table.numRows - kept }
}

/** A column of a key, none of whose rows is null. */
interface KeyColumn {
  /** Takes the column's values into the rows' hashes. */
  readonly hash: (hashes: Int32Array) => void
  readonly same: (one: number, other: number) => boolean
}

/** 1 for each row that has a later one with its key; null where none has. */
function replacedRows(rows: number, columns: readonly KeyColumn[]): Uint8Array | null {
  const hashes = new Int32Array(rows)
  for (const column of columns) column.hash(hashes)
  // Open addressing with linear probing, at most half full: https://en.wikipedia.org/wiki/Linear_probing
  const mask = 2 ** Math.ceil(Math.log2(Math.max(rows, 1) * 2)) - 1
  const slots = new Int32Array(mask + 1).fill(-1)
  let gone: Uint8Array | null = null
  for (let row = 0; row < rows; row++) {
    const hash = hashes[row] as number
    let slot = (hash ^ (hash >>> 15)) & mask
    let other = slots[slot] as number
    while (other >= 0 && !(hashes[other] === hash && sameIn(columns, other, row))) {
      slot = (slot + 1) & mask
      other = slots[slot] as number
    }
    if (other >= 0) {
      gone ??= new Uint8Array(rows)
      gone[other] = 1
    }
    slots[slot] = row
  }
  return gone
}

function sameIn(columns: readonly KeyColumn[], one: number, other: number): boolean {
  for (const column of columns) if (!column.same(one, other)) return false
  return true
}

function keyColumn(arrow: Arrow, column: Vector): KeyColumn {
  const { Type } = arrow
  switch (column.type.typeId) {
    case Type.Utf8:
      return ofTexts(column)
    case Type.Int:
    case Type.Date:
    case Type.Time:
    case Type.Timestamp:
    case Type.Decimal:
      return ofWords(wordsOf(column), column.length)
    default:
      return ofWords(codesOf(column), column.length)
  }
}

/** Values of one, two or four words of 32 bits, one after the other. */
function ofWords(words: Int32Array, rows: number): KeyColumn {
  const perRow = rows && words.length / rows
  return {
    hash(hashes) {
      for (let row = 0, at = 0; row < rows; row++) {
        let hash = hashes[row] as number
        for (const end = at + perRow; at < end; at++) hash = mixed(hash, words[at] as number)
        hashes[row] = hash
      }
    },
    same(one, other) {
      for (let i = 0; i < perRow; i++) if (words[one * perRow + i] !== words[other * perRow + i]) return false
      return true
    },
  }
}

function ofTexts(column: Vector): KeyColumn {
  const ends = new Int32Array(column.length)
  const bytes = new Uint8Array(column.data.reduce((sum, data) => sum + textBytes(data).length, 0))
  let row = 0
  let end = 0
  for (const data of column.data) {
    const { length, valueOffsets: offsets } = data as Data & { valueOffsets: Int32Array }
    bytes.set(textBytes(data), end)
    const moved = end - (offsets[0] as number)
    for (let i = 1; i <= length; i++) ends[row++] = moved + (offsets[i] as number)
    end = moved + (offsets[length] as number)
  }
  const startOf = (at: number): number => (at === 0 ? 0 : (ends[at - 1] as number))
  return {
    hash(hashes) {
      for (let at = 0, byte = 0; at < ends.length; at++) {
        let hash = hashes[at] as number
        for (const last = ends[at] as number; byte < last; byte++)
          hash = Math.imul(hash ^ (bytes[byte] as number), 16777619)
        // Where a text ends: ab, c is another key than a, bc.
        hashes[at] = mixed(hash, (ends[at] as number) - startOf(at))
      }
    },
    same(one, other) {
      const [from, begin] = [startOf(one), startOf(other)]
      const length = (ends[one] as number) - from
      if ((ends[other] as number) - begin !== length) return false
      for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[begin + i]) return false
      return true
    },
  }
}

function textBytes({ values, valueOffsets: offsets, length }: Data): Uint8Array {
  // A cast: bytes of texts.
  return (values as Uint8Array).subarray(offsets[0], offsets[length])
}

/** Numbers as they are stored. */
function wordsOf(column: Vector): Int32Array {
  const parts = column.data.map(({ values, length, stride }: Data) => {
    // A cast: these types have numbers.
    const numbers = (values as Int32Array).subarray(0, length * stride)
    if (numbers.BYTES_PER_ELEMENT < 4) return Int32Array.from(numbers)
    return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.byteLength / 4)
  })
  const words = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  for (const part of parts) {
    words.set(part, end)
    end += part.length
  }
  return words
}

/** A number for each value, the same where a Map takes two for the same (0 and -0, NaN and NaN). */
function codesOf(column: Vector): Int32Array {
  const codes = new Map<unknown, number>()
  return Int32Array.from({ length: column.length }, (_, row) => {
    const value: unknown = column.get(row)
    const plain = typeof value === 'object' && value !== null ? String(value) : value
    const code = codes.get(plain) ?? codes.size
    codes.set(plain, code)
    return code
  })
}

/** A step of MurmurHash3: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp */
function mixed(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51)
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}
