import type { RecordBatch } from 'apache-arrow'
import { Schema } from '../pipeline/schema.ts'
import type { ColumnType, Field } from '../pipeline/types.ts'
import type { Failure, Parents } from './account.ts'
import { bitsOf, chooseRows, keptBits, otherBits } from './bits.ts'
import { type Coded, isCoded, placesAt, rowsOf, type Stored, sliceStored, storedBytes, withCodes } from './coded.ts'
import { type Column, valueAt } from './column.ts'
import { countBits, gather } from './gather.ts'
import type { Identity } from './identity.ts'
import { difference, distinctRows, refuseUnordered, waysOf } from './masks.ts'
import type { Block } from './pool.ts'
import type { Scope } from './scope.ts'

/** Only the operations here say whose pieces a batch's rows are: a node that could would say what it likes. */
const piecesOf = Symbol('pieces of')

/**
 * Some rows of one split: columns in shared memory, never changed. An operation gives a new batch that shares the
 * columns it did not touch. Rows leave a node by `yield`, `where`, `reject`, `explode` and `branch` only, so that
 * the books see them.
 */
export class Batch {
  readonly schema: Schema
  readonly rows: number
  readonly identity: Identity
  readonly parents: Parents
  readonly scope: Scope
  /** The columns as stored; with a selection they hold more rows than the batch. */
  readonly #stored: readonly Stored[]
  readonly #selection: Int32Array | null
  readonly #dense: (Column | undefined)[] = []
  readonly #places: (Int32Array | undefined)[] = []
  #blocks: Block[] = []
  #holds = 1
  #fresh = true

  constructor(
    scope: Scope,
    schema: Schema,
    columns: readonly Stored[],
    identity: Identity,
    options: { selection?: Int32Array | null; [piecesOf]?: Parents } = {},
  ) {
    this.scope = scope
    this.schema = schema
    this.rows = identity.rows
    this.identity = identity
    this.parents = options[piecesOf] ?? {
      rows: identity.rows,
      get sum() {
        return identity.checksum
      },
    }
    this.#stored = columns
    this.#selection = options.selection ?? null
    // First: it refuses where the split has ended, and then nothing may be held.
    scope.own(this)
    this.#hold(columns, this.#selection)
  }

  /** Holds memory as long as this batch lives, and no longer than its scope. */
  #hold(columns: readonly Stored[], places: Int32Array | null = null): void {
    const blocks = this.scope.blocksOf(columns, places)
    for (const block of blocks) this.scope.pool.hold(block)
    this.#blocks.push(...blocks)
  }

  /** A column by name or place: dense, from row 0, `rows` long. */
  column(which: string | number): Column {
    const index = typeof which === 'number' ? which : this.schema.indexOf(which)
    const stored = this.#stored[index]
    if (!stored) throw new RangeError(`there is no column "${which}"; there are ${this.schema}`)
    if (!this.#selection && !isCoded(stored)) return stored
    if (this.#dense[index]) return this.#dense[index]
    const { column, places } = this.stored(index)
    const dense = gather(this.scope, column, places as Int32Array)
    this.#hold([dense])
    return (this.#dense[index] = dense)
  }

  /**
   * A column as it is stored and, with a selection or codes, where in it each row is: to look at rows without a copy.
   * `coded`: the column holds each of few values once, and is the same object in all batches that have its values.
   */
  stored(index: number): { readonly column: Column; readonly places: Int32Array | null; readonly coded: boolean } {
    const stored = this.#stored[index] as Stored
    if (!isCoded(stored)) return { column: stored, places: this.#selection, coded: false }
    return { column: stored.values, places: this.#codes(index, stored), coded: true }
  }

  /** How many rows a column has: as many as the batch, if its node made no mistake. */
  lengthOf(index: number): number {
    return this.#selection?.length ?? rowsOf(this.#stored[index] as Stored)
  }

  #codes(index: number, { codes }: Coded): Int32Array {
    if (!this.#selection || this.#places[index]) return this.#places[index] ?? codes
    const places = placesAt(codes, this.#selection, this.scope.allocate(Int32Array, this.rows))
    this.#hold([], places)
    return (this.#places[index] = places)
  }

  get columns(): readonly Column[] {
    return this.schema.fields.map((_, index) => this.column(index))
  }

  /** Bytes of the columns as stored. */
  get bytes(): number {
    return this.#stored.reduce((sum, column) => sum + storedBytes(column), 0)
  }

  /** One row as an object of plain values (see `valueAt`); slow. */
  row(row: number): Record<string, unknown> {
    return Object.fromEntries(this.schema.fields.map((field, i) => [field.name, valueAt(this.column(i), row)]))
  }

  /** Keeps the rows whose `mask` is true; a null is false. The others count as filtered. */
  where(mask: Column): Batch {
    this.#refuseExploded('where')
    const kept = this.#pick(keptBits(mask))
    this.#countFiltered(kept.identity)
    return kept
  }

  /** Drops the rows named by `failures` and hands them to `rejects` with the reasons. */
  reject(failures: readonly Failure[]): Batch {
    if (failures.length === 0) return this
    this.#refuseExploded('reject')
    const byRow = new Map(failures.map((failure) => [failure.row, failure]))
    const failed = bitsOf(byRow.keys(), this.rows)
    const rejected = this.#pick(failed)
    const kept = this.#pick(otherBits(failed, this.rows))
    this.scope.account.addRows('rejected', rejected.identity)
    const inOrder = [...byRow.values()].sort((a, b) => a.row - b.row)
    this.scope.account.onReject(rejected, inOrder)
    return kept
  }

  /**
   * Makes pieces of rows: piece i comes from row `parents[i]` (ascending), carries that row's columns and those of
   * `columns` (each `parents.length` long; a name that exists is replaced). A row without a piece counts as filtered.
   */
  explode(parents: Int32Array, columns: readonly [Field, Column][]): Batch {
    this.#refuseExploded('explode')
    refuseUnordered(parents, this.rows)
    const withPieces = distinctRows(parents)
    const distinct = withPieces.length === this.rows ? this.identity : this.identity.take(withPieces)
    this.#countFiltered(distinct)
    const selection = this.#selection ? placesAt(this.#selection, parents) : parents
    const base = new Batch(this.scope, this.schema, this.#stored, this.identity.explode(parents), {
      selection,
      [piecesOf]: { rows: distinct.rows, sum: distinct.checksum },
    })
    return base.with(columns)
  }

  /**
   * Sends rows to the ports that lead somewhere: a row goes to each whose mask is true, or counts as filtered; one that
   * leaves by two counts as a parent once. The names of the ports that may share rows (`shared`) go into the
   * identities: always, not only in a batch in which some row does leave twice, so that no cut of batches shows.
   */
  branch(masks: Readonly<Record<string, Column>>, shared: readonly string[] = []): { port: string; batch: Batch }[] {
    this.#refuseExploded('branch')
    const open = Object.entries(masks).filter(([port]) => this.scope.ports?.has(port) ?? true)
    const { ways, others } = waysOf(this.scope, this.identity, open, shared)
    if (others.rows) this.scope.account.add('filtered', others.rows, others.sum)
    return ways.map(({ port, rows, identity, parents }) => ({ port, batch: this.#at(rows, identity, parents) }))
  }

  /** Rows `start` to `end`, nothing copied. */
  slice(start: number, end: number): Batch {
    this.#refuseExploded('slice')
    const identity = this.identity.slice(start, end)
    const selection = this.#selection?.subarray(start, end) ?? null
    const stored = selection ? this.#stored : this.#stored.map((one) => sliceStored(this.scope, one, start, end))
    return new Batch(this.scope, this.schema, stored, identity, { selection })
  }

  /** Adds columns at the end, or puts them in the place of those with their names. */
  with(columns: readonly [Field, Column][]): Batch {
    if (columns.length === 0) return this
    const fields = [...this.schema.fields]
    const dense = this.#stored.map((stored, i) =>
      isCoded(stored) ? withCodes(stored, this.#codes(i, stored)) : this.column(i),
    )
    for (const [field, column] of columns) {
      if (column.length !== this.rows)
        throw new RangeError(`column "${field.name}" has ${column.length} rows, the batch ${this.rows}`)
      const at = this.schema.indexOf(field.name)
      const place = at < 0 ? fields.length : at
      fields[place] = field
      dense[place] = column
    }
    return new Batch(this.scope, new Schema(fields), dense, this.identity, { [piecesOf]: this.parents })
  }

  /** The columns named, in that order, under new names where `as` says so. */
  project(columns: readonly { readonly column: string; readonly as?: string }[]): Batch {
    const places = columns.map(({ column }) => {
      const at = this.schema.indexOf(column)
      if (at < 0) throw new RangeError(`there is no column "${column}"; there are ${this.schema}`)
      return at
    })
    const fields = columns.map(({ column, as }, i) => ({
      name: as ?? column,
      type: this.schema.fields[places[i] as number]?.type as ColumnType,
    }))
    const stored = places.map((at) => this.#stored[at] as Stored)
    return new Batch(this.scope, new Schema(fields), stored, this.identity, {
      selection: this.#selection,
      [piecesOf]: this.parents,
    })
  }

  /** The same rows under another scope: how a batch enters the next node. Ends what its pieces were parents of. */
  into(scope: Scope, schema: Schema = this.schema, columns?: readonly Column[]): Batch {
    return new Batch(scope, schema, columns ?? this.#stored, this.identity, {
      selection: columns ? null : this.#selection,
    })
  }

  /** The batch as an apache-arrow RecordBatch over the same bytes; apache-arrow is loaded at the first call. */
  async toArrow(): Promise<RecordBatch> {
    const { toArrow } = await import('./arrow.ts')
    return toArrow(this)
  }

  /** The same batch with `name` in its identity: one row that leaves by two edges. */
  onBranch(name: string): Batch {
    return new Batch(this.scope, this.schema, this.#stored, this.identity.onBranch(name), {
      selection: this.#selection,
      [piecesOf]: this.parents,
    })
  }

  /** Takes a hold that its owner gives back with `release` or `using`: for read-ahead and windows. */
  keep(): this & Disposable {
    this.#holds++
    return Object.assign(this, { [Symbol.dispose]: () => void this.release() })
  }

  /** Gives a hold back; with the last one the memory is free. */
  release(): void {
    if (this.#holds === 0) return
    this.#holds--
    if (this.#holds === 0) this.#drop()
  }

  /** Gives back, once, the hold that the batch was made with: its node has moved on. */
  leave(): void {
    if (!this.#fresh) return
    this.#fresh = false
    this.release()
  }

  /** Gives all holds back, whoever has them: at the end of a split. */
  free(): void {
    if (this.#holds === 0) return
    this.#holds = 0
    this.#drop()
  }

  #drop(): void {
    for (const block of this.#blocks) this.scope.pool.release(block)
    this.#blocks = []
    this.scope.forget(this)
  }

  #pick(bits: Uint8Array): Batch {
    const count = countBits(bits, this.rows)
    if (count === this.rows) return this
    const chosen = chooseRows(this.scope, bits, this.rows, count)
    return this.#at(chosen.rows, this.identity.where(chosen))
  }

  /** `rows` are memory of this scope: what they say of this batch's rows is made to say it of the columns as stored. */
  #at(rows: Int32Array, identity: Identity, parents?: Parents): Batch {
    const before = this.#selection
    if (before) placesAt(before, rows, rows)
    return new Batch(this.scope, this.schema, this.#stored, identity, {
      selection: rows.length === this.rows ? before : rows,
      ...(parents && { [piecesOf]: parents }),
    })
  }

  #countFiltered(left: Identity): void {
    const rows = this.rows - left.rows
    if (rows > 0) this.scope.account.add('filtered', rows, difference(this.identity, left))
  }

  #refuseExploded(operation: string): void {
    if (this.parents.rows !== this.rows)
      throw new Error(`${operation} after explode in the same node: rows and parents would no longer agree`)
  }
}
