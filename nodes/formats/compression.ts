import { createReadStream } from 'node:fs'
import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { HeadraceError } from '@headrace/runtime/sdk'

export type Compression = 'gzip' | 'zstd'

/** How a file is compressed, by the end of its name (`.gz`, `.zst`); null where it is not. */
export function compressionOf(path: string): Compression | null {
  if (/\.(gz|gzip)$/i.test(path)) return 'gzip'
  return /\.(zst|zstd)$/i.test(path) ? 'zstd' : null
}

/** A path without the ending of its compression: `a.csv` for `a.csv.gz`. */
export const withoutCompression = (path: string): string => path.replace(/\.(gz|gzip|zst|zstd)$/i, '')

/**
 * The bytes of a file in pieces of about `chunkBytes`, decompressed where its name says so. Stopping early (`return`)
 * closes the file. `name` is how errors call it. A broken compressed file throws `corrupt-file`.
 */
export async function* readBytes(path: string, options: { chunkBytes?: number; name?: string } = {}) {
  const { chunkBytes = 1 << 20, name = path } = options
  const compression = compressionOf(path)
  const file = createReadStream(path, { highWaterMark: compression ? 256 << 10 : chunkBytes })
  if (!compression) {
    yield* file as AsyncIterable<Buffer>
    return
  }
  const unpacked: Transform = (compression === 'gzip' ? createGunzip : createZstdDecompress)({ chunkSize: chunkBytes })
  // The failure of either stream comes out of the loop below; this only keeps it from being unhandled.
  const piped = pipeline(file, unpacked).catch(() => {})
  try {
    yield* unpacked as Readable as AsyncIterable<Buffer>
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (!/^(Z_|ZSTD_|ERR_)/.test(code)) throw cause
    throw new HeadraceError('corrupt-file', `${name} is not a whole ${compression} file: ${reason}.`, {
      place: { file: name },
      hint: 'Make or copy the file again.',
      cause,
    })
  } finally {
    unpacked.destroy()
    file.destroy()
    await piped
  }
}
