import { type Disk, type DiskFile, HeadraceError } from '@headrace/runtime/sdk'
import type { Schema } from 'apache-arrow'

// Arrow's IPC file: magic, schema message, record batch messages, end mark, footer, its length, magic.
// https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
const magic = Buffer.from('ARROW1')
/** The end of a stream's messages. */
export const endMark = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])

/** Where a record batch lies in a file. */
export interface Block {
  readonly offset: number
  readonly metaDataLength: number
  readonly bodyLength: number
}

/** The first bytes of a file: magic and schema message. */
export async function fileHead(schema: Schema): Promise<Buffer> {
  return Buffer.concat([magic, Buffer.alloc(2), await schemaMessage(schema)])
}

/** The message that a stream begins with; a schema has no body. */
export async function schemaMessage(schema: Schema): Promise<Uint8Array> {
  const { RecordBatchStreamWriter, Table } = await import('apache-arrow')
  const stream = RecordBatchStreamWriter.writeAll(new Table(schema)).toUint8Array(true)
  return stream.subarray(0, 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true))
}

/** The last bytes of a file, from the end mark on. */
export async function fileTail(schema: Schema, blocks: readonly Block[]): Promise<Buffer> {
  const footer = await encodeFooter(schema, blocks)
  const length = Buffer.alloc(4)
  length.writeInt32LE(footer.length)
  return Buffer.concat([endMark, footer, length, magic])
}

export async function encodeFooter(schema: Schema, blocks: readonly Block[]): Promise<Uint8Array> {
  const { FileBlock, Footer } = await import('apache-arrow/ipc/metadata/file')
  const { MetadataVersion } = await import('apache-arrow')
  const records = blocks.map((block) => new FileBlock(block.metaDataLength, block.bodyLength, block.offset))
  return Footer.encode(new Footer(schema, MetadataVersion.V5, records, []))
}

export async function decodeFooter(bytes: Uint8Array): Promise<{ schema: Schema; blocks: Block[] }> {
  // The whole of apache-arrow: without it a Schema has no `decode`, which another module of its own adds.
  await import('apache-arrow')
  const { Footer } = await import('apache-arrow/ipc/metadata/file')
  const footer = Footer.decode(bytes)
  const blocks = [...footer.recordBatches()].map(({ offset, metaDataLength, bodyLength }) => ({
    offset: Number(offset),
    metaDataLength,
    bodyLength: Number(bodyLength),
  }))
  return { schema: footer.schema, blocks }
}

/** A file's schema, its record batches, and the byte where the next one could be written. */
export async function readFooter(
  file: string,
  disk: Disk,
  within?: { readonly start: number; readonly end: number },
): Promise<{ schema: Schema; blocks: Block[]; footer: Uint8Array; end: number }> {
  const handle = await disk.open(file, 'read')
  try {
    const { start, end: whole } = within ?? { start: 0, end: (await handle.stat()).size }
    const size = whole - start
    const read = (position: number, length: number) => readAt(handle, start + position, length)
    const [head, last] = [await read(0, 16), await read(Math.max(0, size - 10), 10)]
    if (size < 26 || !head.subarray(0, 6).equals(magic) || !last.subarray(4).equals(magic)) {
      throw new HeadraceError('not-arrow', `${file} is no Arrow IPC file: "ARROW1" does not stand at both ends.`, {
        place: { file },
      })
    }
    const footer = await read(size - 10 - last.readInt32LE(0), last.readInt32LE(0))
    const { schema, blocks } = await decodeFooter(footer)
    const ends = blocks.map((block) => block.offset + block.metaDataLength + block.bodyLength)
    return { schema, blocks, footer, end: Math.max(16 + head.readInt32LE(12), ...ends) }
  } finally {
    await handle.close()
  }
}

async function readAt(handle: DiskFile, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  await handle.read(buffer, position)
  return buffer
}
