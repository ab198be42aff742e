import type { Batch, Receipt, SinkWriteContext } from '@headrace/runtime/sdk'
import { TextBuffer, type Unwritable, type WriteValue } from '@headrace/runtime/text'
import { splitReceipt, stagePart } from '../output.ts'

const writeBytes = 1 << 20

/** Stages a split's rows as text: `head` first, then each row as `rowWriter` gives it for a batch. */
export async function writeTextPart<C>(
  context: SinkWriteContext<C>,
  ending: string,
  head: (out: TextBuffer) => void,
  rowWriter: (batch: Batch, unwritable: Unwritable) => WriteValue,
): Promise<Receipt> {
  const file = context.stage(ending)
  const part = stagePart(file)
  const out = new TextBuffer()
  const unwritable: Unwritable = { notFinite: 0 }
  let rows = 0
  try {
    for await (const batch of context.input) {
      if (rows === 0 && batch.rows) head(out)
      const write = rowWriter(batch, unwritable)
      for (let row = 0; row < batch.rows; row++) {
        write(out, row)
        if (out.length >= writeBytes) await flush()
      }
      rows += batch.rows
    }
    await flush()
    if (unwritable.notFinite) {
      context.count('notFinite', unwritable.notFinite)
      context.log('warn', `${unwritable.notFinite} values are NaN or infinite and were written as null`)
    }
    return splitReceipt(context.splitIndex, rows, await part.close(), file)
  } catch (error) {
    await part.discard()
    throw error
  }

  async function flush() {
    if (out.length) await part.write(out.written)
    out.clear()
  }
}
