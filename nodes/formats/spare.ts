/** Shorter buffers are cheap to make; of longer ones so many bytes wait in a thread for the next reader at most. */
const shortest = 64 << 10
const mostKept = 8 << 20

let kept: Buffer[] = []

/**
 * A buffer of at least `length` bytes, whatever is in it: one that was left, or a new one. A reader's buffers outlive no
 * split; made anew for each they were half of what the engine's collector of garbage ran for, a tenth of a run's processor
 * time, and lay about until it did.
 */
export function takeBuffer(length: number): Buffer {
  const found = kept.find((buffer) => buffer.length >= length && buffer.length <= length * 4)
  if (!found) return Buffer.allocUnsafe(length)
  kept = kept.filter((buffer) => buffer !== found)
  return found
}

/** Leaves a buffer to the thread's next reader; nobody looks at it any more. */
export function leaveBuffer(buffer: Buffer): void {
  const waiting = kept.reduce((sum, { length }) => sum + length, 0)
  if (buffer.length >= shortest && waiting + buffer.length <= mostKept) kept.push(buffer)
}

/**
 * Gives an array's memory back at once: a compressed page's, a model's output's. Left to the engine, which counts it as
 * garbage of its heap, such arrays were most of what it collected for: a heap of 11 MB that hardly changed was gone through
 * every 100 ms.
 */
export function drop({ buffer }: ArrayBufferView): void {
  // Small ones lie in a buffer that Node shares among several.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}
