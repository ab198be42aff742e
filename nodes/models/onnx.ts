import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  type Batch,
  type Column,
  type Field,
  HeadraceError,
  model,
  type Scope,
  Type,
  types,
} from '@headrace/runtime/sdk'
import { checkProvider } from '../formats/model/embed-probe.ts'
import { bytesOf, fileHash, sessionBytes } from '../formats/model/fingerprint.ts'
import { type ModelInfo, readModelInfo } from '../formats/model/metadata.ts'
import { type Mapping, mapModel, type OutputPlan } from '../formats/model/onnx-mapping.ts'
import { packBatch } from '../formats/model/onnx-pack.ts'
import { splitColumn } from '../formats/model/onnx-result.ts'
import { openModel } from '../formats/model/onnx-session.ts'
import { providerSetting, sessionsOn } from '../formats/model/provider.ts'
import { product, rowDims } from '../formats/model/tensor.ts'
import { throughModel } from '../formats/model/window.ts'
import { shortPath, summaryOf } from '../formats/summary.ts'

const tensorColumns = (description: string, examples: Record<string, string | string[]>[], format = {}) =>
  Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(format), Type.Array(Type.String(format), { minItems: 1 })]), {
      description,
      examples,
    }),
  )

const settings = Type.Object({
  model: Type.String({ format: 'path', description: 'An ONNX file.', examples: ['../models/classical/svm-wine.onnx'] }),
  inputs: tensorColumns(
    'The column of each input tensor; several columns pack into one. check proposes them from the model and the columns.',
    [{ input: ['length', 'width'] }],
    { format: 'column' },
  ),
  outputs: tensorColumns(
    'The column that each output tensor goes to, or one for each of its values. Default: every output, under its own name.',
    [{ label: 'class', probabilities: ['setosa', 'versicolor', 'virginica'] }],
  ),
  call: Type.Optional(
    Type.Union([Type.Literal('batch'), Type.Literal('row')], {
      description:
        'batch: the first dimension counts rows. row: a cell is one tensor, struct {shape, data}. Default: batch where every mapped tensor has a free first dimension.',
    }),
  ),
  provider: providerSetting,
})

/** What a probe finds. A type alias, so that it counts as JSON. */
type OnnxProbe = { readonly path: string; readonly info: ModelInfo; readonly hash: string; readonly modelBytes: number }

/** Runs any ONNX model on columns. */
export default model({
  title: 'ONNX model',
  description: 'Runs any ONNX model on columns: classical, tabular, text or image models.',
  config: settings,
  summary: ({ model: path, inputs = {} }) => summaryOf(shortPath(path), Object.values(inputs).flat().join(', ')),
  examples: [
    {
      title: 'A class and its probability for each wine, from 13 columns',
      config: {
        model: '../models/classical/svm-wine.onnx',
        inputs: { input: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm'] },
        outputs: { label: 'class' },
        provider: 'cpu',
      },
      input: [...'abcdefghijklm'].map((name) => ({ name, type: types.float64 })),
      rows: [
        {
          a: 13.64,
          b: 3.1,
          c: 2.56,
          d: 15.2,
          e: 116,
          f: 2.7,
          g: 3.03,
          h: 0.17,
          i: 1.66,
          j: 5.1,
          k: 0.96,
          l: 3.36,
          m: 845,
        },
        { a: 1 },
      ],
      rejected: 1,
    },
    {
      title: 'The intent of a message, from a text column',
      config: {
        model: '../models/classical/tfidf-logistic-regression-banking.onnx',
        inputs: { input: 'message' },
        outputs: { label: 'intent' },
        provider: 'cpu',
      },
      input: [{ name: 'message', type: types.string }],
      rows: [{ message: 'I want a refund please' }],
      output: [{ message: 'I want a refund please', intent: 'request_refund' }],
    },
  ],
  probe: async (context) => {
    const { config, report } = context
    const path = context.resolve(config.model)
    await checkProvider(context)
    try {
      const info = readModelInfo(path)
      const files = [path, ...info.external.map((name) => join(dirname(path), name))].filter((file) => existsSync(file))
      const hash = (await Promise.all(files.map(fileHash))).join('+')
      const probe: OnnxProbe = { path, info, hash, modelBytes: bytesOf(files) }
      return probe
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error
      report({ code: error.code, message: error.message, setting: 'model', ...(error.hint && { hint: error.hint }) })
      return null
    }
  },
  columns: ({ config, input, probe, report }) => {
    if (!probe) return input.fields
    const mapping = mapModel((probe as OnnxProbe).info, config, input, report)
    const fields = [...input.fields]
    for (const field of mapping?.outputs.flatMap(outputFields) ?? []) {
      const at = input.indexOf(field.name)
      fields[at < 0 ? fields.length : at] = field
    }
    return fields
  },
  origins: ({ config, probe }) => {
    const inputs = Object.values(config.inputs ?? {}).flat()
    const outputs = Object.values(config.outputs ?? {}).flat()
    const own = (probe as OnnxProbe | null)?.info.outputs.map(({ name }) => name) ?? []
    return Object.fromEntries((config.outputs ? outputs : own).map((name) => [name, inputs]))
  },
  detected: ({ probe }) => {
    const { info } = probe as OnnxProbe
    const said = (tensors: OnnxProbe['info']['inputs']) =>
      tensors
        .map(({ name, type, dims }) => `${name} ${type}[${dims?.map((one) => one ?? 'any').join(', ') ?? ''}]`)
        .join(', ')
    return { inputs: said(info.inputs), outputs: said(info.outputs) }
  },
  footprint: ({ probe }) => {
    const { path = '', modelBytes = 0 } = (probe ?? {}) as Partial<OnnxProbe>
    return { name: `model ${basename(path)}`, ...sessionBytes(modelBytes) }
  },
  fingerprint: ({ config, probe }) => {
    const { info, hash } = probe as OnnxProbe
    const [first] = Object.values(config.outputs ?? { '': info.outputs[0]?.name ?? '' }).flat()
    return { column: first ?? '', fingerprint: { model: hash, inputs: config.inputs ?? null } }
  },
  resource: {
    key: ({ config, probe }) => {
      const { inputs, outputs, call, provider } = config
      return `onnx ${JSON.stringify([(probe as OnnxProbe).path, inputs, outputs, call, provider])}`
    },
    sessions: ({ config }) => sessionsOn(config.provider),
    open: async ({ config, probe, threads }) => {
      const { path, info } = probe as OnnxProbe
      return await openModel(path, info, config, threads)
    },
  },
  async *run(context) {
    const { config, scope, input } = context
    const mapping = mapModel((context.probe as OnnxProbe).info, config, input.schema, refuse) as Mapping
    yield* throughModel(context, {
      sliceRows: sliceRows(mapping),
      fields: mapping.outputs.flatMap(outputFields),
      prepare: (batch) => packBatch(batch, mapping, scope),
      results: (answer) => mapping.outputs.flatMap((output) => resultColumns(scope, output, answer)),
    })
  },
})

/** At most 2 MB of numbers in an output batch, where the model says how many a row has. */
function sliceRows({ call, outputs }: Mapping): number {
  if (call === 'row') return 256
  const values = outputs.reduce((sum, { tensor }) => sum + (product(rowDims(tensor) ?? []) ?? 64), 0)
  return Math.max(1, Math.min(4096, Math.floor((2 << 20) / (8 * Math.max(1, values)))))
}

const outputFields = ({ columns, type }: OutputPlan): Field[] => columns.map((name) => ({ name, type }))

function resultColumns(scope: Scope, output: OutputPlan, answer: Batch): [Field, Column][] {
  const { tensor, columns, split } = output
  const column = answer.column(tensor.name)
  const found = split ? splitColumn(scope, tensor, column, columns) : [column]
  return outputFields(output).map((field, i) => [field, found[i] as Column])
}

/** A run begins after a check without problems; a mapping that fails now is a fault of ours. */
function refuse(problem: { code: string; message: string }): never {
  throw new HeadraceError(problem.code, problem.message)
}
