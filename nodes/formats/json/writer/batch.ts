import type { Batch, Column, Schema } from '@headrace/runtime/sdk'
import type { WriteBatch } from '../../text/part.ts'
import { compiled, type Instance } from '../../wasm/instance.ts'
import { assembleKernel, freeFrom, type Kernel, writeTables } from './kernel.ts'
import { kindOf, type Layout, layOut, placeColumns, placedBytes } from './layout.ts'

/** Fewer rows than this are not worth the way into the kernel. */
const leastRows = 16
/** Bytes of a batch's columns that are taken in, at most. */
const mostBytes = 8 << 20
/** Bytes that are written at once, and what a row may write beyond: brackets, a number, sixteen bytes at a time. */
const outBytes = 1 << 20
const slack = 4096

const out = freeFrom
const limit = out + outBytes
const afterOut = limit + slack

const fresh = compiled<Kernel>(assembleKernel, Math.ceil(afterOut / 65536))

interface Laid extends Instance<Kernel> {
  /** What is laid out in the memory. */
  layout: Layout | null
}

/** Fresh memory is slow to touch: instances go from batch to batch. */
const idle: Laid[] = []
const mostIdle = 2

function anInstance(): Laid {
  const waiting = idle.pop()
  if (waiting) return waiting
  const made = fresh()
  writeTables(made.memory.buffer)
  return { ...made, layout: null }
}

/** Writes batches as JSON, an object a line; null where a column is of a type that the kernel does not write. */
export function jsonBatchWriter(schema: Schema): WriteBatch | null {
  if (!schema.fields.every(({ type }) => kindOf(type))) return null
  return async (batch, write, writeRow) => {
    if (batch.rows < leastRows) return false
    const { columns, places } = columnsOf(batch)
    if (columns.reduce((sum, column) => sum + placedBytes(column), 0) > mostBytes) return false
    const instance = anInstance()
    const { memory, kernel } = instance
    const layout = instance.layout?.schema === schema ? instance.layout : layOut(memory, schema, afterOut)
    instance.layout = layout
    const listed = placeColumns(memory, layout, columns, places)
    const bytes = new Uint8Array(memory.buffer)
    for (let row = 0; row < batch.rows; ) {
      const next = kernel.write(layout.root, listed, row, batch.rows, out, limit)
      if (next > row) await write(bytes.subarray(out, kernel.end()))
      else writeRow(row)
      row = Math.max(next, row + 1)
    }
    // Where a write fails the instance is not used again.
    if (idle.length < mostIdle) idle.push(instance)
    return true
  }
}

/** Columns as they are stored and which rows of them; a copy of the rows where these are few. */
function columnsOf(batch: Batch): { columns: readonly Column[]; places: Int32Array | null } {
  const stored = batch.schema.fields.map((_, i) => batch.stored(i))
  const { column, places = null } = stored[0] ?? {}
  const few = batch.rows * 4 < (column?.length ?? 0)
  if (!places || few || stored.some((one) => one.coded)) return { columns: batch.columns, places: null }
  return { columns: stored.map((one) => one.column), places }
}
