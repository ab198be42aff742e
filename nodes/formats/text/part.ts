import type { Batch, Schema, SinkWriteContext } from '@headrace/runtime/sdk'
import { TextBuffer, type Unwritable, type WriteValue } from '@headrace/runtime/text'
import type { PartFormat, WriteBytes } from '../output.ts'

const writeBytes = 1 << 20

/** What a closed part leaves to the next of its thread, which would grow one of its own to the same megabyte. */
let spare: TextBuffer | null = null

/** Writes many rows of a batch at once, single ones with `writeRow`; false where it does not write this batch. */
export type WriteBatch = (batch: Batch, write: WriteBytes, writeRow: (row: number) => void) => Promise<boolean>

/**
 * Parts of text: `head` first, then each row as `rowWriter` gives it for a batch; or a batch at once where
 * `batchWriter` can.
 */
export function textParts<C>(
  context: Pick<SinkWriteContext<C>, 'count' | 'log'>,
  ending: string,
  head: (out: TextBuffer, names: readonly string[]) => void,
  rowWriter: (batch: Batch, unwritable: Unwritable) => WriteValue,
  batchWriter: (schema: Schema) => WriteBatch | null = () => null,
): PartFormat {
  const unwritable: Unwritable = { notFinite: 0 }
  return {
    ending,
    async open(schema, write, room) {
      const out = (room === 'much' && spare) || new TextBuffer(room === 'much' ? 1 << 16 : 1 << 9)
      if (out === spare) spare = null
      const writeBatch = batchWriter(schema)
      let written = 0
      head(
        out,
        schema.fields.map(({ name }) => name),
      )
      const flush = async () => {
        if (out.length) await write(out.written)
        written += out.length
        out.clear()
      }
      const put = async (bytes: Uint8Array) => {
        await flush()
        await write(bytes)
        written += bytes.length
      }
      return {
        async add(batch) {
          let rows: WriteValue | undefined
          const writeRow = (row: number) => {
            rows ??= rowWriter(batch, unwritable)
            rows(out, row)
          }
          if (await writeBatch?.(batch, put, writeRow)) return
          for (let row = 0; row < batch.rows; row++) {
            writeRow(row)
            if (out.length >= writeBytes) await flush()
          }
        },
        bytes: () => written + out.length,
        end: flush,
        close() {
          out.clear()
          if (room === 'much') spare = out
        },
      }
    },
    ended() {
      if (!unwritable.notFinite) return
      context.count('notFinite', unwritable.notFinite)
      context.log('warn', `${unwritable.notFinite} values are NaN or infinite and were written as null`)
    },
  }
}
