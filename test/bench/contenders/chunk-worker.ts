import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { byCharacters } from '@headrace/nodes/formats/text/chunks.ts'
import { pieceCollector } from '@headrace/nodes/formats/text/piece-columns.ts'
import { type Column, Pool, Scope, types } from '@headrace/runtime/sdk'
import type { Done, Share, SharedTexts } from '../runner/crew.ts'

// One of the workers that cut texts in shared memory as transforms/chunk does. They take ranges of rows from a common
// counter and make columns of the pieces; when all are done each counts what its pieces hold.

export interface Job extends SharedTexts {
  readonly size: number
  readonly overlap: number
  readonly rangeRows: number
}

/** Pieces, and their bytes but white space. */
export type Came = readonly [pieces: number, bytes: number]

const { bytes, offsets, size, overlap, rangeRows, next } = workerData as Job & Share
const rows = offsets.length - 1
const column: Column = {
  type: types.string,
  length: rows,
  nulls: 0,
  validity: null,
  offsets,
  values: bytes,
  children: [],
}
const pool = new Pool(1 << 30)
const collector = pieceCollector(byCharacters({ size, overlap }), false)

parentPort?.on('message', (message: 'go' | 'close') => {
  if (message === 'close') return parentPort?.close()
  const scope = new Scope(pool)
  const made: [range: number, text: Column][] = []
  for (;;) {
    const range = Atomics.add(next, 0, 1)
    const end = Math.min(rows, (range + 1) * rangeRows)
    if (range * rangeRows >= end) break
    for (let row = range * rangeRows; row < end; row++) collector.add(column, row)
    made.push([range, collector.take(scope, column).text])
  }
  const at = performance.timeOrigin + performance.now()
  const ranges = made.map(([range, text]) => [range, [text.length, solid(text.values as Uint8Array)]] as const)
  scope.close()
  parentPort?.postMessage({ at, ranges } satisfies Done<Came>)
})
parentPort?.postMessage('ready')

function solid(text: Uint8Array): number {
  let count = 0
  for (let i = 0; i < text.length; i++) if ((text[i] as number) > 32) count++
  return count
}
