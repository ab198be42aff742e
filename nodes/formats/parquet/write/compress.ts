import { constants, gzipSync, zstdCompressSync } from 'node:zlib'

/** The codecs that Node itself has. */
export type OwnCodec = 'zstd' | 'gzip' | 'none'

/** How parquet.thrift numbers them. */
export const codecNumber = { none: 0, gzip: 2, zstd: 6 } as const satisfies Record<OwnCodec, number>

/** Compresses a page. The result may be `bytes` themselves; else `drop` it when it has been looked at. */
export function compress(bytes: Uint8Array, codec: OwnCodec): Uint8Array {
  if (codec === 'none') return bytes
  if (codec === 'gzip') return gzipSync(bytes)
  // With room for all of it at once zstd writes there directly.
  const chunkSize = Math.max(64, bytes.length + (bytes.length >> 8) + 64)
  return zstdCompressSync(bytes, { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 1 } })
}
