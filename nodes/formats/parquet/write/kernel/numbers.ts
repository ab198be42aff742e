import type { Assembly, Code, Local, Type } from '../../../wasm/assembler.ts'
import { f32x4, f64x2, i32, i64, repeat, select, v128, when } from '../../../wasm/instructions.ts'
import { packing, plus, writeVarint } from './bits.ts'
import { places } from './places.ts'

/** Values a block, and those of each of its parts, which are packed by their own greatest. */
const [blockValues, partValues] = [128, 32]

/** Adds the functions for columns of numbers. */
export function addNumbers(m: Assembly): void {
  m.func(['i32', 'i32'], null, 'extremes').define((local, ...given) => extremes(local, given))
  m.func(['i32'], null, 'extremeFloats').define((local, bytes) => floats(local, bytes, f32x4))
  m.func(['i32'], null, 'extremeDoubles').define((local, bytes) => floats(local, bytes, f64x2))
  m.func(['i32'], 'i32', 'deltaLongs').define((local, ...given) => delta(local, given, 3))
  m.func(['i32'], 'i32', 'deltaWords').define((local, ...given) => delta(local, given, 2))
}

function extremes(local: (type: Type) => Local, given: readonly Local[]): Code {
  const [count, signed] = given as [Local, Local]
  const [at, end] = [local('i32'), local('i32')]
  const [value, least, greatest, flip] = [local('i64'), local('i64'), local('i64'), local('i64')]
  // With their first bit turned, unsigned numbers compare as signed ones do.
  const flipped = (number: Code) => i64.xor(number, flip.get)
  return [
    flip.set(select(i64.of(0n), i64.of(1n << 63n), signed.get)),
    least.set(flipped(i64.load(i32.of(places.least)))),
    greatest.set(flipped(i64.load(i32.of(places.greatest)))),
    at.set(i32.of(places.window)),
    end.set(i32.add(at.get, i32.shl(count.get, i32.of(3)))),
    repeat(i32.ltU(at.get, end.get), [
      value.set(flipped(i64.load(at.get))),
      least.set(select(value.get, least.get, i64.ltS(value.get, least.get))),
      greatest.set(select(value.get, greatest.get, i64.ltS(greatest.get, value.get))),
      at.set(plus(at.get, 8)),
    ]),
    i64.store(i32.of(places.least), flipped(least.get)),
    i64.store(i32.of(places.greatest), flipped(greatest.get)),
  ]
}

function floats(local: (type: Type) => Local, bytes: Local, lanes: typeof f32x4): Code {
  const [at, end] = [local('i32'), local('i32')]
  const [value, least, greatest] = [local('v128'), local('v128'), local('v128')]
  return [
    least.set(v128.load(i32.of(places.leastFloats))),
    greatest.set(v128.load(i32.of(places.greatestFloats))),
    at.set(i32.of(places.window)),
    end.set(i32.add(at.get, bytes.get)),
    repeat(i32.ltU(at.get, end.get), [
      value.set(v128.load(at.get)),
      least.set(lanes.lesser(least.get, value.get)),
      greatest.set(lanes.greater(greatest.get, value.get)),
      at.set(plus(at.get, 16)),
    ]),
    v128.store(i32.of(places.leastFloats), least.get),
    v128.store(i32.of(places.greatestFloats), greatest.get),
  ]
}

/** parquet-format/Encodings.md, "Delta Encoding": blocks of differences less their least, packed bit by bit. */
function delta(local: (type: Type) => Local, [count]: readonly Local[], power: 2 | 3): Code {
  const [at, end, out, place, stop] = [local('i32'), local('i32'), local('i32'), local('i32'), local('i32')]
  const [last, value, least] = [local('i64'), local('i64'), local('i64')]
  const load = (address: Code) => (power === 3 ? i64.load(address) : i64.fromS32(i32.load(address)))
  const wrapped = (difference: Code) => (power === 3 ? difference : i64.fromS32(i32.fromI64(difference)))
  return [
    at.set(i32.of(places.window)),
    end.set(i32.add(at.get, i32.shl((count as Local).get, i32.of(power)))),
    out.set(i32.of(places.found)),
    last.set(load(at.get)),
    at.set(plus(at.get, 1 << power)),
    repeat(i32.ltU(at.get, end.get), [
      stop.set(i32.add(at.get, i32.of(blockValues << power))),
      stop.set(select(stop.get, end.get, i32.ltU(stop.get, end.get))),
      least.set(i64.of((1n << 63n) - 1n)),
      place.set(i32.of(places.differences)),
      repeat(i32.ltU(at.get, stop.get), [
        value.set(load(at.get)),
        last.set(wrapped(i64.sub(value.get, last.get))),
        i64.store(place.get, last.get),
        least.set(select(last.get, least.get, i64.ltS(last.get, least.get))),
        last.set(value.get),
        place.set(plus(place.get, 8)),
        at.set(plus(at.get, 1 << power)),
      ]),
      // Behind the last value nothing is added to the least.
      repeat(i32.ltU(place.get, i32.of(places.differences + blockValues * 8)), [
        i64.store(place.get, least.get),
        place.set(plus(place.get, 8)),
      ]),
      // Zigzag.
      value.set(i64.xor(i64.shl(least.get, i64.of(1n)), i64.shrS(least.get, i64.of(63n)))),
      writeVarint(value, out),
      packBlock(local, least.get, out),
    ]),
    i32.sub(out.get, i32.of(places.found)),
  ]
}

/** Writes the widths of a block's parts, and their numbers of as many bits. */
function packBlock(local: (type: Type) => Local, least: Code, out: Local): Code {
  const [place, end, widths, width, to] = Array.from({ length: 5 }, () => local('i32')) as Five<Local>
  const [value, bits] = [local('i64'), local('i64')]
  const pack = packing(local)
  const begin = place.set(plus(end.get, -partValues * 8))
  return [
    widths.set(out.get),
    out.set(plus(out.get, blockValues / partValues)),
    end.set(i32.of(places.differences)),
    repeat(i32.ltU(end.get, i32.of(places.differences + blockValues * 8)), [
      end.set(plus(end.get, partValues * 8)),
      bits.set(i64.of(0n)),
      begin,
      repeat(i32.ltU(place.get, end.get), [
        value.set(i64.sub(i64.load(place.get), least)),
        i64.store(place.get, value.get),
        bits.set(i64.or(bits.get, value.get)),
        place.set(plus(place.get, 8)),
      ]),
      width.set(i32.sub(i32.of(64), i32.fromI64(i64.clz(bits.get)))),
      i32.store8(widths.get, width.get),
      widths.set(plus(widths.get, 1)),
      when(width.get, [
        begin,
        to.set(out.get),
        out.set(i32.add(out.get, i32.shl(width.get, i32.of(2)))),
        pack(place, end.get, 8, width.get, to),
      ]),
    ]),
  ]
}

type Five<T> = [T, T, T, T, T]
