import { type Disk, HeadraceError, Schema } from '@headrace/runtime/sdk'
import type { Schema as ArrowSchema } from 'apache-arrow'
import type { Assembler } from '../output.ts'
import { type Block, decodeFooter, encodeFooter, fileHead, fileTail, readFooter } from './messages.ts'

/** Puts Arrow files together: record batch messages are copied as they are, and the footer is written anew. */
export const arrowAssembler = (disk: Disk): Assembler => ({
  async begin(existing, schema) {
    const { arrowSchema, columnTypeOf } = await import('@headrace/runtime/arrow')
    const wanted = arrowSchema(schema)
    if (!existing) {
      return { pieces: [await fileHead(wanted)], side: footerEntry(await encodeFooter(wanted, [])), state: null }
    }
    const { schema: found, footer, end } = await readFooter(existing, disk)
    const columns = found.fields.map(({ name, type }) => ({ name, type: columnTypeOf(type) }))
    // Ours in words, and the same layout: a large string is a string to us, but its messages are not.
    const same = found.fields.every((field, i) => String(field.type) === String(wanted.fields[i]?.type))
    if (!same || !schema.equals(new Schema(columns))) throw otherColumns(existing, found, schema)
    return { pieces: [{ file: existing, start: 0, end }], side: footerEntry(footer), state: null }
  },

  async append(part, _state, position) {
    const { blocks, end } = await readFooter(part.file, disk, part)
    const start = blocks[0]?.offset ?? end
    const side = Buffer.concat(blocks.map((block) => blockEntry(block, position - start)))
    return { pieces: [{ file: part.file, start: part.start + start, end: part.start + end }], side, state: null }
  },

  async end(_state, side) {
    const entries = Buffer.from(side.buffer, side.byteOffset, side.length)
    const footerEnd = 4 + entries.readUint32LE(0)
    const { schema, blocks } = await decodeFooter(entries.subarray(4, footerEnd))
    for (let at = footerEnd; at < entries.length; at += blockBytes) blocks.push(readEntry(entries, at))
    return fileTail(schema, blocks)
  },
})

// The file beside: the footer to begin with and its length, then 20 bytes for each record batch.
const blockBytes = 20

function footerEntry(footer: Uint8Array): Buffer {
  const entry = Buffer.alloc(4 + footer.length)
  entry.writeUint32LE(footer.length)
  entry.set(footer, 4)
  return entry
}

function blockEntry({ offset, metaDataLength, bodyLength }: Block, moved: number): Buffer {
  const entry = Buffer.alloc(blockBytes)
  entry.writeDoubleLE(offset + moved, 0)
  entry.writeInt32LE(metaDataLength, 8)
  entry.writeDoubleLE(bodyLength, 12)
  return entry
}

const readEntry = (entries: Buffer, at: number): Block => ({
  offset: entries.readDoubleLE(at),
  metaDataLength: entries.readInt32LE(at + 8),
  bodyLength: entries.readDoubleLE(at + 12),
})

const otherColumns = (file: string, found: ArrowSchema, schema: Schema): HeadraceError =>
  new HeadraceError('columns-differ', `${file} has the columns ${found}; the rows to append have ${schema}.`, {
    place: { file },
    hint: 'Append rows with the same columns, in the same order, or set ifExists to "replace".',
  })
