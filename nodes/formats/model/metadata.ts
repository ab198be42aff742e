import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { HeadraceError } from '@headrace/runtime/sdk'
import { elementTypes } from './element-types.ts'
import { type ByteSource, bytesOfFile, fieldsOf, type ProtoField, textOf } from './protobuf.ts'

/** A dimension: a size, the name of a free one, or null where the model says nothing. */
export type Dimension = number | string | null

/** An input or output as the model declares it. A type alias, so that it counts as JSON in a probe's answer. */
export type TensorInfo = {
  readonly name: string
  /** The element's type (`float32`, `string`, `bfloat16`), or what it is instead of a tensor (`sequence`, `map`). */
  readonly type: string
  /** Null: the model does not even say how many dimensions. */
  readonly dims: readonly Dimension[] | null
  /** An input that has a value of its own in the model. */
  readonly optional: boolean
}

/** What a model's file says about itself. */
export type ModelInfo = {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** Files beside the model that hold its weights. */
  readonly external: readonly string[]
}

/**
 * Reads an ONNX file's inputs and outputs (onnx.proto: ModelProto, GraphProto) and passes over the weights, without
 * ONNX Runtime: a check must not load it. Throws `bad-model`, `missing-model` and `missing-model-data`.
 */
export function readModelInfo(path: string): ModelInfo {
  if (!existsSync(path))
    throw new HeadraceError('missing-model', `There is no file ${path}.`, { place: { file: path } })
  let info: ModelInfo | null
  try {
    using source = bytesOfFile(path)
    info = modelInfo(source)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HeadraceError('bad-model', `${path} is not a whole ONNX model: ${why}.`, { place: { file: path }, cause })
  }
  if (!info) throw new HeadraceError('bad-model', `${path} is not an ONNX model.`, { place: { file: path } })
  const missing = info.external.filter((name) => !existsSync(join(dirname(path), name)))
  if (missing.length) {
    const names = missing.map((name) => `"${name}"`).join(', ')
    throw new HeadraceError('missing-model-data', `The weights of ${basename(path)} lie in ${names}, not found.`, {
      place: { file: join(dirname(path), missing[0] as string) },
      hint: `Put ${names} beside ${path}.`,
    })
  }
  return info
}

function modelInfo(source: ByteSource): ModelInfo | null {
  for (const field of fieldsOf(source)) if (field.number === 7 && field.wire === 2) return graphInfo(source, field)
  return null
}

function graphInfo(source: ByteSource, graph: ProtoField): ModelInfo {
  const inputs: TensorInfo[] = []
  const outputs: TensorInfo[] = []
  const initializers = new Set<string>()
  const external = new Set<string>()
  for (const field of fieldsOf(source, graph.start, graph.end)) {
    if (field.number === 5) readInitializer(source, field, initializers, external)
    else if (field.number === 11) inputs.push(valueInfo(source, field))
    else if (field.number === 12) outputs.push(valueInfo(source, field))
  }
  return {
    inputs: inputs.map((input) => ({ ...input, optional: initializers.has(input.name) })),
    outputs,
    external: [...external],
  }
}

/** TensorProto: 8 name, 13 external_data, 14 data_location (1: external). */
function readInitializer(source: ByteSource, tensor: ProtoField, names: Set<string>, files: Set<string>): void {
  for (const field of fieldsOf(source, tensor.start, tensor.end)) {
    if (field.number === 8) names.add(textOf(source, field))
    if (field.number !== 13) continue
    const entry = [...fieldsOf(source, field.start, field.end)].map((part) => textOf(source, part))
    if (entry[0] === 'location' && entry[1]) files.add(entry[1])
  }
}

/** ValueInfoProto: 1 name, 2 type; TypeProto: 1 tensor, 4 sequence, 5 map, 8 sparse tensor, 9 optional. */
function valueInfo(source: ByteSource, value: ProtoField): TensorInfo {
  let info: TensorInfo = { name: '', type: 'nothing', dims: null, optional: false }
  for (const field of fieldsOf(source, value.start, value.end)) {
    if (field.number === 1) info = { ...info, name: textOf(source, field) }
    if (field.number !== 2) continue
    for (const kind of fieldsOf(source, field.start, field.end)) {
      if (kind.number === 1) info = { ...info, ...tensorType(source, kind) }
      else if (kinds[kind.number]) info = { ...info, type: kinds[kind.number] as string }
    }
  }
  return info
}

const kinds: Record<number, string> = { 4: 'sequence', 5: 'map', 8: 'sparse tensor', 9: 'optional' }

/** TypeProto.Tensor: 1 elem_type, 2 shape; TensorShapeProto: 1 dim; Dimension: 1 dim_value, 2 dim_param. */
function tensorType(source: ByteSource, tensor: ProtoField): Pick<TensorInfo, 'type' | 'dims'> {
  let type = 'nothing'
  let dims: Dimension[] | null = null
  for (const field of fieldsOf(source, tensor.start, tensor.end)) {
    if (field.number === 1) type = elementTypes[Number(field.value)] ?? `type ${field.value}`
    if (field.number === 2) {
      dims = [...fieldsOf(source, field.start, field.end)].map((dimension) => {
        const [part] = fieldsOf(source, dimension.start, dimension.end)
        if (!part) return null
        if (part.number === 1) {
          const size = Number(BigInt.asIntN(64, part.value))
          return size < 0 ? null : size
        }
        return part.number === 2 ? textOf(source, part) || null : null
      })
    }
  }
  return { type, dims }
}
