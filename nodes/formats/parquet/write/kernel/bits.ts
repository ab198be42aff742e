import type { Assembly, Code, Func, Local, Type } from '../../../wasm/assembler.ts'
import { block, br, brIf, i32, i64, loop, repeat, select, when } from '../../../wasm/instructions.ts'
import { places } from './places.ts'

/** Bytes of eight numbers at the window. */
const group = 32

/** Adds the function that writes numbers of few bits. */
export function addBits(m: Assembly): void {
  const runEnd = m.func(['i32', 'i32'], 'i32')
  runEnd.define((local, from, limit) => {
    const first = local('i32')
    return [
      first.set(i32.load(from.get)),
      block((exit) =>
        loop((again) => [
          from.set(plus(from.get, 4)),
          brIf(exit, i32.geU(from.get, limit.get)),
          brIf(again, i32.eq(i32.load(from.get), first.get)),
        ]),
      ),
      from.get,
    ]
  })
  m.func(['i32', 'i32', 'i32'], 'i32', 'hybrid').define((local, ...given) => hybrid(local, given, runEnd))
}

/** parquet-format/Encodings.md, "RLE/Bit-Packing Hybrid": runs of eight and more, and groups of eight. */
function hybrid(local: (type: Type) => Local, given: readonly Local[], runEnd: Func): Code {
  const [count, width, isLast] = given as [Local, Local, Local]
  const [at, stop, limit, place, to, out] = Array.from({ length: 6 }, () => local('i32')) as Six<Local>
  const rest = local('i64')
  const pack = packing(local)
  const bytes = i32.sub(stop.get, at.get)
  // Mostly the first and the last of eight differ.
  const isRun = i32.and(
    i32.eq(i32.load(stop.get), i32.load(stop.get, group - 4)),
    i32.eq(runEnd.call(stop.get, least(limit.get, plus(stop.get, group))), plus(stop.get, group)),
  )
  const writeCount = (number: Code) => [rest.set(i64.fromU32(number)), writeVarint(rest, out)]
  return [
    at.set(i32.of(places.window)),
    out.set(i32.of(places.found)),
    limit.set(i32.add(at.get, i32.shl(count.get, i32.of(2)))),
    repeat(i32.ltU(at.get, limit.get), [
      stop.set(runEnd.call(at.get, limit.get)),
      when(
        i32.geU(bytes, i32.of(group)),
        [
          writeCount(i32.shrU(bytes, i32.of(1))),
          i32.store(out.get, i32.load(at.get)),
          out.set(i32.add(out.get, i32.shrU(plus(width.get, 7), i32.of(3)))),
        ],
        [
          stop.set(plus(at.get, group)),
          block((exit) =>
            loop((again) => [
              brIf(exit, i32.geU(stop.get, limit.get)),
              brIf(exit, isRun),
              stop.set(plus(stop.get, group)),
              br(again),
            ]),
          ),
          // A group that is not full is left for the next call.
          when(i32.and(i32.gtU(stop.get, limit.get), i32.eqz(isLast.get)), [
            stop.set(plus(stop.get, -group)),
            limit.set(stop.get),
          ]),
          when(i32.ltU(at.get, stop.get), [
            writeCount(plus(i32.shl(i32.shrU(bytes, i32.of(5)), i32.of(1)), 1)),
            place.set(at.get),
            to.set(out.get),
            out.set(i32.add(out.get, i32.mul(i32.shrU(bytes, i32.of(5)), width.get))),
            pack(place, stop.get, 4, width.get, to),
          ]),
        ],
      ),
      at.set(stop.get),
    ]),
    i32.store(i32.of(places.size), i32.shrU(i32.sub(at.get, i32.of(places.window)), i32.of(2))),
    i32.sub(out.get, i32.of(places.found)),
  ]
}

type Six<T> = [T, T, T, T, T, T]
type Pack = (place: Local, end: Code, step: 4 | 8, width: Code, to: Local) => Code

/**
 * Packs numbers of `step` bytes, from `place` to `end`, into `width` bits each, lowest first. Goes with both places; up to
 * eight bytes more than there are bits for are written.
 */
export function packing(local: (type: Type) => Local): Pack {
  const [held, bits, value] = [local('i32'), local('i64'), local('i64')]
  return (place, end, step, width, to) => [
    bits.set(i64.of(0n)),
    held.set(i32.of(0)),
    repeat(i32.ltU(place.get, end), [
      value.set(step === 8 ? i64.load(place.get) : i64.fromU32(i32.load(place.get))),
      bits.set(i64.or(bits.get, i64.shl(value.get, i64.fromU32(held.get)))),
      held.set(i32.add(held.get, width)),
      when(i32.geU(held.get, i32.of(64)), [
        i64.store(to.get, bits.get),
        to.set(plus(to.get, 8)),
        held.set(plus(held.get, -64)),
        // A shift by 64 would be none.
        bits.set(select(i64.shrU(value.get, i64.fromU32(i32.sub(width, held.get))), i64.of(0n), held.get)),
      ]),
      place.set(plus(place.get, step)),
    ]),
    i64.store(to.get, bits.get),
  ]
}

/** LEB128. Destroys the number. */
export function writeVarint(rest: Local, out: Local): Code {
  return [
    repeat(i64.gtU(rest.get, i64.of(127n)), [
      i32.store8(out.get, i32.or(i32.fromI64(rest.get), i32.of(128))),
      rest.set(i64.shrU(rest.get, i64.of(7n))),
      out.set(plus(out.get, 1)),
    ]),
    i32.store8(out.get, i32.fromI64(rest.get)),
    out.set(plus(out.get, 1)),
  ]
}

export const plus = (a: Code, count: number): Code => i32.add(a, i32.of(count))
const least = (a: Code, b: Code): Code => select(a, b, i32.ltU(a, b))
