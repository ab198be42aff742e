import { type FileHandle, open, rm } from 'node:fs/promises'
import { HeadraceError } from '@headrace/runtime/sdk'

/** Bytes of a file, half open. */
export interface Range {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** Writes bytes and ranges of other files one after the other from `position` on; gives the position after them. */
export async function writeAt(
  handle: FileHandle,
  position: number,
  pieces: readonly (Uint8Array | Range)[],
): Promise<number> {
  let at = position
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) at = await writeAll(handle, piece, at)
    else at = await copyRange(handle, piece, at)
  }
  return at
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
  return position + done
}

async function copyRange(target: FileHandle, { file, start, end }: Range, position: number): Promise<number> {
  const source = await open(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(1 << 20, end - start)))
    let at = start
    while (at < end) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, end - at), at)
      if (bytesRead === 0) {
        throw new HeadraceError('part-torn', `${file} ends at byte ${at}, ${end} were expected`, { place: { file } })
      }
      await writeAll(target, buffer.subarray(0, bytesRead), position + at - start)
      at += bytesRead
    }
    return position + end - start
  } finally {
    await source.close()
  }
}

/** Makes names in a folder durable. A system that cannot sync folders (Windows) keeps them by itself. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  if (!handle) return
  try {
    await handle.sync()
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP'].includes(codeOf(error))) throw error
  } finally {
    await handle.close()
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? ''

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'

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
  /** Writes the rest, makes it durable and gives the file's length; 0 and no file where nothing was written. */
  readonly close: () => Promise<number>
  /** Closes and removes it. */
  readonly discard: () => Promise<void>
}

/** Opens a staged part lazily; a part of an earlier try is overwritten. */
export function stagePart(path: string): StagedPart {
  let handle: FileHandle | null = null
  let length = 0
  let gathered = 0
  const buffer = Buffer.allocUnsafe(1 << 20)
  const put = async (bytes: Uint8Array) => {
    handle ??= await open(path, 'w')
    length = await writeAll(handle, bytes, length)
  }
  const flush = async () => {
    if (gathered) await put(buffer.subarray(0, gathered))
    gathered = 0
  }
  return {
    write: (bytes) =>
      onDisk(path, async () => {
        if (gathered + bytes.length > buffer.length) await flush()
        if (bytes.length >= buffer.length) return put(bytes)
        buffer.set(bytes, gathered)
        gathered += bytes.length
      }),
    close: () =>
      onDisk(path, async () => {
        await flush()
        await handle?.sync()
        await handle?.close()
        handle = null
        return length
      }),
    async discard() {
      await handle?.close()
      handle = null
      await rm(path, { force: true })
    },
  }
}
