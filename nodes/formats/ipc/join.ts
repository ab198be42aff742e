import type { Disk } from '@headrace/runtime/sdk'
import { type Block, decodeFooter, fileTail } from './messages.ts'

/** What follows a file's footer: its length in 4 bytes, the magic in 6. */
const behindFooter = 10

/**
 * Files that `writeArrowPart` made for the same columns, as the bytes of one such file in memory; null where there are
 * none. Each byte is read to its place, and none is copied. `room` gives a buffer of that many bytes or more.
 */
export async function joinArrowFiles(
  disk: Disk,
  files: readonly string[],
  room: (bytes: number) => Buffer,
): Promise<Buffer | null> {
  const sizes = await Promise.all(files.map(async (file) => (await disk.stat(file))?.size ?? 0))
  const whole = room(sizes.reduce((sum, size) => sum + size, 0))
  const blocks: Block[] = []
  let schema: Parameters<typeof fileTail>[0] | null = null
  let head = 0
  let end = 0
  for (const [i, file] of files.entries()) {
    // All begin with the same schema message.
    const bytes = whole.subarray(end, end + (sizes[i] as number) - head)
    await readInto(bytes, disk, file, head)
    const footerEnd = bytes.length - behindFooter
    const footer = await decodeFooter(bytes.subarray(footerEnd - bytes.readInt32LE(footerEnd), footerEnd))
    const moved = end - head
    for (const block of footer.blocks) {
      blocks.push({ ...block, offset: block.offset + moved })
      end = moved + block.offset + block.metaDataLength + block.bodyLength
    }
    head = footer.blocks[0]?.offset ?? head
    schema = footer.schema
  }
  if (!schema) return null
  if (files.length === 1) return whole.subarray(0, sizes[0])
  const tail = await fileTail(schema, blocks)
  whole.set(tail, end)
  return whole.subarray(0, end + tail.length)
}

async function readInto(bytes: Buffer, disk: Disk, path: string, position: number): Promise<void> {
  const file = await disk.open(path, 'read')
  try {
    const read = await file.read(bytes, position)
    if (read < bytes.length) throw new Error(`${path} ends ${bytes.length - read} bytes early`)
  } finally {
    await file.close()
  }
}
