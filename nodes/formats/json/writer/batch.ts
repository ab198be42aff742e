import type { Batch, Column, Schema } from '@headrace/runtime/sdk'
import type { TextBuffer, WriteValue } from '@headrace/runtime/text'
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
/** One a thread: a batch is written without a pause. */
let only: Instance<Kernel> | undefined
/** What is laid out in its memory. */
let layout: Layout | undefined

function theInstance(): Instance<Kernel> {
  if (only) return only
  only = fresh()
  writeTables(only.memory.buffer)
  return only
}

/** Writes batches as JSON, an object a line; null where a column is of a type that the kernel does not write. */
export function jsonBatchWriter(schema: Schema): WriteBatch | null {
  if (!schema.fields.every(({ type }) => kindOf(type))) return null
  return (to, batch, writeRow) => {
    if (batch.rows < leastRows) return false
    const { columns, places } = columnsOf(batch)
    if (columns.reduce((sum, column) => sum + placedBytes(column), 0) > mostBytes) return false
    const instance = theInstance()
    if (layout?.schema !== schema) layout = layOut(instance.memory, schema, afterOut)
    const listed = placeColumns(instance.memory, layout, columns, places)
    writeRows(instance, layout.root, listed, batch.rows, to, writeRow)
    return true
  }
}

function writeRows(
  { memory, kernel }: Instance<Kernel>,
  root: number,
  places: number,
  rows: number,
  to: TextBuffer,
  writeRow: () => WriteValue,
): void {
  const bytes = new Uint8Array(memory.buffer)
  let single: WriteValue | undefined
  for (let row = 0; row < rows; ) {
    const next = kernel.write(root, places, row, rows, out, limit)
    to.copy(bytes, out, kernel.end())
    if (next === row) {
      single ??= writeRow()
      single(to, row)
    }
    row = Math.max(next, row + 1)
  }
}

/** Columns as they are stored and which rows of them; a copy of the rows where these are few. */
function columnsOf(batch: Batch): { columns: readonly Column[]; places: Int32Array | null } {
  const stored = batch.schema.fields.map((_, i) => batch.stored(i))
  const { column, places = null } = stored[0] ?? {}
  if (!places || batch.rows * 4 < (column?.length ?? 0)) return { columns: batch.columns, places: null }
  return { columns: stored.map((one) => one.column), places }
}
