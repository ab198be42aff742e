import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { IdBuffer } from '@headrace/nodes/formats/model/id-buffer.ts'
import { loadTokenizer } from '@headrace/nodes/formats/model/tokenizer.ts'
import type { Done, Share, SharedTexts } from '../runner/crew.ts'

// One of the workers that tokenise texts in shared memory. They take ranges of rows from a common counter and keep the
// ids until all are done; then each gives the digests of its ranges.

export interface Job extends SharedTexts {
  readonly model: string
  readonly way: 'headrace' | 'library'
  readonly rangeRows: number
}

const { model, way, bytes, offsets, rangeRows, next } = workerData as Job & Share
const tokenizer = await loadTokenizer(join(model, 'tokenizer.json'), join(model, 'tokenizer_config.json'))
const ids = new IdBuffer()
// Strings are made before: the library takes no others, and their making is not its work.
const texts = way === 'library' ? Array.from({ length: offsets.length - 1 }, (_, row) => textAt(row)) : []

function textAt(row: number): string {
  return Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString()
}

/** `encode` asks the library; only `encodeBytes` goes Headrace's own way. */
const encode =
  way === 'library'
    ? (row: number) => ids.push(tokenizer.encode(texts[row] as string).ids)
    : (row: number) => tokenizer.encodeBytes(bytes, offsets[row] as number, offsets[row + 1] as number, ids)

parentPort?.on('message', (message: 'go' | 'close') => {
  if (message === 'close') return parentPort?.close()
  const made: [range: number, from: number, to: number][] = []
  ids.length = 0
  for (;;) {
    const range = Atomics.add(next, 0, 1)
    const end = Math.min(offsets.length - 1, (range + 1) * rangeRows)
    const first = ids.length
    if (range * rangeRows >= end) break
    for (let row = range * rangeRows; row < end; row++) encode(row)
    made.push([range, first, ids.length])
  }
  const at = performance.timeOrigin + performance.now()
  const ranges = made.map(([range, from, to]) => [range, digestOf(ids.values.subarray(from, to))] as const)
  parentPort?.postMessage({ at, ranges } satisfies Done<string>)
})
parentPort?.postMessage('ready')

const digestOf = (some: Int32Array): string =>
  createHash('sha1')
    .update(new Uint8Array(some.buffer, some.byteOffset, some.byteLength))
    .digest('hex')
