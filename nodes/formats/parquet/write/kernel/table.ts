import type { Assembly, Code, Label, Local, Type } from '../../../wasm/assembler.ts'
import { block, br, brIf, copy, i32, i64, loop, repeat, select, v128, when } from '../../../wasm/instructions.ts'
import { plus } from './bits.ts'
import { mostBytes, places } from './places.ts'

/** A slot holds the number of its entry, from 1 on, and above it some bits of the hash that its place does not show. */
const entryBits = 20
/** Of a table's slots at most a quarter is taken: a search that goes on is a jump that the processor does not foresee. */
export const mostEntries = (slots: number): number => slots >> 2

/** Adds the functions that make dictionaries: a hash table with linear probing over values one behind the other. */
export function addTable(m: Assembly): void {
  const parameters: Type[] = ['i32', 'i32', 'i32', 'i32']
  m.func(parameters, 'i32', 'texts').define((local, ...given) => enter(local, given, textValues(local)))
  m.func(parameters, 'i32', 'words').define((local, ...given) => enter(local, given, numberValues(local, 2)))
  m.func(parameters, 'i32', 'longs').define((local, ...given) => enter(local, given, numberValues(local, 3)))
  m.func(['i32'], null, 'widen').define((local, ...given) => widen(local, given))
}

/** What differs between texts and numbers. */
interface Values {
  /** Goes to a value and sets `hash`. */
  readonly read: (row: Code, base: Code, hash: Local) => Code
  /** Branches to `found` where an entry has the value. */
  readonly compare: (entry: Code, found: Label) => Code
  /** Bytes that the value takes in a dictionary, and of texts the lengths of `size` others. */
  readonly bytes: (size: Code) => Code
  /** Writes the value to `end`, an address, as that of entry `size`, and sets `end` behind it. */
  readonly append: (end: Local, size: Code) => Code
}

function enter(local: (type: Type) => Local, given: readonly Local[], values: Values): Code {
  const [row, count, base, slots] = given as [Local, Local, Local, Local]
  const [size, end, most, mask, slot, entry, tag] = Array.from({ length: 7 }, () => local('i32')) as Seven<Local>
  const hash = local('i64')
  const add = (exit: Label) => [
    brIf(exit, i32.geU(i32.add(end.get, values.bytes(size.get)), i32.of(places.found + mostBytes))),
    i32.store(i32.shl(size.get, i32.of(2)), i32.fromI64(hash.get), places.hashes),
    entry.set(plus(size.get, 1)),
    values.append(end, entry.get),
    size.set(entry.get),
    i32.store(slot.get, i32.or(tag.get, entry.get), places.slots),
  ]
  return [
    size.set(i32.load(i32.of(places.size))),
    end.set(plus(i32.load(i32.of(places.bytes)), places.found)),
    most.set(i32.shrU(slots.get, i32.of(2))),
    mask.set(maskOf(slots.get)),
    block((exit) =>
      loop((next) => [
        brIf(exit, i32.geU(row.get, count.get)),
        brIf(exit, i32.geU(size.get, most.get)),
        values.read(row.get, base.get, hash),
        tag.set(tagOf(i32.fromI64(hash.get))),
        slot.set(slotOf(i32.fromI64(hash.get), mask.get)),
        block((found) =>
          loop((again) => [
            when(i32.eqz(entry.tee(i32.load(slot.get, places.slots))), [add(exit), br(found)]),
            entry.set(i32.xor(entry.get, tag.get)),
            when(i32.eqz(i32.shrU(entry.get, i32.of(entryBits))), values.compare(entry.get, found)),
            slot.set(i32.and(plus(slot.get, 4), mask.get)),
            br(again),
          ]),
        ),
        i32.store(i32.shl(row.get, i32.of(2)), plus(entry.get, -1), places.codes),
        row.set(plus(row.get, 1)),
        br(next),
      ]),
    ),
    i32.store(i32.of(places.size), size.get),
    i32.store(i32.of(places.bytes), plus(end.get, -places.found)),
    row.get,
  ]
}

const maskOf = (slots: Code): Code => i32.shl(plus(slots, -1), i32.of(2))
const slotOf = (hash: Code, mask: Code): Code => i32.and(i32.shl(hash, i32.of(2)), mask)
const tagOf = (hash: Code): Code => i32.shl(i32.shrU(hash, i32.of(entryBits)), i32.of(entryBits))

type Seven<T> = [T, T, T, T, T, T, T]

/** Up to 8 bytes as one word, and up to 32 without a branch, as what is behind a text is masked; then eight at a time. */
function textValues(local: (type: Type) => Local): Values {
  const [start, behind, length, last, at, other] = Array.from({ length: 6 }, () => local('i32')) as Seven<Local>
  const [mask, word, low, high] = [local('i32'), local('i64'), local('v128'), local('v128')]
  const end = (entry: Code, offset: number) => i32.load(i32.shl(entry, i32.of(2)), places.ends + offset)
  const isShort = i32.leU(length.get, i32.of(8))
  const isLong = i32.gtU(length.get, i32.of(32))
  const short = (address: Code) => i64.and(i64.load(address), i64.load(mask.get))
  const masked = (address: Code, half: 0 | 16) => v128.and(v128.load(address, half), v128.load(mask.get, half))
  const spread = (value: Code, lane: 0 | 1, factor: bigint) => i64.mul(v128.long(value, lane), i64.of(factor))
  return {
    read: (row, base, hash) => [
      at.set(i32.shl(row, i32.of(2))),
      start.set(i32.add(base, i32.load(at.get, places.offsets))),
      behind.set(i32.add(base, i32.load(at.get, places.offsets + 4))),
      length.set(i32.sub(behind.get, start.get)),
      mask.set(i32.sub(i32.of(places.masks + 32), select(length.get, i32.of(32), i32.ltU(length.get, i32.of(32))))),
      when(isShort, hash.set(i64.mul(word.tee(short(start.get)), i64.of(factors[0]))), [
        low.set(masked(start.get, 0)),
        high.set(masked(start.get, 16)),
        hash.set(
          i64.add(
            i64.add(spread(low.get, 0, factors[0]), spread(low.get, 1, factors[1])),
            i64.add(spread(high.get, 0, factors[2]), spread(high.get, 1, factors[3])),
          ),
        ),
      ]),
      when(isLong, [
        last.set(plus(behind.get, -8)),
        at.set(plus(start.get, 32)),
        repeat(i32.ltU(at.get, last.get), [mix(hash, i64.load(at.get)), at.set(plus(at.get, 8))]),
        mix(hash, word.tee(i64.load(last.get))),
      ]),
      mix(hash, i64.fromU32(length.get)),
    ],
    compare: (entry, found) => [
      other.set(end(entry, -4)),
      block((differs) => [
        brIf(differs, i32.ne(i32.sub(end(entry, 0), other.get), length.get)),
        other.set(plus(other.get, places.found)),
        when(isShort, [brIf(found, i64.eq(short(other.get), word.get)), br(differs)]),
        brIf(
          differs,
          v128.any(v128.or(v128.xor(masked(other.get, 0), low.get), v128.xor(masked(other.get, 16), high.get))),
        ),
        brIf(found, i32.eqz(isLong)),
        at.set(plus(start.get, 32)),
        other.set(plus(other.get, 32)),
        repeat(i32.ltU(at.get, last.get), [
          brIf(differs, i64.ne(i64.load(at.get), i64.load(other.get))),
          at.set(plus(at.get, 8)),
          other.set(plus(other.get, 8)),
        ]),
        other.set(i32.sub(other.get, i32.sub(at.get, last.get))),
        brIf(found, i64.eq(i64.load(other.get), word.get)),
      ]),
    ],
    bytes: (size) => i32.add(length.get, i32.shl(size, i32.of(2))),
    append: (end, size) => [
      when(isShort, i64.store(end.get, word.get), [v128.store(end.get, low.get), v128.store(end.get, high.get, 16)]),
      when(isLong, copy(end.get, start.get, length.get)),
      end.set(i32.add(end.get, length.get)),
      i32.store(i32.shl(size, i32.of(2)), plus(end.get, -places.found), places.ends),
    ],
  }
}

/** Odd numbers with bits of no order. */
const factors = [0x9e3779b97f4a7c15n, 0xbf58476d1ce4e5b9n, 0x94d049bb133111ebn, 0xd6e8feb86659fd93n] as const

/** Numbers of `1 << power` bytes. */
function numberValues(local: (type: Type) => Local, power: 2 | 3): Values {
  const value = local('i64')
  const load = (address: Code, offset = 0) =>
    power === 3 ? i64.load(address, offset) : i64.fromU32(i32.load(address, offset))
  const bytes = 1 << power
  return {
    read: (row, base, hash) => [
      value.set(load(i32.add(base, i32.shl(row, i32.of(power))))),
      hash.set(i64.of(0n)),
      mix(hash, value.get),
    ],
    compare: (entry, found) =>
      brIf(found, i64.eq(load(i32.shl(entry, i32.of(power)), places.found - bytes), value.get)),
    bytes: () => i32.of(bytes),
    append: (end) => [i64.store(end.get, value.get), end.set(plus(end.get, bytes))],
  }
}

/** Takes a word into a hash: a multiplication spreads low bits upwards, the shifts bring the high ones down. */
function mix(hash: Local, word: Code): Code {
  const folded = (): Code => i64.xor(hash.get, i64.shrU(hash.get, i64.of(32n)))
  return [
    hash.set(i64.xor(hash.get, word)),
    hash.set(i64.mul(folded(), i64.of(0x9e3779b97f4a7c15n))),
    hash.set(folded()),
  ]
}

function widen(local: (type: Type) => Local, [slots]: readonly Local[]): Code {
  const [entry, hash, slot, mask] = [local('i32'), local('i32'), local('i32'), local('i32')]
  return [
    mask.set(maskOf((slots as Local).get)),
    repeat(i32.ltU(entry.get, i32.load(i32.of(places.size))), [
      hash.set(i32.load(i32.shl(entry.get, i32.of(2)), places.hashes)),
      slot.set(slotOf(hash.get, mask.get)),
      repeat(i32.load(slot.get, places.slots), slot.set(i32.and(plus(slot.get, 4), mask.get))),
      entry.set(plus(entry.get, 1)),
      i32.store(slot.get, i32.or(tagOf(hash.get), entry.get), places.slots),
    ]),
  ]
}
