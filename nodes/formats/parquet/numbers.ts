import { type ColumnType, type TypedArray, toHalf } from '@headrace/runtime/sdk'
import { duckType, unexpected, type Vector } from './vector.ts'

/** Copies rows of numbers, dates and times to `target` (the type's layout), converting where DuckDB's unit is another. */
export function copyNumbers(target: TypedArray, type: ColumnType, vector: Vector, start: number, end: number): void {
  const { id } = vector
  if (type.kind === 'decimal') {
    copyDecimals(target as BigInt64Array, vector, start, end)
    return
  }
  if (type.kind === 'float' && type.bits === 16 && id === duckType.float) {
    const floats = new Float32Array(vector.data.buffer, vector.data.byteOffset, vector.length)
    for (let row = start; row < end; row++) target[row - start] = toHalf(floats[row] as number)
    return
  }
  const divisor = divisorOf(type, id)
  if (divisor === undefined) throw unexpected(vector, type)
  if (divisor !== 1n) {
    copyDivided(target as BigInt64Array, vector, start, end, divisor)
    return
  }
  // Bytes, since both sides have the same width: no value is looked at.
  const width = target.BYTES_PER_ELEMENT
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(
    vector.data.subarray(start * width, end * width),
  )
}

/** By what DuckDB's numbers are divided to get the column's; 0 for a time with a zone, undefined for another type. */
function divisorOf(type: ColumnType, id: number): bigint | undefined {
  switch (type.kind) {
    case 'int': {
      const signed = { 8: duckType.tinyint, 16: duckType.smallint, 32: duckType.integer, 64: duckType.bigint }
      const unsigned = { 8: duckType.utinyint, 16: duckType.usmallint, 32: duckType.uinteger, 64: duckType.ubigint }
      return (type.signed ? signed : unsigned)[type.bits] === id ? 1n : undefined
    }
    case 'float':
      return id === (type.bits === 32 ? duckType.float : duckType.double) ? 1n : undefined
    case 'date':
      return id === duckType.date ? 1n : undefined
    case 'time':
      // A whole number: staged so that no engine looks at it.
      return { [duckType.bigint]: 1n, [duckType.time]: 1n, [duckType.timeNs]: 1000n, [duckType.timeTz]: 0n }[id]
    case 'timestamp': {
      if (id === duckType.bigint) return 1n
      const micros = { s: 1_000_000n, ms: 1000n, us: 1n, ns: undefined }[type.unit]
      if (id === duckType.timestamp || id === duckType.timestampTz) return micros
      const units: Record<number, string> = { 20: 's', 21: 'ms', 22: 'ns' }
      return units[id] === type.unit ? 1n : undefined
    }
    default:
      return undefined
  }
}

function copyDivided(target: BigInt64Array, vector: Vector, start: number, end: number, divisor: bigint): void {
  const source = new BigInt64Array(vector.data.buffer, vector.data.byteOffset, vector.length)
  if (divisor === 0n) {
    // DuckDB's TIMETZ: 40 bits of microseconds above 24 bits of offset. A time of ours has no zone.
    for (let row = start; row < end; row++) target[row - start] = (source[row] as bigint) >> 24n
    return
  }
  for (let row = start; row < end; row++) {
    const value = source[row] as bigint
    const rest = value % divisor
    target[row - start] = (value - (rest < 0n ? rest + divisor : rest)) / divisor
  }
}

/** Widens a decimal to 128 bits, as four 32-bit words, lowest first. */
function copyDecimals(target: BigInt64Array, vector: Vector, start: number, end: number): void {
  const { data, decimal } = vector
  const bytes = vector.id === duckType.hugeint ? 16 : decimal?.bytes
  if (!bytes) throw unexpected(vector, { kind: 'decimal', precision: 38, scale: 0 })
  if (bytes === 16) {
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(data.subarray(start * 16, end * 16))
    return
  }
  const words = new Int32Array(target.buffer, target.byteOffset, target.length * 2)
  const narrow =
    bytes === 2
      ? new Int16Array(data.buffer, data.byteOffset, vector.length)
      : new Int32Array(data.buffer, data.byteOffset, (vector.length * bytes) / 4)
  for (let row = start, at = 0; row < end; row++, at += 4) {
    const low = narrow[bytes === 8 ? row * 2 : row] as number
    const high = bytes === 8 ? (narrow[row * 2 + 1] as number) : low >> 31
    words[at] = low
    words[at + 1] = high
    words[at + 2] = words[at + 3] = high >> 31
  }
}
