import type { ByteStream } from '../byte-stream.ts'
import type { Limits } from '../splits.ts'
import { assembly, type Code } from '../wasm/assembler.ts'
import { compiled } from '../wasm/instance.ts'
import { block, br, i32, repeat, select, v128, when } from '../wasm/instructions.ts'

/** A range of whole lines, each a row. Bytes of the file, half open. */
export interface Counted {
  readonly start: number
  readonly end: number
  readonly rows: number
}

interface Kernel {
  /**
   * Counts line feeds between two addresses, 16 bytes at a time, and stops behind the `most`th, or where a line begins
   * with a blank. `begins`: 1 where a line begins at `at`. Leaves in memory where it stopped, whether a line begins there
   * and whether it met a blank.
   */
  readonly count: (at: number, end: number, most: number, begins: number) => number
}

const [stopped, begun, met] = [0, 4, 8]
const text = 64
const piece = 1 << 20
const slack = 64
/** Every control character and the space. */
const firstVisible = 33

function assemble(): Uint8Array {
  const m = assembly()
  m.func(['i32', 'i32', 'i32', 'i32'], 'i32', 'count').define((local, at, end, most, begins) => {
    const [count, size, bytes] = [local('i32'), local('i32'), local('v128')]
    const [found, known, blank] = [local('i32'), local('i32'), local('i32')]
    const more = (by: Code) => count.set(i32.add(count.get, by))
    return [
      block((exit) =>
        repeat(i32.ltU(at.get, end.get), [
          size.set(i32.sub(end.get, at.get)),
          size.set(select(size.get, i32.of(16), i32.ltU(size.get, i32.of(16)))),
          known.set(i32.sub(i32.shl(i32.of(1), size.get), i32.of(1))),
          bytes.set(v128.load(at.get)),
          found.set(i32.and(v128.mask(v128.eq(bytes.get, v128.splat(10))), known.get)),
          blank.set(i32.and(v128.mask(v128.ltU(bytes.get, v128.splat(firstVisible))), known.get)),
          when(i32.and(i32.or(i32.shl(found.get, i32.of(1)), begins.get), blank.get), [
            i32.store(i32.of(met), i32.of(1)),
            br(exit),
          ]),
          when(i32.geU(i32.add(count.get, i32.popcnt(found.get)), most.get), [
            repeat(i32.ltU(i32.add(count.get, i32.of(1)), most.get), [
              found.set(i32.and(found.get, i32.sub(found.get, i32.of(1)))),
              more(i32.of(1)),
            ]),
            more(i32.of(1)),
            at.set(i32.add(i32.add(at.get, i32.ctz(found.get)), i32.of(1))),
            begins.set(i32.of(1)),
            br(exit),
          ]),
          more(i32.popcnt(found.get)),
          begins.set(i32.and(i32.shrU(found.get, i32.sub(size.get, i32.of(1))), i32.of(1))),
          at.set(i32.add(at.get, size.get)),
        ]),
      ),
      i32.store(i32.of(stopped), at.get),
      i32.store(i32.of(begun), begins.get),
      count.get,
    ]
  })
  return m.module()
}

const fresh = compiled<Kernel>(assemble, Math.ceil((text + piece + slack) / 65536))
/** Instances that nobody uses: there may be thousands of small files. */
const idle: ReturnType<typeof fresh>[] = []

/**
 * Cuts a file's bytes, from its start, into ranges of lines and counts them. It stops where a line begins with a blank, for
 * that may be no row, or with a byte order mark, and gives how far it came: `size` where nothing is left to be counted.
 */
export async function countLines(stream: ByteStream, size: number, limits: Limits): Promise<Lines> {
  const instance = idle.pop() ?? fresh()
  try {
    return await countWith(instance, stream, size, limits)
  } finally {
    idle.push(instance)
  }
}

export interface Lines {
  readonly ranges: readonly Counted[]
  readonly place: number
}

async function countWith(
  { memory, kernel }: ReturnType<typeof fresh>,
  stream: ByteStream,
  size: number,
  limits: Limits,
): Promise<Lines> {
  const bytes = Buffer.from(memory.buffer, text, piece)
  const state = new Int32Array(memory.buffer, 0, text / 4).fill(0)
  const ranges: Counted[] = []
  let start = 0
  let rows = 0
  let begins = 1
  const close = (end: number) => {
    if (rows > 0) ranges.push({ start, end, rows })
    start = end
    rows = 0
  }
  for (let read = 0; ; ) {
    const length = await stream.read(bytes, 0, piece)
    if (length === 0) break
    if (read === 0 && bytes[0] === 0xef) return { ranges, place: 0 }
    for (let at = 0; at < length; ) {
      // The first line feed from here on ends the range.
      const last = start + limits.bytes - 1 - read
      const most = at < last ? limits.rows - rows : 1
      const to = at < last ? Math.min(length, last) : length
      const count = kernel.count(text + at, text + to, most, begins)
      if (state[met / 4]) return { ranges, place: start }
      at = (state[stopped / 4] as number) - text
      begins = state[begun / 4] as number
      rows += count
      if (rows === limits.rows || (count > 0 && read + at - start >= limits.bytes)) close(read + at)
    }
    read += length
  }
  // A last line without a line feed.
  if (!begins) rows++
  close(size)
  return { ranges, place: size }
}
