import {
  type Batch,
  type Column,
  concat,
  type Field,
  gather,
  HeadraceError,
  type Session,
  valueAt,
} from '@headrace/runtime/sdk'
import type * as ort from 'onnxruntime-node'
import type { ModelInfo, TensorInfo } from './metadata.ts'
import { shapeFor } from './onnx-fit.ts'
import { batchSize, type MappingSettings } from './onnx-mapping.ts'
import { cellColumn, rowColumn } from './onnx-result.ts'
import type { Provider } from './provider.ts'
import { type Loaded, loadModel } from './session.ts'
import { elementColumn, rowDims, rowType, shaped, shapeText } from './tensor.ts'

/** Most values of one input in a call: 4 MB of float32. */
const valuesPerCall = 1 << 20

interface Open {
  readonly loaded: Loaded
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** Rows of a call: 0 any number. */
  readonly size: number
}

/** Opens a model for requests of `packBatch`; the answer has a column for each output tensor, under its name. */
export async function openModel(
  path: string,
  info: ModelInfo,
  settings: MappingSettings & { readonly provider: Provider | 'auto' },
  threads: number,
): Promise<Session> {
  const loaded = await loadModel(path, settings.provider, threads)
  const mapped = (tensors: readonly TensorInfo[], chosen: object | undefined) =>
    chosen ? tensors.filter((tensor) => Object.hasOwn(chosen, tensor.name)) : tensors
  const inputs = mapped(info.inputs, settings.inputs)
  const outputs = mapped(info.outputs, settings.outputs)
  const size = batchSize([...inputs, ...outputs])
  const open: Open = { loaded, inputs, outputs, size: size ?? 0 }
  const usual = settings.call ?? (size === 0 ? 'batch' : 'row')
  const padded = size && size > 1 && settings.call !== 'row' ? `, ${size} rows a call, the last ones padded` : ''
  return {
    limits: usual === 'row' ? { rows: size || 64, cost: valuesPerCall } : { rows: size || 4096, cost: valuesPerCall },
    about: `${loaded.about}${padded}`,
    close: () => loaded.session.release(),
    infer: async (batch) => {
      // Only a call of many rows has values of a fixed number a row.
      const many = usual === 'batch' || batch.schema.fields.some((field) => field.type.kind === 'fixed')
      return many ? await runMany(open, batch) : await runEach(open, batch)
    },
  }
}

/** One call for each row. */
async function runEach(open: Open, batch: Batch): Promise<[Field, Column][]> {
  const results: ort.InferenceSession.OnnxValueMapType[] = []
  for (let row = 0; row < batch.rows; row++) {
    const feeds = Object.fromEntries(
      batch.schema.fields.map(({ name }, i) => {
        const { shape, data } = cellAt(batch.column(i), row, row + 1)
        return [name, tensorOf(open, name, data, shape)]
      }),
    )
    results.push(await run(open, feeds))
  }
  return open.outputs.map((tensor) => {
    const values = results.map((result) => result[tensor.name] as ort.Tensor)
    const field = { name: tensor.name, type: shaped(elementColumn(tensor.type)) }
    return [field, cellColumn(batch.scope, tensor, values)]
  })
}

/** Calls of many rows: rows of one shape together, as many as the model takes. */
async function runMany(open: Open, batch: Batch): Promise<[Field, Column][]> {
  const calls = callsOf(open, batch)
  const parts: Column[][] = open.outputs.map(() => [])
  for (const rows of calls) {
    const whole = calls.length === 1 && rows.length === batch.rows && (open.size === 0 || open.size === rows.length)
    const padded = open.size ? padTo(rows, open.size) : rows
    const columns = batch.columns.map((column) => (whole ? column : gather(batch.scope, column, padded)))
    const feeds = Object.fromEntries(
      batch.schema.fields.map(({ name }, i) => {
        const { shape, data } = cellAt(columns[i] as Column, 0, padded.length, infoOf(open, name))
        return [name, tensorOf(open, name, data, [padded.length, ...shape])]
      }),
    )
    const result = await run(open, feeds)
    open.outputs.forEach((tensor, i) => {
      const value = result[tensor.name] as ort.Tensor
      if (value.dims[0] !== padded.length) {
        const message = `"${tensor.name}" came as ${shapeText(value.dims)} for ${padded.length} rows.`
        throw new HeadraceError('model-output', message, { hint: 'Set call to "row".' })
      }
      parts[i]?.push(rowColumn(batch.scope, tensor, value, rows.length))
    })
  }
  const order = Int32Array.from(calls.flatMap((rows) => [...rows]))
  const sorted = order.every((row, i) => row === i)
  const places = new Int32Array(order.length)
  for (const [place, row] of order.entries()) places[row] = place
  return open.outputs.map((tensor, i) => {
    const column = concat(batch.scope, rowType(tensor), parts[i] as Column[])
    return [{ name: tensor.name, type: rowType(tensor) }, sorted ? column : gather(batch.scope, column, places)]
  })
}

async function run({ loaded, outputs }: Open, feeds: Record<string, ort.Tensor>) {
  const names = outputs.map((tensor) => tensor.name)
  return await loaded.session.run(feeds, names)
}

/** The rows of each call. */
function callsOf({ size }: Open, batch: Batch): Int32Array[] {
  const groups = new Map<string, number[]>()
  const shapes = batch.columns.filter((column) => column.type.kind === 'struct').map((column) => column.children[0])
  for (let row = 0; row < batch.rows; row++) {
    const key = shapes.map((column) => String(valueAt(column as Column, row))).join(';')
    const group = groups.get(key) ?? []
    group.push(row)
    groups.set(key, group)
  }
  const most = size || batch.rows
  return [...groups.values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / most) }, (_, i) =>
      Int32Array.from(rows.slice(i * most, (i + 1) * most)),
    ),
  )
}

/** As many rows as the model wants: the last one again and again. */
function padTo(rows: Int32Array, size: number): Int32Array {
  const padded = new Int32Array(size).fill(rows.at(-1) as number)
  padded.set(rows)
  return padded
}

const infoOf = ({ inputs }: Open, name: string): TensorInfo =>
  inputs.find((tensor) => tensor.name === name) as TensorInfo

/** The values of rows that follow one another, and the shape of one of them. */
function cellAt(
  column: Column,
  first: number,
  end: number,
  tensor?: TensorInfo,
): { shape: readonly number[]; data: Column } {
  if (column.type.kind === 'fixed') {
    const { size } = column.type
    const shape = shapeFor([size], size, tensor ? rowDims(tensor) : null) ?? [size]
    return { shape, data: part(column.children[0] as Column, first * size, end * size) }
  }
  const [shapes, data] = column.children as [Column, Column]
  const offsets = data.offsets as Int32Array
  const shape = (valueAt(shapes, first) as bigint[]).map(Number)
  return { shape, data: part(data.children[0] as Column, offsets[first] as number, offsets[end] as number) }
}

const part = (items: Column, start: number, end: number): Column => ({
  ...items,
  length: end - start,
  ...(items.offsets
    ? { offsets: items.offsets.subarray(start, end + 1) }
    : { values: items.values?.subarray(start, end) ?? null }),
})

function tensorOf(open: Open, name: string, items: Column, dims: readonly number[]): ort.Tensor {
  const { type } = infoOf(open, name)
  const { Tensor } = open.loaded
  if (type === 'string') {
    return new Tensor(
      'string',
      Array.from({ length: items.length }, (_, item) => valueAt(items, item) as string),
      dims,
    )
  }
  const { values } = items
  // The column's type says which array it is; Tensor checks it against the element type.
  const tensor = new Tensor(type as 'float32', values as Float32Array, dims)
  // onnxruntime-node 1.30 reads a Float16Array as empty, and Tensor makes one of the bits that it is given.
  if (type === 'float16') Object.assign(tensor, { cpuData: values })
  return tensor
}
