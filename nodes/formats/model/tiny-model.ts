import { elementTypes } from './element-types.ts'

/** A tensor of a tiny model: a free dimension has a name. */
export interface TinyTensor {
  readonly name: string
  readonly type: string
  readonly dims: readonly (number | string)[]
}

/** A model of a few nodes without attributes. */
export interface TinyModel {
  readonly inputs: readonly TinyTensor[]
  readonly outputs: readonly TinyTensor[]
  readonly nodes: readonly {
    readonly op: string
    readonly inputs: readonly string[]
    readonly outputs: readonly string[]
  }[]
  /** Weights, by name, that lie in another file. */
  readonly external?: Readonly<Record<string, string>>
}

/** Writes an ONNX model byte by byte (onnx.proto, opset 17): for trials of a provider and for tests. */
export function tinyModel({ inputs, outputs, nodes, external = {} }: TinyModel): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) =>
      part(1, [
        ...node.inputs.flatMap((name) => part(1, text(name))),
        ...node.outputs.flatMap((name) => part(2, text(name))),
        ...part(4, text(node.op)),
      ]),
    ),
    ...part(2, text('tiny')),
    ...Object.entries(external).flatMap(([name, file]) => part(5, externalTensor(name, file))),
    ...inputs.flatMap((tensor) => part(11, valueInfo(tensor))),
    ...outputs.flatMap((tensor) => part(12, valueInfo(tensor))),
  ]
  return Uint8Array.from([...number(1, 8), ...part(7, graph), ...part(8, [...part(1, []), ...number(2, 17)])])
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)]
const number = (field: number, value: number): number[] => [field << 3, ...varint(value)]
const part = (field: number, content: readonly number[]): number[] => [
  (field << 3) | 2,
  ...varint(content.length),
  ...content,
]

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}

function valueInfo({ name, type, dims }: TinyTensor): number[] {
  const shape = dims.flatMap((size) => part(1, typeof size === 'number' ? number(1, size) : part(2, text(size))))
  const tensor = [...number(1, elementTypes.indexOf(type)), ...part(2, shape)]
  return [...part(1, text(name)), ...part(2, part(1, tensor))]
}

/** One float32 whose bytes lie in a file. */
function externalTensor(name: string, file: string): number[] {
  const location = part(13, [...part(1, text('location')), ...part(2, text(file))])
  return [...number(1, 1), ...number(2, 1), ...part(8, text(name)), ...location, ...number(14, 1)]
}
