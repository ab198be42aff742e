import { zstdDecompressSync } from 'node:zlib'
import type { ArrowArray } from '@headrace/runtime/arrowlayout'
import { HeadraceError } from '@headrace/runtime/sdk'
import type { Table } from './flatbuffer.ts'
import { unpackLz4 } from './lz4.ts'
import type { IpcField } from './schema.ts'
import { mustBeSound } from './sound.ts'

/** Bytes of a length, where unpacked buffers go. */
export type Allocate = (length: number) => Uint8Array

interface Loading {
  /** Row counts and null counts of the arrays, and places and lengths of their buffers, in the fields' order. */
  readonly nodes: readonly number[][]
  readonly buffers: readonly number[][]
  readonly viewCounts: readonly number[]
  node: number
  buffer: number
  view: number
  readonly size: number
  /** Null where only the places of buffers are asked for. */
  readonly body: Uint8Array | null
  readonly codec: number | null
  readonly version: number
  readonly allocate: Allocate
  readonly dictionaries: ReadonlyMap<number, readonly ArrowArray[]>
  /** The buffers that come now are of no use. */
  skipping: boolean
  /** Places and lengths of buffers that are of use. */
  readonly places: [start: number, length: number][]
}

/** What a record batch's message says before its body (format/Message.fbs). */
export interface Message {
  readonly batch: Table
  readonly version: number
}

type Skipped = (field: IpcField) => boolean

/**
 * The arrays of a record batch, over the bytes of its body; packed buffers (LZ4, zstd) are unpacked into `allocate`d
 * memory. `dictionaries`: those that are known where the batch stands. `skipped` fields are passed over, and empty.
 */
export function loadArrays(
  fields: readonly IpcField[],
  message: Message,
  body: Uint8Array,
  {
    skipped = () => false,
    ...options
  }: { allocate: Allocate; dictionaries: ReadonlyMap<number, readonly ArrowArray[]>; skipped?: Skipped },
): ArrowArray[] {
  const loading = loadingOf(message, { size: body.length, body, ...options })
  return fields.map((field) => {
    loading.skipping = skipped(field)
    const array = load(loading, field)
    if (!loading.skipping) mustBeSound(array)
    return array
  })
}

/** Where in a body of `size` bytes the buffers are that `loadArrays` looks at, in their order: places and lengths. */
export function placesOf(
  fields: readonly IpcField[],
  message: Message,
  size: number,
  skipped: Skipped,
): readonly [start: number, length: number][] {
  const allocate = () => nothing
  const loading = loadingOf(message, { size, body: null, allocate, dictionaries: new Map() })
  for (const field of fields) {
    loading.skipping = skipped(field)
    load(loading, field)
  }
  return loading.places
}

const loadingOf = (
  { batch, version }: Message,
  options: Pick<Loading, 'size' | 'body' | 'allocate' | 'dictionaries'>,
): Loading => ({
  nodes: batch.structs(1, 2),
  buffers: batch.structs(2, 2),
  viewCounts: batch.longs(4),
  node: 0,
  buffer: 0,
  view: 0,
  codec: batch.table(3)?.byte(0) ?? null,
  version,
  skipping: false,
  places: [],
  ...options,
})

function load(loading: Loading, field: IpcField): ArrowArray {
  const node = loading.nodes[loading.node++]
  if (!node) throw new RangeError('a record batch has fewer arrays than its schema')
  const [length, nulls] = node as [number, number]
  const { type } = field
  const hasValidity = type.kind !== 'null' && type.kind !== 'runs' && (type.kind !== 'union' || loading.version < 4)
  const bits = hasValidity ? take(loading) : null
  const array = {
    type,
    length,
    bitOffset: 0,
    validity: nulls > 0 && bits && bits.length > 0 && type.kind !== 'union' ? bits : null,
    offsets: null,
    values: null,
    children: [] as ArrowArray[],
  }
  const children = () => field.children.map((child) => load(loading, child))
  switch (type.kind) {
    case 'null':
      return array
    case 'bytes': {
      if (type.layout !== 'view') return { ...array, offsets: take(loading), values: take(loading) }
      const values = take(loading)
      const count = loading.viewCounts[loading.view++] ?? 0
      return { ...array, values, views: Array.from({ length: count }, () => take(loading)) }
    }
    case 'list': {
      const offsets = take(loading)
      const sizes = type.layout === 'view' || type.layout === 'largeView' ? take(loading) : null
      return { ...array, offsets, sizes, children: children() }
    }
    case 'union': {
      const ids = take(loading)
      const typeIds = new Int8Array(ids.buffer, ids.byteOffset, ids.byteLength)
      const offsets = type.dense ? take(loading) : null
      return { ...array, typeIds, offsets, children: children() }
    }
    case 'fixedList':
    case 'struct':
    case 'runs':
      return { ...array, children: children() }
    case 'dictionary':
      return { ...array, values: take(loading), dictionary: loading.dictionaries.get(field.dictionary as number) ?? [] }
    default:
      return { ...array, values: take(loading) }
  }
}

/** The next buffer, unpacked. */
function take(loading: Loading): Uint8Array {
  const place = loading.buffers[loading.buffer++]
  if (!place) throw new RangeError('a record batch has fewer buffers than its schema')
  const [start, length] = place as [number, number]
  if (start < 0 || length < 0 || start + length > loading.size)
    throw new RangeError('a buffer goes over the end of its batch')
  if (loading.skipping) return nothing
  loading.places.push([start, length])
  if (!loading.body) return nothing
  const bytes = loading.body.subarray(start, start + length)
  return loading.codec === null || length === 0 ? bytes : unpack(loading, bytes)
}

const nothing = new Uint8Array(0)

/** A packed buffer begins with its length unpacked; -1 says that it was left as it is. */
function unpack({ codec, allocate }: Loading, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 8) throw new RangeError('a packed buffer is shorter than its length')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true))
  const packed = bytes.subarray(8)
  if (length < -1 || length > packed.length * mostRatio)
    throw new RangeError(`a packed buffer of ${packed.length} bytes says that it holds ${length}`)
  const to = allocate(length < 0 ? packed.length : length)
  if (length < 0) to.set(packed)
  else if (codec === 0) unpackLz4(packed, to)
  else if (codec === 1) unpackZstd(packed, to)
  else throw new HeadraceError('unsupported', `its batches are packed in a way that is not known (number ${codec}).`)
  return to
}

/** zstd makes at most a block of 128 KB of four bytes, LZ4 much less: memory is not taken on a file's word alone. */
const mostRatio = 32 << 10

function unpackZstd(packed: Uint8Array, to: Uint8Array): void {
  let bytes: Uint8Array
  try {
    bytes = zstdDecompressSync(packed, { maxOutputLength: Math.max(1, to.length) })
  } catch (cause) {
    throw new RangeError(`a packed buffer is no zstd of ${to.length} bytes`, { cause })
  }
  if (bytes.length !== to.length) throw new RangeError(`a packed buffer holds ${bytes.length} bytes, not ${to.length}`)
  to.set(bytes)
}
