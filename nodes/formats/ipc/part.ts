import type { Batch, Disk, Input } from '@headrace/runtime/sdk'
import { type PartFormat, stagePart } from '../output.ts'
import { openBatchWriter } from './batch.ts'
import { GrowingBuffer } from './buffer.ts'
import { type Block, fileHead, fileTail } from './messages.ts'

/** Parts that are Arrow files, a record batch a batch. */
export const arrowParts: PartFormat = {
  ending: '.arrow',
  async open(columns, put, room) {
    const { arrowSchema } = await import('@headrace/runtime/arrow')
    const writeBatch = await openBatchWriter()
    const message = new GrowingBuffer(room === 'much' ? undefined : 1 << 10)
    const schema = arrowSchema(columns)
    const blocks: Block[] = []
    let offset = 0
    const write = async (bytes: Uint8Array) => {
      await put(bytes)
      offset += bytes.length
    }
    return {
      async add(batch) {
        if (batch.rows === 0) return
        if (offset === 0) await write(await fileHead(schema))
        const metaDataLength = writeBatch(message, batch)
        const bytes = message.take()
        blocks.push({ offset, metaDataLength, bodyLength: bytes.length - metaDataLength })
        await write(bytes)
      },
      bytes: () => offset,
      end: async () => await write(await fileTail(schema, blocks)),
      close: () => message.close(),
    }
  },
}

/** Stages a split's rows as one Arrow file, which a commit reads: a crash may lose it. `keep` may reject rows first. */
export async function writeArrowPart(
  disk: Disk,
  file: string,
  input: Input,
  keep: (batch: Batch) => Batch = (batch) => batch,
): Promise<{ rows: number; bytes: number }> {
  const part = stagePart(disk, file, { lasting: false })
  const writer = await arrowParts.open(input.schema, part.write, 'much')
  let rows = 0
  try {
    for await (const batch of input) {
      const kept = keep(batch)
      await writer.add(kept)
      rows += kept.rows
    }
    if (rows) await writer.end()
    return { rows, bytes: await part.close() }
  } catch (error) {
    await part.discard()
    throw error
  } finally {
    writer.close()
  }
}
