import {
  type Batch,
  type Column,
  type ColumnType,
  type Field,
  fixed,
  HeadraceError,
  list,
  type Scope,
  type Session,
  toHalf,
  types,
} from '@headrace/runtime/sdk'
import type * as ort from 'onnxruntime-node'
import { drop } from '../spare.ts'
import type { Pooling } from './embedding-folder.ts'
import type { Provider } from './provider.ts'
import { type Loaded, loadModel } from './session.ts'

/** What an encoder's session needs to know. A type alias, so that it counts as JSON in a probe's answer. */
export type Encoder = {
  /** The ONNX file, absolute. */
  readonly path: string
  /** Inputs that the model has, of those that a tokenizer can fill. */
  readonly inputs: readonly { readonly name: string; readonly type: 'int64' | 'int32' }[]
  /** The output that is read, and whether it is one vector a text already. */
  readonly output: string
  readonly pooled: boolean
  readonly pooling: Pooling
  readonly normalize: boolean
  readonly dimension: number
  readonly padId: number
  readonly half: boolean
}

/** The column that an encoder's request has. */
export const idsField: Field = { name: 'ids', type: list(types.int32) }

/** The type of an encoder's result. */
export const vectorType = ({ pooling, pooled, dimension, half }: Encoder): ColumnType => {
  const vector = fixed(half ? types.float16 : types.float32, dimension)
  return pooling === 'none' && !pooled ? list(vector) : vector
}

/**
 * Most padded tokens of a call. On the CPU what a layer makes of them should stay in a core's cache: of the shared model
 * 512 tokens take 15 % less time than 1,024 where two sessions work side by side, 256 another 7 %, but then handing
 * calls over counts.
 */
const tokensPerCall = ({ provider }: Loaded): number => (provider === 'cpu' ? 512 : 1024)

/** Opens an encoder: rows of token ids in, vectors out. */
export async function openEncoder(encoder: Encoder, provider: Provider | 'auto', threads: number): Promise<Session> {
  const loaded = await loadModel(encoder.path, provider, threads)
  return {
    limits: { rows: 256, cost: tokensPerCall(loaded) },
    about: loaded.about,
    close: () => loaded.session.release(),
    infer: async (batch) => {
      const ids = batch.column(0)
      const width = longest(ids)
      const output = await runEncoder(loaded, encoder, ids, width)
      const field = { name: 'vector', type: vectorType(encoder) }
      const column = resultColumn(batch, encoder, ids, width, output)
      // Some 50 of them, 0.8 MB each, would lie about until the whole heap is looked through.
      drop(output.data as Float32Array)
      return [[field, column]]
    },
  }
}

function longest(ids: Column): number {
  const offsets = ids.offsets as Int32Array
  let width = 1
  for (let row = 0; row < ids.length; row++) {
    width = Math.max(width, (offsets[row + 1] as number) - (offsets[row] as number))
  }
  return width
}

async function runEncoder(loaded: Loaded, encoder: Encoder, ids: Column, width: number): Promise<ort.Tensor> {
  const dims = [ids.length, width]
  const feeds: Record<string, ort.Tensor> = {}
  for (const { name, type } of encoder.inputs) {
    const numbers = fillInput(name, ids, width, encoder.padId)
    feeds[name] = new loaded.Tensor(type, type === 'int64' ? widened(numbers) : numbers, dims)
  }
  const result = await loaded.session.run(feeds, [encoder.output])
  const tensor = result[encoder.output] as ort.Tensor
  const wanted = encoder.pooled ? [ids.length, encoder.dimension] : [ids.length, width, encoder.dimension]
  if (tensor.dims.join() !== wanted.join()) {
    throw new HeadraceError(
      'model-output',
      `"${encoder.output}" came as [${tensor.dims.join(', ')}], not as [${wanted.join(', ')}].`,
    )
  }
  return tensor
}

/** Numbers from 0 on as int64: their low halves are enough on the little-endian machines that Node runs on. */
function widened(numbers: Int32Array): BigInt64Array {
  const halves = new Int32Array(numbers.length * 2)
  for (let i = 0; i < numbers.length; i++) halves[i * 2] = numbers[i] as number
  return new BigInt64Array(halves.buffer)
}

function fillInput(name: string, ids: Column, width: number, padId: number): Int32Array {
  const filled = new Int32Array(ids.length * width)
  if (name === 'token_type_ids') return filled
  const offsets = ids.offsets as Int32Array
  const tokens = ids.children[0]?.values as Int32Array
  if (name === 'input_ids' && padId) filled.fill(padId)
  for (let row = 0; row < ids.length; row++) {
    const from = offsets[row] as number
    const to = offsets[row + 1] as number
    const at = row * width
    if (name === 'input_ids') filled.set(tokens.subarray(from, to), at)
    else if (name === 'attention_mask') filled.fill(1, at, at + to - from)
    else for (let i = 0; i < width; i++) filled[at + i] = i
  }
  return filled
}

function resultColumn(batch: Batch, encoder: Encoder, ids: Column, width: number, output: ort.Tensor): Column {
  const { dimension, pooling, pooled, normalize } = encoder
  const given = output.data as Float32Array
  // A float16 output comes as a Float16Array, whose elements are numbers too.
  const numbers = given instanceof Float32Array ? given : Float32Array.from(given as ArrayLike<number>)
  const offsets = ids.offsets as Int32Array
  const tokens = (row: number) => (offsets[row + 1] as number) - (offsets[row] as number)
  const ragged = pooling === 'none' && !pooled
  const count = ragged ? (offsets[ids.length] as number) - (offsets[0] as number) : ids.length
  const vectors = batch.scope.allocate(Float32Array, count * dimension)
  let at = 0
  for (let row = 0; row < ids.length; row++) {
    const first = (pooled ? row : row * width) * dimension
    const many = ragged ? tokens(row) : 1
    if (pooled || ragged || pooling === 'cls') vectors.set(numbers.subarray(first, first + many * dimension), at)
    else if (pooling === 'last') {
      const last = first + Math.max(0, tokens(row) - 1) * dimension
      vectors.set(numbers.subarray(last, last + dimension), at)
    } else meanInto(vectors, at, numbers, first, tokens(row), dimension)
    at += many * dimension
  }
  if (normalize) for (let from = 0; from < vectors.length; from += dimension) normalizeAt(vectors, from, dimension)
  const column = vectorColumn(batch.scope, vectors, encoder)
  if (!ragged) return column
  const starts = batch.scope.allocate(Int32Array, ids.length + 1)
  for (let row = 0; row <= ids.length; row++) starts[row] = (offsets[row] as number) - (offsets[0] as number)
  return { ...plain, type: list(column.type), length: ids.length, offsets: starts, children: [column] }
}

/**
 * The mean of the token vectors, summed up in double precision in the order of the tokens; four of them at a time, so
 * that a sum is loaded and stored once for four.
 */
function meanInto(to: Float32Array, at: number, from: Float32Array, first: number, tokens: number, size: number): void {
  const sum = new Float64Array(size)
  const end = first + tokens * size
  let start = first
  for (; start + 4 * size <= end; start += 4 * size) {
    const [second, third, fourth] = [start + size, start + 2 * size, start + 3 * size]
    for (let i = 0; i < size; i++)
      sum[i] =
        (sum[i] as number) +
        (from[start + i] as number) +
        (from[second + i] as number) +
        (from[third + i] as number) +
        (from[fourth + i] as number)
  }
  for (; start < end; start += size)
    for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + (from[start + i] as number)
  for (let i = 0; i < size; i++) to[at + i] = (sum[i] as number) / Math.max(1, tokens)
}

/** Divides by the Euclidean length; a vector of zeros stays. */
function normalizeAt(vectors: Float32Array, at: number, size: number): void {
  let squares = 0
  for (let i = at; i < at + size; i++) squares += (vectors[i] as number) ** 2
  const length = Math.sqrt(squares)
  if (length > 0) for (let i = at; i < at + size; i++) vectors[i] = (vectors[i] as number) / length
}

const plain = { nulls: 0, validity: null, offsets: null, values: null, children: [] as Column[] }

function vectorColumn(scope: Scope, vectors: Float32Array, { dimension, half }: Encoder): Column {
  let values: Float32Array | Uint16Array = vectors
  if (half) {
    values = scope.allocate(Uint16Array, vectors.length)
    for (let i = 0; i < vectors.length; i++) values[i] = toHalf(vectors[i] as number)
  }
  const type = half ? types.float16 : types.float32
  const items: Column = { ...plain, type, length: vectors.length, values }
  return { ...plain, type: fixed(type, dimension), length: vectors.length / dimension, children: [items] }
}
