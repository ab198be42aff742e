import { type FileHandle, open } from 'node:fs/promises'
import { HeadraceError } from '@headrace/runtime/sdk'
import { compressionOf, readBytes } from './compression.ts'
import { leaveBuffer, takeBuffer } from './spare.ts'

/** Bytes that come one piece after the other. */
export interface ByteStream {
  /** The next piece into `target` at `offset`, at most `most` bytes; 0 at the end. */
  readonly read: (target: Buffer, offset: number, most: number) => Promise<number>
  readonly close: () => Promise<void>
}

/** Bytes `start` to `end` of a file, decompressed where its name says so (then always from its beginning). */
export async function openBytes(path: string, name: string, start: number, end: number): Promise<ByteStream> {
  if (compressionOf(path)) return fromPieces(readBytes(path, { name }))
  const file = await open(path).catch((cause) => {
    throw new HeadraceError('unreadable', `${name} cannot be opened: ${(cause as Error).message}.`, {
      place: { file: name },
      cause,
    })
  })
  return fromRange(file, start, end)
}

/** Larger pieces are not read ahead: their memory would be needed twice. */
const mostAhead = 1 << 20

/** While a piece is worked on, the next one is read. */
function fromRange(file: FileHandle, start: number, end: number): ByteStream {
  let at = start
  let spare: Buffer | null = null
  let ahead: Promise<Buffer> | null = null
  const piece = async (target: Buffer, offset: number, most: number) => {
    const { bytesRead } = await file.read(target, offset, Math.min(most, end - at), at)
    at += bytesRead
    return bytesRead
  }
  const next = async (size: number) => {
    if (spare === null || spare.length < size) spare = takeBuffer(size)
    return spare.subarray(0, await piece(spare, 0, size))
  }
  const readAhead = (most: number) => {
    if (at >= end || most > mostAhead) return null
    const reading = next(Math.min(most, end - at))
    // Whoever asks next gets the error.
    reading.catch(() => {})
    return reading
  }
  return {
    read: async (target, offset, most) => {
      const read = ahead && (await ahead)
      if (!read) {
        const count = await piece(target, offset, most)
        if (count > 0) ahead = readAhead(most)
        return count
      }
      const count = read.copy(target, offset, 0, most)
      ahead = count < read.length ? Promise.resolve(read.subarray(count)) : readAhead(most)
      return count
    },
    close: async () => {
      await ahead?.catch(() => {})
      if (spare) leaveBuffer(spare)
      spare = null
      await file.close()
    },
  }
}

function fromPieces(pieces: AsyncGenerator<Uint8Array>): ByteStream {
  let piece: Uint8Array = new Uint8Array(0)
  return {
    read: async (target, offset, most) => {
      while (piece.length === 0) {
        const next = await pieces.next()
        if (next.done) return 0
        piece = next.value
      }
      const taken = piece.subarray(0, most)
      target.set(taken, offset)
      piece = piece.subarray(taken.length)
      return taken.length
    },
    close: async () => void (await pieces.return(undefined)),
  }
}
