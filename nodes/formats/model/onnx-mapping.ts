import { type ColumnType, type Field, nearest, type Report, type Schema } from '@headrace/runtime/sdk'
import type { ModelInfo, TensorInfo } from './metadata.ts'
import { fitInput, type InputPlan } from './onnx-fit.ts'
import { proposeInputs } from './onnx-proposal.ts'
import { elementColumn, isKnownElement, product, rowDims, rowType, shaped, shapeText, valuesText } from './tensor.ts'

/** Which columns go to which tensor; several columns pack into one. */
export type TensorColumns = Readonly<Record<string, string | readonly string[]>>

/** The settings of `models/onnx` that say how columns and tensors meet. */
export interface MappingSettings {
  readonly inputs?: TensorColumns
  readonly outputs?: TensorColumns
  readonly call?: 'batch' | 'row'
}

/** What becomes of an output tensor: one column, or a plain column for each value. */
export interface OutputPlan {
  readonly tensor: TensorInfo
  readonly columns: readonly string[]
  readonly split: boolean
  readonly type: ColumnType
}

/** The whole way of a row through a model. */
export interface Mapping {
  readonly call: 'batch' | 'row'
  readonly inputs: readonly InputPlan[]
  readonly outputs: readonly OutputPlan[]
}

/** Lays columns to tensors; reports what does not fit, with the numbers, and then gives null. Pure. */
export function mapModel(info: ModelInfo, settings: MappingSettings, input: Schema, report: Report): Mapping | null {
  const inputs = chosenInputs(info, settings, input, report)
  const outputs = chosenOutputs(info, settings, report)
  if (!inputs || !outputs) return null
  const tensors = [...inputs.map(([tensor]) => tensor), ...outputs.map(([tensor]) => tensor)]
  const call = settings.call ?? usualCall(tensors, inputs)
  if (call === 'batch' && batchSize(tensors) === null && tensors.every((tensor) => tensor.dims)) {
    const shapes = tensors.map((tensor) => `${tensor.name} ${shapeText(tensor.dims)}`).join(', ')
    report({
      code: 'no-batch',
      message: `The first dimension does not count rows in every tensor: ${shapes}.`,
      hint: 'Set call to "row".',
      setting: 'call',
    })
    return null
  }
  const plans = inputs.map(([tensor, fields]) => {
    const fit = fitInput(tensor, fields, call)
    if (typeof fit !== 'string') return fit
    const other = call === 'row' && !settings.call && batchSize(tensors) ? ' Or set call to "batch".' : ''
    report({ code: 'wrong-shape', message: fit, hint: `${hints[call]}${other}`, setting: `inputs.${tensor.name}` })
    return null
  })
  const results = outputs.map(([tensor, columns, split]) => planOutput(tensor, columns, split, call, report))
  if (plans.includes(null) || results.includes(null)) return null
  return { call, inputs: plans as InputPlan[], outputs: results as OutputPlan[] }
}

const hints = {
  batch: 'In call: batch the first dimension counts rows; the columns of a row fill the others.',
  row: 'In call: row the columns of a row fill the whole tensor.',
}

/** The rows of a call: 0 any number, k a fixed number, null where the first dimensions do not agree. */
export function batchSize(tensors: readonly TensorInfo[]): number | null {
  const firsts = tensors.map((tensor) => tensor.dims?.[0])
  if (firsts.every((first) => first === null || typeof first === 'string')) return 0
  const [first] = firsts
  return typeof first === 'number' && first > 0 && firsts.every((other) => other === first) ? first : null
}

/** Free first dimensions: batch. A fixed number of rows: batch where the columns fit only so. Else a row a call. */
function usualCall(
  tensors: readonly TensorInfo[],
  inputs: readonly (readonly [TensorInfo, readonly Field[]])[],
): 'batch' | 'row' {
  const size = batchSize(tensors)
  if (size === 0) return 'batch'
  const fits = (call: 'batch' | 'row') =>
    inputs.every(([tensor, fields]) => typeof fitInput(tensor, fields, call) !== 'string')
  return size !== null && !fits('row') && fits('batch') ? 'batch' : 'row'
}

function chosenInputs(
  info: ModelInfo,
  { inputs }: MappingSettings,
  schema: Schema,
  report: Report,
): [TensorInfo, Field[]][] | null {
  const needed = info.inputs.filter((tensor) => !tensor.optional)
  const missing = needed.filter((tensor) => !inputs || !Object.hasOwn(inputs, tensor.name))
  const hint = `Set inputs to ${JSON.stringify({ ...proposeInputs(info, schema), ...inputs })}.`
  if (missing.length) {
    const names = missing.map((tensor) => `"${tensor.name}" (${tensor.type} ${shapeText(tensor.dims)})`).join(', ')
    report({
      code: 'unmapped-input',
      message: `The model wants ${names}, which no column goes to.`,
      hint,
      setting: 'inputs',
    })
    return null
  }
  const chosen = Object.entries(inputs ?? {}).map(([name, columns]): [TensorInfo, Field[]] | null => {
    const setting = `inputs.${name}`
    const tensor = info.inputs.find((known) => known.name === name)
    if (!tensor) return unknownTensor(name, 'input', info.inputs, setting, report)
    if (!isKnownElement(tensor.type)) return refuseType(tensor, 'input', setting, report)
    const names = typeof columns === 'string' ? [columns] : columns
    const unknown = names.find((column) => !schema.field(column))
    if (unknown !== undefined) {
      const near = nearest(
        unknown,
        schema.fields.map((field) => field.name),
      )
      const meant = near ? `Did you mean "${near}"?` : `There are ${schema}.`
      report({
        code: 'unknown-column',
        message: `There is no column "${unknown}".`,
        hint: meant,
        setting,
        column: unknown,
      })
      return null
    }
    return [tensor, names.map((column) => schema.field(column) as Field)]
  })
  return chosen.includes(null) ? null : (chosen as [TensorInfo, Field[]][])
}

function chosenOutputs(
  info: ModelInfo,
  { outputs }: MappingSettings,
  report: Report,
): [TensorInfo, readonly string[], boolean][] | null {
  const wanted = outputs ?? Object.fromEntries(info.outputs.map((tensor) => [tensor.name, tensor.name]))
  const chosen = Object.entries(wanted).map(([name, columns]): [TensorInfo, readonly string[], boolean] | null => {
    const setting = outputs ? `outputs.${name}` : 'outputs'
    const tensor = info.outputs.find((known) => known.name === name)
    if (!tensor) return unknownTensor(name, 'output', info.outputs, setting, report)
    if (!isKnownElement(tensor.type)) return refuseType(tensor, 'output', setting, report)
    return [tensor, typeof columns === 'string' ? [columns] : columns, typeof columns !== 'string']
  })
  const names = chosen.flatMap((one) => one?.[1] ?? [])
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    report({ code: 'duplicate-column', message: `Two outputs go to the column "${twice}".`, setting: 'outputs' })
    return null
  }
  return chosen.includes(null) ? null : (chosen as [TensorInfo, readonly string[], boolean][])
}

function unknownTensor(
  name: string,
  what: string,
  known: readonly TensorInfo[],
  setting: string,
  report: Report,
): null {
  const names = known.map((tensor) => tensor.name)
  const near = nearest(name, names)
  const hint = near ? `Did you mean "${near}"?` : `It has ${names.map((one) => `"${one}"`).join(', ')}.`
  report({ code: 'unknown-tensor', message: `The model has no ${what} "${name}".`, hint, setting })
  return null
}

function refuseType(tensor: TensorInfo, what: string, setting: string, report: Report): null {
  const zipmap = tensor.type === 'sequence' || tensor.type === 'map'
  const hint = zipmap
    ? 'Leave it out of outputs; from scikit-learn, export with zipmap off to get a tensor.'
    : 'Columns hold float16 to float64, int8 to int64, uint8 to uint64, bool and string.'
  const message = `The ${what} "${tensor.name}" is a ${tensor.type}, which no column can hold.`
  report({ code: 'unsupported-tensor', message, hint, setting })
  return null
}

function planOutput(
  tensor: TensorInfo,
  columns: readonly string[],
  split: boolean,
  call: 'batch' | 'row',
  report: Report,
): OutputPlan | null {
  const item = elementColumn(tensor.type)
  const values = product((call === 'batch' ? rowDims(tensor) : tensor.dims) ?? [null])
  if (split && values !== null && values !== columns.length) {
    const message = `"${tensor.name}" ${shapeText(tensor.dims)} gives ${valuesText(values)} a row, outputs names ${columns.length}.`
    report({ code: 'wrong-shape', message, setting: `outputs.${tensor.name}` })
    return null
  }
  return { tensor, columns, split, type: split ? item : call === 'batch' ? rowType(tensor) : shaped(item) }
}
