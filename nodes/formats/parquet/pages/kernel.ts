import { type Assembly, assembly, type Code, type Local } from '../../wasm/assembler.ts'
import { compiled, type Instance } from '../../wasm/instance.ts'
import { brIf, copy, give, i32, i64, loop, repeat, v128, when } from '../../wasm/instructions.ts'

/** What the kernel's functions are called. Places are addresses in its memory. */
export interface Kernel {
  /**
   * Unpacks Snappy's elements (google/snappy, format_description.txt) from `at` to `end` to places `to` up to `stop`, and
   * up to 16 bytes behind it; 1 where they are not such elements, or unpack to another length.
   */
  readonly snappy: (at: number, end: number, to: number, stop: number) => number
}

const fresh = compiled<Kernel>(() => {
  const m = assembly()
  addSnappy(m)
  return m.module()
}, 16)

/** A memory that has grown beyond this is not used again: it cannot shrink. */
const mostKept = 16 << 20
let instance: Instance<Kernel> | undefined

/** Runs `use` with the thread's kernel and so many bytes of its memory. */
export function withKernel<T>(bytes: number, use: (kernel: Kernel, memory: Uint8Array) => T): T {
  const { memory, kernel } = (instance ??= fresh())
  const missing = bytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  const result = use(kernel, new Uint8Array(memory.buffer))
  if (memory.buffer.byteLength > mostKept) instance = undefined
  return result
}

function addSnappy(m: Assembly): void {
  m.func(['i32', 'i32', 'i32', 'i32'], 'i32', 'snappy').define((local, at, end, to, stop) => {
    const [put, tag, length, back, i] = [local('i32'), local('i32'), local('i32'), local('i32'), local('i32')]
    const refuseWhere = (condition: Code) => when(condition, give(i32.of(1)))
    const skip = (bytes: Code) => at.set(i32.add(at.get, bytes))
    const room = i32.sub(stop.get, put.get)
    const size = i32.shrU(tag.get, i32.of(2))
    const literal = [
      length.set(i32.add(size, i32.of(1))),
      when(i32.geU(size, i32.of(60)), [
        // Its length, less 1, stands in 1 to 4 bytes.
        back.set(i32.sub(size, i32.of(59))),
        length.set(
          i32.add(
            i32.and(i32.load(at.get), i32.shrU(i32.of(-1), i32.sub(i32.of(32), i32.shl(back.get, i32.of(3))))),
            i32.of(1),
          ),
        ),
        skip(back.get),
      ]),
      refuseWhere(i32.gtS(at.get, end.get)),
      refuseWhere(
        i32.or(i32.eqz(length.get), i32.or(i32.gtU(length.get, i32.sub(end.get, at.get)), i32.gtU(length.get, room))),
      ),
      when(i32.leU(length.get, i32.of(64)), byVectors(put, at, length, i), copy(put.get, at.get, length.get)),
      skip(length.get),
    ]
    const near = [
      length.set(i32.add(i32.and(size, i32.of(7)), i32.of(4))),
      back.set(i32.or(i32.shl(i32.shrU(tag.get, i32.of(5)), i32.of(8)), i32.load8(at.get))),
      skip(i32.of(1)),
    ]
    const far = [
      length.set(i32.add(size, i32.of(1))),
      when(
        i32.eq(i32.and(tag.get, i32.of(3)), i32.of(2)),
        [back.set(i32.load16(at.get)), skip(i32.of(2))],
        [back.set(i32.load(at.get)), skip(i32.of(4))],
      ),
    ]
    const source = { get: i32.sub(put.get, back.get) }
    const earlier = [
      when(i32.eq(i32.and(tag.get, i32.of(3)), i32.of(1)), near, far),
      refuseWhere(i32.or(i32.gtS(at.get, end.get), i32.eqz(back.get))),
      refuseWhere(i32.or(i32.gtU(back.get, i32.sub(put.get, to.get)), i32.gtU(length.get, room))),
      // What is copied may reach into what is written: only so many bytes at once as they lie apart.
      when(
        i32.geU(back.get, i32.of(16)),
        byVectors(put, source, length, i),
        when(i32.geU(back.get, i32.of(8)), byLongs(put, source, length, i), byBytes(put, source, length, i)),
      ),
    ]
    return [
      put.set(to.get),
      repeat(i32.ltS(at.get, end.get), [
        tag.set(i32.load8(at.get)),
        skip(i32.of(1)),
        when(i32.eqz(i32.and(tag.get, i32.of(3))), literal, earlier),
        put.set(i32.add(put.get, length.get)),
      ]),
      i32.ne(put.get, stop.get),
    ]
  })
}

type Place = Pick<Local, 'get'>

/** Copies `step` bytes at a time until `length` are there. */
const copies =
  (step: number, move: (to: Code, from: Code) => Code) =>
  (to: Place, from: Place, length: Place, i: Local): Code => [
    i.set(i32.of(0)),
    loop((again) => [
      move(i32.add(to.get, i.get), i32.add(from.get, i.get)),
      brIf(again, i32.ltU(i.tee(i32.add(i.get, i32.of(step))), length.get)),
    ]),
  ]

const byVectors = copies(16, (to, from) => v128.store(to, v128.load(from)))
const byLongs = copies(8, (to, from) => i64.store(to, i64.load(from)))
const byBytes = copies(1, (to, from) => i32.store8(to, i32.load8(from)))
