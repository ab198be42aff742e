import { Schema } from '../pipeline/schema.ts'
import type { ColumnType, Field } from '../pipeline/types.ts'
import { Batch } from './batch.ts'
import { type Column, layout, type TypedArray } from './column.ts'
import { Identity, type MixedOrigins, type Origin } from './identity.ts'
import type { Block, Pool } from './pool.ts'
import type { Scope } from './scope.ts'

/** Where a buffer lies: block number, first byte, elements; null where the column has none. */
type Place = readonly [block: number, byte: number, length: number] | null

interface ColumnPlaces {
  readonly length: number
  readonly nulls: number
  readonly validity: Place
  readonly offsets: Place
  readonly values: Place
  readonly children: readonly ColumnPlaces[]
}

/** What crosses to another thread in place of a batch: numbers that say where its bytes lie. */
export interface Descriptor {
  readonly schema: number
  /** The schema itself, the first time that this sender sends it. */
  readonly fields?: readonly Field[]
  readonly rows: number
  readonly columns: readonly ColumnPlaces[]
  /** Blocks that this sender sends for the first time. */
  readonly blocks: readonly Block[]
  /** Every block that is held for the receiver while the descriptor is on its way. */
  readonly held: readonly number[]
  readonly identity: {
    readonly origin: Origin | MixedOrigins
    readonly numbers: Float64Array | number
    readonly children: readonly Uint32Array[]
    readonly branch: string
  }
}

/** One end of a crossing: turns batches into descriptors and remembers what the other end knows already. */
export class Sender {
  readonly #pool: Pool
  readonly #known = new WeakSet<SharedArrayBuffer>()
  readonly #schemas = new Map<string, number>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Takes holds for the receiver; a buffer outside the pool is copied into it, and the bytes are counted. */
  send(batch: Batch): Descriptor {
    const columns = batch.columns.map((column) => shared(batch.scope, column))
    const held = batch.scope.blocksOf(columns)
    for (const block of held) this.#pool.hold(block)
    const blocks = held.filter((block) => !this.#known.has(block.buffer))
    for (const block of blocks) this.#known.add(block.buffer)
    const name = batch.schema.toString()
    const known = this.#schemas.get(name)
    const schema = known ?? this.#schemas.size
    this.#schemas.set(name, schema)
    const { origin, origins, numbers, children, branch } = batch.identity
    return {
      schema,
      ...(known === undefined && { fields: batch.schema.fields }),
      rows: batch.rows,
      columns: columns.map((column) => this.#place(column)),
      blocks,
      held: held.map((block) => block.id),
      identity: { origin: origins ?? origin, numbers, children, branch },
    }
  }

  #place(column: Column): ColumnPlaces {
    const at = (array: TypedArray | null): Place =>
      array && [this.#pool.blockOf(array.buffer)?.id as number, array.byteOffset, array.length]
    return {
      length: column.length,
      nulls: column.nulls,
      validity: at(column.validity),
      offsets: at(column.offsets),
      values: at(column.values),
      children: column.children.map((child) => this.#place(child)),
    }
  }
}

/** The other end: looks at the same bytes. */
export class Receiver {
  readonly #pool: Pool
  readonly #schemas = new Map<number, Schema>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** The batch in `scope`, over the sender's bytes; the holds that came along are given back. */
  receive(scope: Scope, descriptor: Descriptor): Batch {
    if (descriptor.fields) this.#schemas.set(descriptor.schema, new Schema(descriptor.fields))
    const schema = this.#schemas.get(descriptor.schema) as Schema
    for (const block of descriptor.blocks) this.#pool.adopt(block.id, block.buffer)
    const held = descriptor.held.map((id) => this.#pool.adopt(id, undefined))
    const byId = new Map(held.map((block) => [block.id, block]))
    const columns = descriptor.columns.map((places, i) => columnAt(byId, schema.fields[i]?.type as ColumnType, places))
    const { origin, numbers, children, branch } = descriptor.identity
    const batch = new Batch(scope, schema, columns, new Identity(origin, descriptor.rows, numbers, children, branch))
    for (const block of held) this.#pool.release(block)
    return batch
  }
}

function columnAt(blocks: ReadonlyMap<number, Block>, type: ColumnType, places: ColumnPlaces): Column {
  const { length, nulls, validity, offsets, values } = places
  const childTypes = type.kind === 'struct' ? type.fields.map((field) => field.type) : 'item' in type ? [type.item] : []
  const bytes = layout(type)?.array ?? Uint8Array
  const look = <T extends TypedArray>(
    array: { new (buffer: ArrayBufferLike, byte: number, length: number): T },
    place: Place,
  ): T | null => place && new array((blocks.get(place[0]) as Block).buffer, place[1], place[2])
  return {
    type,
    length,
    nulls,
    validity: look(Uint8Array, validity),
    offsets: look(Int32Array, offsets),
    values: look(bytes, values),
    children: places.children.map((child, i) => columnAt(blocks, childTypes[i] as ColumnType, child)),
  }
}

/** The column with every buffer in the pool: itself, or a copy of what lies elsewhere. */
function shared(scope: Scope, column: Column): Column {
  const inPool = (array: TypedArray | null) => array === null || scope.pool.blockOf(array.buffer) !== undefined
  const children = column.children.map((child) => shared(scope, child))
  const same = children.every((child, i) => child === column.children[i])
  if (same && inPool(column.values) && inPool(column.offsets) && inPool(column.validity)) return column
  const copy = <T extends TypedArray>(array: T | null): T | null => {
    if (array === null || inPool(array)) return array
    scope.pool.countCopy(array.byteLength)
    const to = scope.allocate(array.constructor as never, array.length) as unknown as T
    to.set(array as never)
    return to
  }
  return {
    ...column,
    values: copy(column.values),
    offsets: copy(column.offsets),
    validity: copy(column.validity),
    children,
  }
}
