import type { Assembly, Code, Func } from '../../wasm/assembler.ts'
import { block, br, brIf, f64, i32, i64, loop, when } from '../../wasm/instructions.ts'
import { late } from './nodes.ts'
import { add, begin, fail, is, slot } from './parts.ts'

/** Where the kernel's lists lie. */
export interface Places {
  /** Powers of ten from 0 to 22, as doubles. */
  readonly powers: number
  /** Numbers that JavaScript reads afterwards; how many there can be. */
  readonly late: number
  readonly mostLate: number
}

const mostInt = 0x7fff_ffff_ffff_ffffn

/** Functions that read a number at a place into a node, and how many numbers are left for later. */
export function numberReaders(
  m: Assembly,
  places: Places,
): { int64: Func; float64: Func; lateCount: ReturnType<Assembly['global']> } {
  const lateCount = m.global('i32')
  const int64 = m.func(['i32', 'i32'], 'i32')
  const float64 = m.func(['i32', 'i32'], 'i32')

  const digit = (at: Code) => i32.sub(i32.load8(at), i32.of(48))
  const isDigit = (byte: Code) => i32.ltU(byte, i32.of(10))

  int64.define((local, to, at) => {
    const [negative, byte, start, place, value] = [local('i32'), local('i32'), local('i32'), local('i32'), local('i64')]
    return [
      negative.set(is(i32.load8(at.get), '-')),
      start.set(at.tee(i32.add(at.get, negative.get))),
      when(i32.eqz(isDigit(byte.tee(digit(at.get)))), fail),
      loop((again) => [
        value.set(i64.add(i64.mul(value.get, i64.of(10n)), i64.fromU32(byte.get))),
        at.set(add(at.get, 1)),
        brIf(again, isDigit(byte.tee(digit(at.get)))),
      ]),
      // 20 digits may not fit, a zero stands alone, and "1.0" or "1e3" take more thought.
      when(i32.gtU(i32.sub(at.get, start.get), i32.of(19)), fail),
      when(i32.and(is(i32.load8(start.get), '0'), i32.ne(at.get, add(start.get, 1))), fail),
      byte.set(i32.load8(at.get)),
      when(i32.or(is(byte.get, '.'), is(i32.or(byte.get, i32.of(32)), 'e')), fail),
      when(i64.gtU(value.get, i64.add(i64.of(mostInt), i64.fromU32(negative.get))), fail),
      begin(to.get, 1, place),
      when(negative.get, value.set(i64.sub(i64.of(0n), value.get))),
      i64.store(slot(to.get, place.get, 3), value.get),
      at.get,
    ]
  })

  float64.define((local, to, at) => {
    const [negative, byte, start, first, place] = [local('i32'), local('i32'), local('i32'), local('i32'), local('i32')]
    const [digits, scale, exponent, less] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const [value, number] = [local('i64'), local('f64')]
    const more = loop((again) => [
      value.set(i64.add(i64.mul(value.get, i64.of(10n)), i64.fromU32(byte.get))),
      at.set(add(at.get, 1)),
      brIf(again, isDigit(byte.tee(digit(at.get)))),
    ])
    return [
      start.set(at.get),
      negative.set(is(i32.load8(at.get), '-')),
      first.set(at.tee(i32.add(at.get, negative.get))),
      when(i32.eqz(isDigit(byte.tee(digit(at.get)))), fail),
      more,
      digits.set(i32.sub(at.get, first.get)),
      when(i32.and(is(i32.load8(first.get), '0'), i32.ne(digits.get, i32.of(1))), fail),
      when(is(i32.load8(at.get), '.'), [
        first.set(at.tee(add(at.get, 1))),
        when(i32.eqz(isDigit(byte.tee(digit(at.get)))), fail),
        more,
        scale.set(i32.sub(first.get, at.get)),
        digits.set(i32.sub(digits.get, scale.get)),
      ]),
      when(is(i32.or(i32.load8(at.get), i32.of(32)), 'e'), [
        less.set(is(i32.load8(add(at.get, 1)), '-')),
        at.set(i32.add(add(at.get, 1), i32.or(less.get, is(i32.load8(add(at.get, 1)), '+')))),
        first.set(at.get),
        when(i32.eqz(isDigit(byte.tee(digit(at.get)))), fail),
        loop((again) => [
          exponent.set(i32.add(i32.mul(exponent.get, i32.of(10)), byte.get)),
          at.set(add(at.get, 1)),
          brIf(again, isDigit(byte.tee(digit(at.get)))),
        ]),
        when(i32.gtU(i32.sub(at.get, first.get), i32.of(4)), fail),
        scale.set(
          i32.add(
            scale.get,
            i32.sub(i32.xor(exponent.get, i32.sub(i32.of(0), less.get)), i32.sub(i32.of(0), less.get)),
          ),
        ),
      ]),
      begin(to.get, 1, place),
      block((done) => [
        // Digits and a power of ten that are both exact give the nearest double with one operation (Clinger 1990).
        when(
          i32.and(
            i32.leU(digits.get, i32.of(19)),
            i32.and(
              i64.leU(value.get, i64.of(BigInt(Number.MAX_SAFE_INTEGER))),
              i32.leU(add(scale.get, 22), i32.of(44)),
            ),
          ),
          [
            number.set(f64.fromI64(value.get)),
            when(
              i32.ltS(scale.get, i32.of(0)),
              number.set(
                f64.div(number.get, f64.load(i32.shl(i32.sub(i32.of(0), scale.get), i32.of(3)), places.powers)),
              ),
              number.set(f64.mul(number.get, f64.load(i32.shl(scale.get, i32.of(3)), places.powers))),
            ),
            when(negative.get, number.set(f64.neg(number.get))),
            f64.store(slot(to.get, place.get, 3), number.get),
            br(done),
          ],
        ),
        // What may be infinite is not for the kernel; other numbers JavaScript reads in the end.
        when(i32.gtU(i32.add(digits.get, add(scale.get, 250)), i32.of(500)), fail),
        when(i32.geU(lateCount.get, i32.of(places.mostLate)), fail),
        first.set(add(i32.mul(lateCount.get, i32.of(late.size)), places.late)),
        i32.store(first.get, to.get, late.node),
        i32.store(first.get, place.get, late.place),
        i32.store(first.get, start.get, late.start),
        i32.store(first.get, at.get, late.end),
        lateCount.set(add(lateCount.get, 1)),
      ]),
      at.get,
    ]
  })

  return { int64, float64, lateCount }
}
