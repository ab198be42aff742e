import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { HeadraceError } from '@headrace/runtime/sdk'

export type Compression = 'gzip' | 'zstd'

/** How a file is compressed, by the end of its name (`.gz`, `.zst`); null where it is not. */
export function compressionOf(path: string): Compression | null {
  if (/\.(gz|gzip)$/i.test(path)) return 'gzip'
  return /\.(zst|zstd)$/i.test(path) ? 'zstd' : null
}

/**
 * The bytes of a file in pieces of about `chunkBytes`, decompressed where its name says so. Stopping early (`return`)
 * closes the file. `name` is how errors call it. A broken compressed file throws `corrupt-file`.
 */
export async function* readBytes(
  path: string,
  options: { readonly chunkBytes?: number; readonly name?: string } = {},
): AsyncGenerator<Buffer> {
  const { chunkBytes = 1 << 20, name = path } = options
  const compression = compressionOf(path)
  if (!compression) {
    yield* createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>
    return
  }
  const { size } = await stat(path)
  try {
    // Node's zstd stream ends in silence after a frame that others follow (pzstd, `cat a.zst b.zst`): begin again there.
    for (let start = 0; ; ) {
      const consumed = yield* unpack(path, compression, start, chunkBytes)
      start += consumed
      if (compression === 'gzip' || start >= size || consumed === 0) break
    }
  } catch (cause) {
    throw asCorrupt(cause, name, compression)
  }
}

/** Gives the number of compressed bytes that were used. */
async function* unpack(
  path: string,
  compression: Compression,
  start: number,
  chunkSize: number,
): AsyncGenerator<Buffer, number> {
  const { createGunzip, createZstdDecompress } = await import('node:zlib')
  const file = createReadStream(path, { start, highWaterMark: 256 << 10 })
  const unpacked = compression === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize })
  // The failure of either stream comes out of the loop below; this only keeps it from being unhandled.
  const piped = pipeline(file, unpacked).catch(() => {})
  try {
    yield* unpacked as AsyncIterable<Buffer>
    return unpacked.bytesWritten
  } finally {
    unpacked.destroy()
    file.destroy()
    await piped
  }
}

function asCorrupt(cause: unknown, name: string, compression: Compression): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (!/^(Z_|ZSTD_)/.test(code)) return cause
  return new HeadraceError('corrupt-file', `${name} is not a whole ${compression} file: ${(cause as Error).message}.`, {
    place: { file: name },
    hint: 'Make or copy the file again.',
    cause,
  })
}
