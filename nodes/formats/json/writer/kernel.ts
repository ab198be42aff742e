import { assembly, type Code } from '../../wasm/assembler.ts'
import { block, brIf, f64, give, i32, i64, loop, repeat, v128, when } from '../../wasm/instructions.ts'
import { add, fail } from '../kernel/parts.ts'
import { kinds, node } from './nodes.ts'

/** What the kernel's functions are called. Places are addresses in its memory. */
export interface Kernel {
  /**
   * Writes rows `from` to `count` of a node, an object a line, to `out`; where `places` is not 0 it lists which rows
   * they are. Gives the first row that was not written: there is no room before `limit`, or a number takes more
   * thought.
   */
  readonly write: (of: number, places: number, from: number, count: number, out: number, limit: number) => number
  /** The place behind what was written. */
  readonly end: () => number
}

/** Fixed places in the kernel's memory. */
export const tables = { escapes: 0, pairs: 2048, digits: 2264, powers: 2304 } as const
export const freeFrom = 2432
const powers = 10

/** Writes the constants into a fresh memory. */
export function writeTables(memory: ArrayBuffer): void {
  const bytes = Buffer.from(memory)
  for (let byte = 0; byte < 256; byte++) {
    if (byte >= 32 && byte !== 34 && byte !== 92) continue
    const text = JSON.stringify(String.fromCharCode(byte)).slice(1, -1)
    bytes[tables.escapes + byte * 8] = text.length
    bytes.write(text, tables.escapes + byte * 8 + 1, 'latin1')
  }
  for (let pair = 0; pair < 100; pair++) bytes.write(String(pair).padStart(2, '0'), tables.pairs + pair * 2, 'latin1')
  new Float64Array(memory, tables.powers, powers).set(Array.from({ length: powers }, (_, exponent) => 10 ** exponent))
}

/** Assembles the kernel that writes rows as JSON. */
export function assembleKernel(): Uint8Array {
  const m = assembly()
  const limit = m.global('i32')
  const written = m.global('i32')
  const value = m.func(['i32', 'i32', 'i32'], 'i32')
  const integer = m.func(['i64', 'i32'], 'i32')
  const number = m.func(['f64', 'i32'], 'i32')
  const text = m.func(['i32', 'i32', 'i32'], 'i32')
  const object = m.func(['i32', 'i32', 'i32'], 'i32')
  const list = m.func(['i32', 'i32', 'i32'], 'i32')

  const put = (out: Code, char: string) => i32.store8(out, i32.of(char.charCodeAt(0)))
  const slot = (list: Code, row: Code, power: number) => i32.add(list, i32.shl(row, i32.of(power)))
  const bit = (bits: Code, row: Code) =>
    i32.and(i32.shrU(i32.load8(i32.add(bits, i32.shrU(row, i32.of(3)))), i32.and(row, i32.of(7))), i32.of(1))
  const word = (text: string) => i32.of(Buffer.from(text).readInt32LE())

  // Each gives the place behind what it wrote at `out`, 0 where it could not.
  value.define((local, of, row, out) => {
    const bits = local('i32')
    const is = (kind: number) => i32.eq(i32.load(of.get, node.kind), i32.of(kind))
    const values = i32.load(of.get, node.values)
    return [
      when(bits.tee(i32.load(of.get, node.validity)), [
        when(i32.eqz(bit(bits.get, row.get)), [i32.store(out.get, word('null')), give(add(out.get, 4))]),
      ]),
      when(is(kinds.string), [
        bits.set(slot(i32.load(of.get, node.offsets), row.get, 2)),
        give(text.call(i32.add(values, i32.load(bits.get)), i32.add(values, i32.load(bits.get, 4)), out.get)),
      ]),
      when(is(kinds.int64), give(integer.call(i64.load(slot(values, row.get, 3)), out.get))),
      when(is(kinds.float64), give(number.call(f64.load(slot(values, row.get, 3)), out.get))),
      when(is(kinds.int32), give(integer.call(i64.fromS32(i32.load(slot(values, row.get, 2))), out.get))),
      when(is(kinds.struct), give(object.call(of.get, row.get, out.get))),
      when(is(kinds.list), give(list.call(of.get, row.get, out.get))),
      when(bit(values, row.get), [i32.store(out.get, word('true')), give(add(out.get, 4))]),
      i32.store(out.get, word('fals')),
      i32.store8(out.get, i32.of(101), 4),
      add(out.get, 5),
    ]
  })

  // Digits from behind, two at a time, in 24 bytes of their own.
  integer.define((local, whole, out) => {
    const [at, rest, next] = [local('i32'), local('i32'), local('i64')]
    const pair = (rest: Code) => [
      at.set(add(at.get, -2)),
      i32.store16(at.get, i32.load16(i32.shl(rest, i32.of(1)), tables.pairs)),
    ]
    return [
      at.set(i32.of(tables.digits + 24)),
      when(i64.ltS(whole.get, i64.of(0n)), [
        put(out.get, '-'),
        out.set(add(out.get, 1)),
        whole.set(i64.sub(i64.of(0n), whole.get)),
      ]),
      repeat(i64.gtU(whole.get, i64.of(0xffff_ffffn)), [
        next.set(i64.divU(whole.get, i64.of(100n))),
        pair(i32.fromI64(i64.sub(whole.get, i64.mul(next.get, i64.of(100n))))),
        whole.set(next.get),
      ]),
      rest.set(i32.fromI64(whole.get)),
      repeat(i32.gtU(rest.get, i32.of(99)), [
        pair(i32.sub(rest.get, i32.mul(i32.divU(rest.get, i32.of(100)), i32.of(100)))),
        rest.set(i32.divU(rest.get, i32.of(100))),
      ]),
      when(i32.gtU(rest.get, i32.of(9)), pair(rest.get), [
        at.set(add(at.get, -1)),
        i32.store8(at.get, add(rest.get, 48)),
      ]),
      v128.store(out.get, v128.load(at.get)),
      i64.store(out.get, i64.load(at.get, 16), 16),
      i32.add(out.get, i32.sub(i32.of(tables.digits + 24), at.get)),
    ]
  })

  // The shortest text that reads back as the same number: a decimal of up to 15 digits that divides back to it.
  number.define((local, given, out) => {
    const [size, scaled, decimals, rest, places] = [
      local('f64'),
      local('f64'),
      local('i32'),
      local('i64'),
      local('i32'),
    ]
    const power = f64.load(i32.shl(decimals.get, i32.of(3)), tables.powers)
    return [
      // The sign stands for -0 too.
      when(i64.ltS(f64.bits(given.get), i64.of(0n)), [put(out.get, '-'), out.set(add(out.get, 1))]),
      size.set(f64.abs(given.get)),
      when(f64.eq(size.get, f64.of(0)), [put(out.get, '0'), give(add(out.get, 1))]),
      // What is infinite or no number is neither.
      when(i32.eqz(i32.and(f64.lt(size.get, f64.of(1e11)), f64.ge(size.get, f64.of(1e-4)))), fail),
      block((found) => [
        loop((again) => [
          scaled.set(f64.nearest(f64.mul(size.get, power))),
          when(f64.ge(scaled.get, f64.of(1e15)), fail),
          brIf(found, f64.eq(f64.div(scaled.get, power), size.get)),
          decimals.set(add(decimals.get, 1)),
          brIf(again, i32.ltU(decimals.get, i32.of(powers))),
        ]),
        fail,
      ]),
      rest.set(i64.truncF64(scaled.get)),
      when(i32.eqz(decimals.get), give(integer.call(rest.get, out.get))),
      // With fewer decimals it did not divide back: the last one is no zero.
      out.set(integer.call(i64.truncF64(size.get), out.get)),
      rest.set(i64.sub(rest.get, i64.mul(i64.truncF64(size.get), i64.truncF64(power)))),
      put(out.get, '.'),
      places.set(decimals.get),
      repeat(places.get, [
        i32.store8(
          i32.add(out.get, places.get),
          add(i32.fromI64(i64.sub(rest.get, i64.mul(i64.divU(rest.get, i64.of(10n)), i64.of(10n)))), 48),
        ),
        rest.set(i64.divU(rest.get, i64.of(10n))),
        places.set(add(places.get, -1)),
      ]),
      add(i32.add(out.get, decimals.get), 1),
    ]
  })

  // Sixteen bytes are copied at once; those behind one that must be escaped are copied again.
  text.define((local, at, end, out) => {
    const [bytes, special, room] = [local('v128'), local('i32'), local('i32')]
    return [
      room.set(i32.mul(i32.sub(end.get, at.get), i32.of(6))),
      when(i32.gtS(room.get, i32.sub(limit.get, out.get)), fail),
      put(out.get, '"'),
      out.set(add(out.get, 1)),
      repeat(i32.ltU(at.get, end.get), [
        bytes.set(v128.load(at.get)),
        v128.store(out.get, bytes.get),
        special.set(
          i32.ctz(
            i32.or(
              i32.of(0x10000),
              v128.mask(
                v128.or(
                  v128.or(v128.eq(bytes.get, v128.splat(34)), v128.eq(bytes.get, v128.splat(92))),
                  v128.ltU(bytes.get, v128.splat(32)),
                ),
              ),
            ),
          ),
        ),
        at.set(i32.add(at.get, special.get)),
        out.set(i32.add(out.get, special.get)),
        when(i32.and(i32.ltU(special.get, i32.of(16)), i32.ltU(at.get, end.get)), [
          special.set(i32.shl(i32.load8(at.get), i32.of(3))),
          i64.store(out.get, i64.load(special.get, tables.escapes + 1)),
          out.set(i32.add(out.get, i32.load8(special.get, tables.escapes))),
          at.set(add(at.get, 1)),
        ]),
      ]),
      // What was copied beyond the end is taken back.
      out.set(i32.sub(out.get, i32.sub(at.get, end.get))),
      put(out.get, '"'),
      add(out.get, 1),
    ]
  })

  object.define((local, of, row, out) => {
    const [one, last, at, end] = [local('i32'), local('i32'), local('i32'), local('i32')]
    return [
      put(out.get, '{'),
      out.set(add(out.get, 1)),
      one.set(i32.load(of.get, node.inner)),
      last.set(i32.add(one.get, i32.mul(i32.load(of.get, node.fields), i32.of(node.size)))),
      repeat(i32.ltU(one.get, last.get), [
        at.set(i32.load(one.get, node.key)),
        end.set(i32.add(at.get, i32.load(one.get, node.keyLength))),
        when(i32.geU(i32.add(out.get, i32.load(one.get, node.keyLength)), limit.get), fail),
        repeat(i32.ltU(at.get, end.get), [
          v128.store(out.get, v128.load(at.get)),
          at.set(add(at.get, 16)),
          out.set(add(out.get, 16)),
        ]),
        out.set(value.call(one.get, row.get, i32.sub(out.get, i32.sub(at.get, end.get)))),
        when(i32.eqz(out.get), fail),
        one.set(add(one.get, node.size)),
      ]),
      put(out.get, '}'),
      add(out.get, 1),
    ]
  })

  list.define((local, of, row, out) => {
    const [at, end, first] = [local('i32'), local('i32'), local('i32')]
    const ends = slot(i32.load(of.get, node.offsets), row.get, 2)
    return [
      first.set(at.tee(i32.load(ends))),
      end.set(i32.load(ends, 4)),
      put(out.get, '['),
      out.set(add(out.get, 1)),
      repeat(i32.ltU(at.get, end.get), [
        when(i32.geU(out.get, limit.get), fail),
        when(i32.ne(at.get, first.get), [put(out.get, ','), out.set(add(out.get, 1))]),
        out.set(value.call(i32.load(of.get, node.inner), at.get, out.get)),
        when(i32.eqz(out.get), fail),
        at.set(add(at.get, 1)),
      ]),
      put(out.get, ']'),
      add(out.get, 1),
    ]
  })

  m.func(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], 'i32', 'write').define(
    (local, of, places, from, count, out, most) => {
      const row = local('i32')
      return [
        limit.set(most.get),
        written.set(out.get),
        block((done) =>
          loop((again) => [
            brIf(done, i32.geU(from.get, count.get)),
            row.set(from.get),
            when(places.get, row.set(i32.load(slot(places.get, from.get, 2)))),
            out.set(object.call(of.get, row.get, out.get)),
            brIf(done, i32.eqz(out.get)),
            put(out.get, '\n'),
            written.set(out.tee(add(out.get, 1))),
            from.set(add(from.get, 1)),
            brIf(again, i32.ltU(out.get, limit.get)),
          ]),
        ),
        from.get,
      ]
    },
  )
  m.func([], 'i32', 'end').define(() => [written.get])
  return m.module()
}
