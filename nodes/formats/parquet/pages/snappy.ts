import { withKernel } from './kernel.ts'
import { notOurs } from './notours.ts'

/** Behind both sides the kernel may read and write some bytes. */
const gap = 64

/** Unpacks Snappy's raw format (google/snappy, format_description.txt) into `to`, which has the length of the content. */
export function unpackSnappy(from: Uint8Array, to: Uint8Array): void {
  const start = readLength(from, to.length)
  const put = from.length + gap
  withKernel(put + to.length + gap, (kernel, memory) => {
    memory.set(from)
    if (kernel.snappy(start, from.length, put, put + to.length) !== 0) notOurs('it does not unpack to its length')
    to.set(memory.subarray(put, put + to.length))
  })
}

/** Where the elements begin, behind the length of the content. */
function readLength(from: Uint8Array, expected: number): number {
  let length = 0
  for (let at = 0, scale = 1; at < 5; scale *= 128) {
    const byte = from[at++]
    if (byte === undefined) break
    length += (byte & 127) * scale
    if (byte < 128) return length === expected ? at : notOurs('it says another length')
  }
  return notOurs('it says no length')
}
