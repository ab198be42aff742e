import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { drop } from '../../spare.ts'
import { unpackLz4Block } from './lz4.ts'
import { notOurs } from './notours.ts'
import { unpackSnappy } from './snappy.ts'

/** Unpacks `from` into `to`, which has the length of the content. Both have `slack` bytes of their buffers behind them. */
export type Unpack = (from: Uint8Array, to: Uint8Array) => void

/** By the number of the codec in parquet.thrift; the old LZ4 of Hadoop and LZO are not ours. */
export const unpackers: Readonly<Record<number, Unpack>> = {
  0: (from, to) => (from.length === to.length ? to.set(from) : notOurs('it has another length than it says')),
  1: unpackSnappy,
  2: byNode(gunzipSync),
  4: byNode(brotliDecompressSync),
  6: byNode(zstdDecompressSync),
  7: unpackLz4Block,
}

type ByNode = (from: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

function byNode(unpack: ByNode): Unpack {
  return (from, to) => {
    // With `info`, which Node's types do not know, the result says how much was read: the rest would be passed by.
    // One piece of what comes out: of Node's 16 KB there would be many, put together afterwards.
    const options = { maxOutputLength: to.length + 1, chunkSize: Math.max(64, to.length + 1), info: true }
    let found: { buffer: Uint8Array; engine: { bytesWritten: number } }
    try {
      found = unpack(from, options) as unknown as typeof found
    } catch {
      return notOurs('it cannot be unpacked')
    }
    if (found.buffer.length !== to.length) notOurs('it unpacks to another length')
    if (found.engine.bytesWritten !== from.length) notOurs('there is something behind what was packed')
    to.set(found.buffer)
    drop(found.buffer)
  }
}
