import { type Batch, type Column, layout, type Scope, slice } from '@headrace/runtime/sdk'
import type { GrowingBuffer } from './buffer.ts'

/** Writes a batch as a record batch message, without the schema; its body begins after the bytes that it returns. */
export type WriteBatch = (out: GrowingBuffer, batch: Batch) => number

/**
 * Opens a writer of record batch messages that copies each byte once. apache-arrow's own keeps views of the batches, and
 * leaves the values out of an all-null bool column, which arrow-rs refuses.
 */
export async function openBatchWriter(): Promise<WriteBatch> {
  const message = await import('apache-arrow/ipc/metadata/message')
  return (out, batch) => {
    const { nodes, pieces, regions, bytes } = bodyOf(batch.scope, batch.columns)
    const about = new message.RecordBatch(
      batch.rows,
      nodes.map(({ length, nulls }) => new message.FieldNode(length, nulls)),
      regions.map(({ offset, length }) => new message.BufferRegion(offset, length)),
    )
    const encoded = message.Message.encode(message.Message.from(about, bytes))
    const padded = (encoded.length + 7) & ~7
    out.write(new Uint8Array(Int32Array.of(-1, padded).buffer))
    out.write(encoded)
    out.pad()
    for (const piece of pieces) {
      out.write(piece)
      out.pad()
    }
    return 8 + padded
  }
}

interface Body {
  readonly nodes: { readonly length: number; readonly nulls: number }[]
  readonly pieces: Uint8Array[]
  readonly regions: { readonly offset: number; readonly length: number }[]
  bytes: number
}

/** Columns as the body of a record batch: https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message */
function bodyOf(scope: Scope, columns: readonly Column[]): Body {
  const body: Body = { nodes: [], pieces: [], regions: [], bytes: 0 }
  for (const column of columns) visit(scope, column, body)
  return body
}

function visit(scope: Scope, column: Column, body: Body): void {
  const { type, length, nulls, validity, offsets, values, children } = column
  body.nodes.push({ length, nulls })
  if (type.kind === 'null') return
  const bits = (length + 7) >> 3
  place(body, nulls > 0 && validity ? validity.subarray(0, bits) : new Uint8Array(0))
  switch (type.kind) {
    case 'bool':
      place(body, (values as Uint8Array).subarray(0, bits))
      break
    case 'string':
    case 'binary': {
      const [from, to] = [offsets?.[0] ?? 0, offsets?.[length] ?? 0]
      placeOffsets(body, offsets as Int32Array, length)
      place(body, (values as Uint8Array).subarray(from, to))
      break
    }
    case 'list': {
      const [from, to] = [offsets?.[0] ?? 0, offsets?.[length] ?? 0]
      const items = children[0] as Column
      placeOffsets(body, offsets as Int32Array, length)
      visit(scope, from === 0 && to === items.length ? items : slice(scope, items, from, to), body)
      break
    }
    case 'fixed':
    case 'struct':
      for (const child of children) visit(scope, child, body)
      break
    default: {
      const { perRow } = layout(type) as { perRow: number }
      const numbers = values as NonNullable<Column['values']>
      place(body, new Uint8Array(numbers.buffer, numbers.byteOffset, length * perRow * numbers.BYTES_PER_ELEMENT))
    }
  }
}

function placeOffsets(body: Body, offsets: Int32Array, length: number): void {
  const first = offsets[0] ?? 0
  const some = offsets.subarray(0, length + 1)
  const based = first === 0 ? some : Int32Array.from(some, (offset) => offset - first)
  place(body, new Uint8Array(based.buffer, based.byteOffset, based.byteLength))
}

function place(body: Body, piece: Uint8Array): void {
  body.pieces.push(piece)
  body.regions.push({ offset: body.bytes, length: piece.length })
  body.bytes += (piece.length + 7) & ~7
}
