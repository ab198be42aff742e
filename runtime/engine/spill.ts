import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import {
  type Batch,
  Batch as BatchOf,
  type Column,
  type Identity,
  type Scope,
  type TypedArray,
} from '../memory/index.ts'
import type { Schema } from '../pipeline/schema.ts'

interface Spilled {
  readonly schema: Schema
  readonly identity: Identity
  readonly columns: readonly Column[]
  readonly byte: number
  readonly length: number
}

/**
 * A file for the batches of a fan-out that one consumer has not taken yet: at most one split. The columns' buffers
 * are written one after the other and read back whole; what they mean stays in memory.
 */
export class SpillFile {
  readonly #path: string
  #file: number | undefined
  #end = 0

  constructor(path: string) {
    this.#path = path
  }

  write(batch: Batch): Spilled {
    this.#file ??= openSync(this.#path, 'w+')
    const byte = this.#end
    const columns = batch.columns.map((column) => this.#store(column, byte))
    return { schema: batch.schema, identity: batch.identity, columns, byte, length: this.#end - byte }
  }

  /** The batch again, in `scope`. */
  read(scope: Scope, spilled: Spilled): Batch {
    const bytes = scope.allocate(Uint8Array, spilled.length)
    for (let done = 0; done < spilled.length; ) {
      const count = readSync(this.#file as number, bytes, done, spilled.length - done, spilled.byte + done)
      if (count === 0) throw new Error(`${this.#path} is shorter than what was written to it`)
      done += count
    }
    const columns = spilled.columns.map((column) => over(column, bytes.buffer))
    return new BatchOf(scope, spilled.schema, columns, spilled.identity)
  }

  close(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    unlinkSync(this.#path)
    this.#file = undefined
  }

  /** The column with its buffers replaced by empty ones that say where in the batch's bytes they lie. */
  #store(column: Column, start: number): Column {
    const put = <T extends TypedArray>(array: T | null): T | null => {
      if (!array) return null
      // A border behind the last byte of the file would be waited for in vain.
      if (array.length === 0) return Object.assign(emptyLike(array), { place: 0, count: 0 })
      // Eight-byte borders, so that every typed array can look at the bytes where they are read to.
      this.#end = Math.ceil((this.#end - start) / 8) * 8 + start
      const place = this.#end
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file as number, bytes, done, bytes.length - done, place + done)
      this.#end += bytes.length
      return Object.assign(emptyLike(array), { place: place - start, count: array.length })
    }
    return {
      ...column,
      validity: put(column.validity),
      offsets: put(column.offsets),
      values: put(column.values),
      children: column.children.map((child) => this.#store(child, start)),
    }
  }
}

const emptyLike = <T extends TypedArray>(array: T): T => new (array.constructor as new (length: number) => T)(0)

export type { Spilled }

function over(column: Column, buffer: ArrayBufferLike): Column {
  const look = <T extends TypedArray>(array: T | null): T | null => {
    if (!array) return null
    const { place, count } = array as T & { place: number; count: number }
    return new (array.constructor as new (buffer: ArrayBufferLike, byte: number, length: number) => T)(
      buffer,
      place,
      count,
    )
  }
  return {
    ...column,
    validity: look(column.validity),
    offsets: look(column.offsets),
    values: look(column.values),
    children: column.children.map((child) => over(child, buffer)),
  }
}
