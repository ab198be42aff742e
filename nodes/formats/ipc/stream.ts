import type { Batch, Schema } from '@headrace/runtime/sdk'
import { openBatchWriter } from './batch.ts'
import { GrowingBuffer } from './buffer.ts'
import { endMark, schemaMessage } from './messages.ts'

/** Writes batches as an Arrow IPC stream into one growing buffer. */
export interface IpcStream {
  readonly add: (batch: Batch) => void
  readonly length: () => number
  /** The whole stream; the next `add` begins a new one. */
  readonly finish: () => Uint8Array
  /** Ends the stream: nobody looks at what `finish` gave any more. */
  readonly close: () => void
}

/** Opens a stream for batches of these columns. */
export async function openIpcStream(schema: Schema, room?: number): Promise<IpcStream> {
  const { arrowSchema } = await import('@headrace/runtime/arrow')
  const head = await schemaMessage(arrowSchema(schema))
  const write = await openBatchWriter()
  const out = new GrowingBuffer(room)
  return {
    add(batch) {
      if (out.length === 0) out.write(head)
      write(out, batch)
    },
    length: () => out.length,
    finish() {
      if (out.length === 0) out.write(head)
      out.write(endMark)
      return out.take()
    },
    close: () => out.close(),
  }
}
