import { type Field, isNumeric, type Schema } from '@headrace/runtime/sdk'
import type { ModelInfo, TensorInfo } from './metadata.ts'
import type { TensorColumns } from './onnx-mapping.ts'
import { product } from './tensor.ts'

/** A guess for people to judge: which columns each input could take; `…` where none comes to mind. */
export function proposeInputs(info: ModelInfo, schema: Schema): TensorColumns {
  const needed = info.inputs.filter((tensor) => !tensor.optional)
  return Object.fromEntries(needed.map((tensor) => [tensor.name, proposal(tensor, schema.fields)]))
}

function proposal(tensor: TensorInfo, fields: readonly Field[]): string | string[] {
  const named = fields.find((field) => field.name === tensor.name)
  if (named) return named.name
  const isText = tensor.type === 'string'
  const plain = fields.filter((field) => (isText ? field.type.kind === 'string' : isNumeric(field.type)))
  const names = plain.map((field) => field.name)
  const values = product(tensor.dims?.slice(1) ?? []) ?? null
  if (values === names.length) return values === 1 ? (names[0] as string) : names
  const nested = fields.find((field) => field.type.kind === 'fixed' && field.type.size === values)
  if (nested) return nested.name
  return values === 1 && names[0] !== undefined ? names[0] : ['…']
}
