import type { Batch, Input } from '@headrace/runtime/sdk'
import { stagePart } from '../output.ts'
import { openBatchWriter } from './batch.ts'
import { GrowingBuffer } from './buffer.ts'
import { type Block, fileHead, fileTail } from './messages.ts'

/** Stages a split's rows as an Arrow file, a record batch a batch. `keep` may reject rows first. */
export async function writeArrowPart(
  file: string,
  input: Input,
  keep: (batch: Batch) => Batch = (batch) => batch,
): Promise<{ rows: number; bytes: number }> {
  const { arrowSchema } = await import('@headrace/runtime/arrow')
  const writeBatch = await openBatchWriter()
  const message = new GrowingBuffer()
  const part = stagePart(file)
  const schema = arrowSchema(input.schema)
  const blocks: Block[] = []
  let rows = 0
  let offset = 0
  const write = async (bytes: Uint8Array) => {
    await part.write(bytes)
    offset += bytes.length
  }
  try {
    for await (const batch of input) {
      const kept = keep(batch)
      if (kept.rows === 0) continue
      if (offset === 0) await write(await fileHead(schema))
      const metaDataLength = writeBatch(message, kept)
      const bytes = message.take()
      blocks.push({ offset, metaDataLength, bodyLength: bytes.length - metaDataLength })
      await write(bytes)
      rows += kept.rows
    }
    if (rows) await write(await fileTail(schema, blocks))
    return { rows, bytes: await part.close() }
  } catch (error) {
    await part.discard()
    throw error
  } finally {
    message.close()
  }
}
