import type { Batch, Receipt, SinkWriteContext } from '@headrace/runtime/sdk'
import { splitReceipt, stagePart } from '../output.ts'
import { type Codec, type Encoder, openEncoder } from './encode.ts'
import { footerOf } from './footer.ts'
import { footerBytes, headOf, magic, moveGroups } from './stitch.ts'
import { writeThrift } from './thrift.ts'

const mostBytes = 32 << 20

/** Stages a split as a Parquet file: row groups of `groupRows` rows, or about 32 MB where that is less. */
export async function writeParquetPart<C>(
  context: SinkWriteContext<C>,
  settings: { readonly codec: Codec; readonly groupRows: number },
): Promise<Receipt> {
  const { input, splitIndex } = context
  const file = context.stage('.parquet')
  const part = stagePart(file)
  let encoder: Encoder | null = null
  const groups: Uint8Array[] = []
  let head: ReturnType<typeof headOf> | null = null
  let rows = 0
  let position = magic.length

  async function flush() {
    if (!encoder || encoder.rows() === 0) return
    const group = encoder.finish()
    const footer = footerOf(group, file)
    head ??= headOf(footer)
    if (groups.length === 0) await part.write(magic)
    const moved = moveGroups(footer, position, groups.length, null)
    await part.write(group.subarray(moved.start, moved.end))
    groups.push(...moved.groups.map(writeThrift))
    position += moved.end - moved.start
  }

  try {
    for await (const batch of input) {
      for (let at = 0; at < batch.rows; ) {
        encoder ??= await openEncoder(input.schema.fields, settings.codec)
        const count = Math.min(batch.rows - at, settings.groupRows - encoder.rows())
        encoder.add(rowsOf(batch, at, at + count))
        at += count
        rows += count
        if (encoder.rows() >= settings.groupRows || encoder.bytes() >= mostBytes) await flush()
      }
    }
    await flush()
    if (head) await part.write(footerBytes(head, { rows, count: groups.length, bytes: Buffer.concat(groups) }))
    return splitReceipt(splitIndex, rows, await part.close(), file)
  } catch (error) {
    await part.discard()
    throw error
  } finally {
    encoder?.close()
  }
}

const rowsOf = (batch: Batch, start: number, end: number): Batch =>
  start === 0 && end === batch.rows ? batch : batch.slice(start, end)
