import { assembly, type Code } from '../../wasm/assembler.ts'
import { block, br, brIf, give, i32, loop, repeat, v128, when } from '../../wasm/instructions.ts'
import { escapes } from '../bytes.ts'
import { kinds, late, node } from './nodes.ts'
import { passing } from './text.ts'
import { valueReaders } from './values.ts'

/** What the kernel's functions are called. Places are addresses in its memory. */
export interface Kernel {
  /**
   * Reads rows `from` to `count` into a node, whose bytes begin and end where two lists say; gives the first one that
   * is not for the kernel, with what of it was read still in the nodes, or `count`.
   */
  readonly read: (to: number, starts: number, ends: number, from: number, count: number) => number
  /** Forgets the numbers that are left for later. */
  readonly begin: () => void
  /** How many numbers of rows that were read to their end are left for later. */
  readonly late: () => number
  /** Puts texts one behind the other; gives their bytes. `offsets` gets `count` + 1 ends. */
  readonly texts: (spans: number, count: number, offsets: number, to: number) => number
  /** Packs bytes of 0 and 1 to bits, the lowest first; gives how many are 1. */
  readonly bits: (from: number, count: number, to: number) => number
}

/** Fixed places in the kernel's memory. */
export const tables = { escapes: 0, powers: 256, scratch: 448, late: 512, mostLate: 4096 } as const
export const freeFrom = tables.late + tables.mostLate * late.size

const exact = 23

/** Writes the constants into a fresh memory. */
export function writeTables(memory: ArrayBuffer): void {
  new Uint8Array(memory).set(escapes, tables.escapes)
  new Float64Array(memory, tables.powers, exact).set(Array.from({ length: exact }, (_, exponent) => 10 ** exponent))
}

/** Assembles the kernel that reads rows of JSON. */
export function assembleKernel(): Uint8Array {
  const m = assembly()
  const pass = passing(m, tables)
  const { read: value, object, lateCount } = valueReaders(m, pass, tables)
  const add = (a: Code, count: number) => i32.add(a, i32.of(count))
  const lateBefore = m.global('i32')

  m.func(['i32', 'i32', 'i32', 'i32', 'i32'], 'i32', 'read').define((local, to, starts, ends, from, count) => {
    const [at, end, whole] = [local('i32'), local('i32'), local('i32')]
    const listed = (list: Code) => i32.load(i32.add(list, i32.shl(from.get, i32.of(2))))
    return [
      lateCount.set(lateBefore.get),
      whole.set(i32.eq(i32.load(to.get, node.kind), i32.of(kinds.struct))),
      block((done) =>
        loop((again) => [
          brIf(done, i32.geU(from.get, count.get)),
          pass.depth.set(i32.of(0)),
          at.set(listed(starts.get)),
          end.set(listed(ends.get)),
          at.set(
            // A row that is null is none where rows are objects.
            when(whole.get, object.call(to.get, at.get), value.call(to.get, at.get), 'i32'),
          ),
          brIf(done, i32.eqz(at.get)),
          // A row that is broken may have gone on in the next one; blanks at its end may too.
          brIf(done, i32.gtU(at.get, end.get)),
          brIf(done, i32.ltU(pass.blanks.call(at.get), end.get)),
          lateBefore.set(lateCount.get),
          from.set(add(from.get, 1)),
          br(again),
        ]),
      ),
      from.get,
    ]
  })

  m.func([], 'i32', 'late').define(() => [lateBefore.get])
  m.func([], null, 'begin').define(() => lateBefore.set(i32.of(0)))

  m.func(['i32', 'i32', 'i32', 'i32'], 'i32', 'texts').define((local, spans, count, offsets, to) => {
    const [at, end, put, next] = [local('i32'), local('i32'), local('i32'), local('i32')]
    return [
      next.set(to.get),
      i32.store(offsets.get, i32.of(0)),
      repeat(count.get, [
        at.set(i32.load(spans.get)),
        end.set(i32.load(spans.get, 4)),
        put.set(next.get),
        next.set(i32.add(next.get, i32.sub(end.get, at.get))),
        // Sixteen bytes at once; what is too much the next text overwrites.
        repeat(i32.ltU(at.get, end.get), [
          v128.store(put.get, v128.load(at.get)),
          put.set(add(put.get, 16)),
          at.set(add(at.get, 16)),
        ]),
        i32.store(offsets.get, i32.sub(next.get, to.get), 4),
        offsets.set(add(offsets.get, 4)),
        spans.set(add(spans.get, 8)),
        count.set(add(count.get, -1)),
      ]),
      i32.sub(next.get, to.get),
    ]
  })

  m.func(['i32', 'i32', 'i32'], 'i32', 'bits').define((local, from, count, to) => {
    const [bits, ones] = [local('i32'), local('i32')]
    return [
      loop((again) => [
        bits.set(v128.mask(v128.eq(v128.load(from.get), v128.splat(1)))),
        when(
          i32.ltU(count.get, i32.of(16)),
          bits.set(i32.and(bits.get, i32.sub(i32.shl(i32.of(1), count.get), i32.of(1)))),
        ),
        i32.store16(to.get, bits.get),
        ones.set(i32.add(ones.get, i32.popcnt(bits.get))),
        when(i32.leU(count.get, i32.of(16)), give(ones.get)),
        count.set(add(count.get, -16)),
        from.set(add(from.get, 16)),
        to.set(add(to.get, 2)),
        br(again),
      ]),
      i32.of(0),
    ]
  })

  return m.module()
}
