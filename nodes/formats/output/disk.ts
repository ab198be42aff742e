import { type Disk, type DiskFile, HeadraceError } from '@headrace/runtime/sdk'
import { leaveBuffer, takeBuffer } from '../spare.ts'

/** Bytes of a file, half open. */
export interface Range {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** Writes bytes and ranges of other files one after the other from `position` on; gives the position after them. */
export async function writeAt(
  disk: Disk,
  file: DiskFile,
  position: number,
  pieces: readonly (Uint8Array | Range)[],
): Promise<number> {
  let at = position
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      if (piece.length) await file.write(piece, at)
      at += piece.length
    } else at = await copyRange(disk, file, piece, at)
  }
  return at
}

async function copyRange(disk: Disk, target: DiskFile, { file, start, end }: Range, position: number): Promise<number> {
  const source = await disk.open(file, 'read')
  const buffer = takeBuffer(1 << 20)
  try {
    for (let at = start; at < end; ) {
      const bytes = buffer.subarray(0, Math.min(buffer.length, end - at))
      const count = await source.read(bytes, at)
      if (count < bytes.length) {
        throw new HeadraceError('part-torn', `${file} ends at byte ${at + count}, ${end} were expected`, {
          place: { file },
        })
      }
      await target.write(bytes, position + at - start)
      at += count
    }
    return position + end - start
  } finally {
    leaveBuffer(buffer)
    await source.close()
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? ''

/** Runs a step on the disk; a full or failing disk becomes a fault that is retried, a refusal says what to do. */
export async function onDisk<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const place = { place: { file: path }, cause: error }
    switch (codeOf(error)) {
      case 'ENOSPC':
      case 'EDQUOT':
        throw new HeadraceError('disk-full', `No space is left on the disk of ${path}.`, {
          ...place,
          hint: 'Free some space and resume the run.',
          fault: true,
        })
      case 'EFBIG':
        throw new HeadraceError('disk-full', `The system allows ${path} to become no larger.`, {
          ...place,
          hint: 'Raise its limit (ulimit -f) and resume the run.',
          fault: true,
        })
      case 'EIO':
        throw new HeadraceError('disk-fault', `The disk failed while ${path} was written.`, { ...place, fault: true })
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        throw new HeadraceError('output-refused', `${path} may not be written.`, {
          ...place,
          hint: 'Choose another path, or give this user the right to write there.',
        })
      default:
        throw error
    }
  }
}

/** A part that a lane stages. Bytes are gathered to writes of 1 MB; the file is made when there are some. */
export interface StagedPart {
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** Writes the rest and gives the file's length; 0 and no file where nothing was written. */
  readonly close: () => Promise<number>
  /** Closes and removes it. */
  readonly discard: () => Promise<void>
}

const mostGathered = 1 << 20

/**
 * Opens a staged part lazily; a part of an earlier try is overwritten. A `lasting` one is durable when it is closed, and a
 * commit sees to its name. What a commit copies or syncs itself need not be: a lane would wait for the disk for nothing.
 */
export function stagePart(disk: Disk, path: string, { lasting = true } = {}): StagedPart {
  const here = disk.at('part.stage')
  let file: DiskFile | null = null
  let length = 0
  let gathered = 0
  // It grows: most parts of small runs have few bytes.
  let buffer = takeBuffer(1 << 14)
  const put = async (bytes: Uint8Array) => {
    file ??= await here.open(path, 'new')
    await file.write(bytes, length)
    length += bytes.length
  }
  const flush = async () => {
    if (gathered) await put(buffer.subarray(0, gathered))
    gathered = 0
  }
  const leave = () => {
    leaveBuffer(buffer)
    buffer = Buffer.alloc(0)
  }
  return {
    write: (bytes) =>
      onDisk(path, async () => {
        if (gathered + bytes.length > mostGathered) await flush()
        if (bytes.length >= mostGathered) return put(bytes)
        if (gathered + bytes.length > buffer.length) {
          const larger = takeBuffer(Math.min(mostGathered, Math.max(buffer.length * 4, gathered + bytes.length)))
          buffer.copy(larger, 0, 0, gathered)
          leaveBuffer(buffer)
          buffer = larger
        }
        buffer.set(bytes, gathered)
        gathered += bytes.length
      }),
    close: () =>
      onDisk(path, async () => {
        await flush()
        if (lasting) await file?.sync()
        await file?.close()
        file = null
        leave()
        return length
      }),
    async discard() {
      await file?.close()
      file = null
      leave()
      await disk.at('part.discard').remove(path)
    },
  }
}
