import { readFileSync } from 'node:fs'
import { elementTypes } from '../../../nodes/formats/model/element-types.ts'
import { bytesIn, fieldsOf, varintAt } from '../../../nodes/formats/model/protobuf.ts'

/** A tensor of the test suite: plain numbers, BigInts, booleans or strings. */
export interface TestTensor {
  readonly type: string
  readonly shape: readonly number[]
  readonly data: readonly (number | bigint | boolean | string)[]
}

/** Reads a TensorProto (onnx.proto): 1 dims, 2 data_type, 4 to 11 the data, 9 as raw bytes. */
export function readTensor(path: string): TestTensor {
  const source = bytesIn(new Uint8Array(readFileSync(path)))
  const shape: number[] = []
  let type = 'nothing'
  let raw: Uint8Array | null = null
  const typed: (number | bigint | string)[] = []
  for (const field of fieldsOf(source)) {
    const bytes = () => source.slice(field.start, field.end).slice()
    const varints = () => (field.wire === 0 ? [field.value] : packed(source.slice(field.start, field.end)))
    if (field.number === 1) shape.push(...varints().map(Number))
    else if (field.number === 2) type = elementTypes[Number(field.value)] ?? 'unknown'
    else if (field.number === 4) typed.push(...new Float32Array(bytes().buffer))
    else if (field.number === 5) typed.push(...varints().map((value) => Number(BigInt.asIntN(64, value))))
    else if (field.number === 6) typed.push(new TextDecoder().decode(bytes()))
    else if (field.number === 7) typed.push(...varints().map((value) => BigInt.asIntN(64, value)))
    else if (field.number === 9) raw = bytes()
    else if (field.number === 10) typed.push(...new Float64Array(bytes().buffer))
    else if (field.number === 11) typed.push(...varints())
  }
  const numbers = raw ? rawNumbers(type, raw) : type === 'float16' ? halves(typed.map(Number)) : typed
  return { type, shape, data: type === 'bool' ? numbers.map((value) => Number(value) !== 0) : numbers }
}

function packed(bytes: Uint8Array): bigint[] {
  const source = bytesIn(bytes)
  const values: bigint[] = []
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = varintAt(source, at)
    values.push(value)
    at = next
  }
  return values
}

const halves = (bits: readonly number[]): number[] => [...new Float16Array(Uint16Array.from(bits).buffer)]

function rawNumbers(type: string, bytes: Uint8Array): (number | bigint)[] {
  const { buffer } = bytes
  const arrays: Record<string, () => Iterable<number | bigint>> = {
    float16: () => new Float16Array(buffer),
    float32: () => new Float32Array(buffer),
    float64: () => new Float64Array(buffer),
    int8: () => new Int8Array(buffer),
    int16: () => new Int16Array(buffer),
    int32: () => new Int32Array(buffer),
    int64: () => new BigInt64Array(buffer),
    uint8: () => new Uint8Array(buffer),
    uint16: () => new Uint16Array(buffer),
    uint32: () => new Uint32Array(buffer),
    uint64: () => new BigUint64Array(buffer),
    bool: () => new Uint8Array(buffer),
  }
  return [...(arrays[type]?.() ?? [])]
}
