import type { Assembly, Func } from '../../wasm/assembler.ts'
import { block, br, brIf, copy, give, i32, loop, repeat, v128, when } from '../../wasm/instructions.ts'

/** Functions over texts, numbers that nobody wants and blanks. Each takes a place and gives the one behind, 0 if none. */
export interface Passing {
  /** The next byte that is not blank. */
  readonly blanks: Func
  /** The next quote, backslash or control character; zeros behind the input end the search. */
  readonly plain: Func
  /** Behind a text's closing quote, from behind its opening one; nothing is changed. */
  readonly text: Func
  /** The same, escapes replaced in place; `textEnd` is then the end of the content. */
  readonly unescape: Func
  readonly textEnd: ReturnType<Assembly['global']>
  /** Behind any value. */
  readonly value: Func
  /** How deep arrays and objects are nested. */
  readonly depth: ReturnType<Assembly['global']>
}

/** Where constants lie in memory. */
export interface Tables {
  /** What stands for a character after a backslash, 256 bytes. */
  readonly escapes: number
  /** 16 bytes for what nobody reads. */
  readonly scratch: number
}

const isDigit = (byte: ReturnType<typeof i32.of>) => i32.ltU(i32.sub(byte, i32.of(48)), i32.of(10))
const is = (byte: ReturnType<typeof i32.of>, char: string) => i32.eq(byte, i32.of(char.charCodeAt(0)))

/** Arrays and objects inside each other, at most: as the scanner has it. */
const deepest = 512

export function passing(m: Assembly, tables: Tables): Passing {
  const depth = m.global('i32')
  const textEnd = m.global('i32')
  const put = m.global('i32')
  const blanks = m.func(['i32'], 'i32')
  const plain = m.func(['i32'], 'i32')
  const text = m.func(['i32'], 'i32')
  const replacing = m.func(['i32'], 'i32')
  const escaped = m.func(['i32', 'i32'], 'i32')
  const hex = m.func(['i32'], 'i32')
  const number = m.func(['i32'], 'i32')
  const value = m.func(['i32'], 'i32')
  const nested = m.func(['i32', 'i32'], 'i32')

  blanks.define((local, at) => {
    const byte = local('i32')
    return [
      block((done) =>
        loop((again) => [
          byte.set(i32.load8(at.get)),
          brIf(done, i32.gtU(byte.get, i32.of(32))),
          // 9, 10, 13 and 32 as bits of a word.
          when(
            i32.or(
              i32.eq(byte.get, i32.of(32)),
              i32.and(i32.ltU(byte.get, i32.of(16)), i32.shrU(i32.of(0x2600), byte.get)),
            ),
            [at.set(i32.add(at.get, i32.of(1))), br(again)],
          ),
        ]),
      ),
      at.get,
    ]
  })

  plain.define((local, at) => {
    const bytes = local('v128')
    const found = local('i32')
    return [
      loop((again) => [
        bytes.set(v128.load(at.get)),
        found.set(
          v128.mask(
            v128.or(
              v128.or(v128.eq(bytes.get, v128.splat(34)), v128.eq(bytes.get, v128.splat(92))),
              v128.ltU(bytes.get, v128.splat(32)),
            ),
          ),
        ),
        when(i32.eqz(found.get), [at.set(i32.add(at.get, i32.of(16))), br(again)]),
      ]),
      i32.add(at.get, i32.ctz(found.get)),
    ]
  })

  text.define((local, at) => {
    const byte = local('i32')
    return [
      loop((again) => [
        at.set(plain.call(at.get)),
        byte.set(i32.load8(at.get)),
        when(is(byte.get, '"'), give(i32.add(at.get, i32.of(1)))),
        when(i32.ne(byte.get, i32.of(92)), give(i32.of(0))),
        at.set(escaped.call(i32.add(at.get, i32.of(1)), i32.of(tables.scratch))),
        brIf(again, at.get),
      ]),
      i32.of(0),
    ]
  })

  replacing.define((local, at) => {
    const [byte, to, next] = [local('i32'), local('i32'), local('i32')]
    return [
      at.set(plain.call(at.get)),
      to.set(at.get),
      loop((again) => [
        byte.set(i32.load8(at.get)),
        when(is(byte.get, '"'), [textEnd.set(to.get), give(i32.add(at.get, i32.of(1)))]),
        when(i32.ne(byte.get, i32.of(92)), give(i32.of(0))),
        at.set(escaped.call(i32.add(at.get, i32.of(1)), to.get)),
        when(i32.eqz(at.get), give(i32.of(0))),
        to.set(put.get),
        next.set(plain.call(at.get)),
        copy(to.get, at.get, i32.sub(next.get, at.get)),
        to.set(i32.add(to.get, i32.sub(next.get, at.get))),
        at.set(next.get),
        br(again),
      ]),
      i32.of(0),
    ]
  })

  // What follows a backslash, written as UTF-8 to `to`; `put` is the place behind.
  escaped.define((local, at, to) => {
    const [byte, code, low] = [local('i32'), local('i32'), local('i32')]
    const write = (count: number, first: number) => [
      i32.store8(to.get, i32.or(i32.of(first), i32.shrU(code.get, i32.of(6 * count)))),
      Array.from({ length: count }, (_, i) =>
        i32.store8(
          to.get,
          i32.or(i32.of(0x80), i32.and(i32.shrU(code.get, i32.of(6 * (count - 1 - i))), i32.of(63))),
          i + 1,
        ),
      ),
      put.set(i32.add(to.get, i32.of(count + 1))),
    ]
    return [
      byte.set(i32.load8(at.get)),
      at.set(i32.add(at.get, i32.of(1))),
      when(i32.ne(byte.get, i32.of(117)), [
        byte.set(i32.load8(byte.get, tables.escapes)),
        i32.store8(to.get, byte.get),
        put.set(i32.add(to.get, i32.of(1))),
        give(i32.mul(at.get, i32.ne(byte.get, i32.of(0)))),
      ]),
      code.set(hex.call(at.get)),
      at.set(i32.add(at.get, i32.of(4))),
      when(i32.ltS(code.get, i32.of(0)), give(i32.of(0))),
      when(i32.eq(i32.and(code.get, i32.of(0xf800)), i32.of(0xd800)), [
        // A pair of surrogates is one character, half of one is none.
        when(i32.or(i32.ne(i32.load16(at.get), i32.of(0x755c)), i32.geU(code.get, i32.of(0xdc00))), give(i32.of(0))),
        low.set(i32.sub(hex.call(i32.add(at.get, i32.of(2))), i32.of(0xdc00))),
        when(i32.geU(low.get, i32.of(0x400)), give(i32.of(0))),
        at.set(i32.add(at.get, i32.of(6))),
        code.set(i32.add(i32.of(0x10000), i32.or(i32.shl(i32.sub(code.get, i32.of(0xd800)), i32.of(10)), low.get))),
      ]),
      when(
        i32.ltU(code.get, i32.of(0x80)),
        [i32.store8(to.get, code.get), put.set(i32.add(to.get, i32.of(1)))],
        when(
          i32.ltU(code.get, i32.of(0x800)),
          write(1, 0xc0),
          when(i32.ltU(code.get, i32.of(0x10000)), write(2, 0xe0), write(3, 0xf0)),
        ),
      ),
      at.get,
    ]
  })

  // Four hexadecimal digits as a number, -1 if they are none.
  hex.define((local, at) => {
    const [code, left, digit] = [local('i32'), local('i32'), local('i32')]
    return [
      left.set(i32.of(4)),
      repeat(left.get, [
        digit.set(i32.sub(i32.load8(at.get), i32.of(48))),
        when(i32.geU(digit.get, i32.of(10)), [
          digit.set(i32.sub(i32.or(i32.load8(at.get), i32.of(32)), i32.of(87))),
          when(i32.geU(i32.sub(digit.get, i32.of(10)), i32.of(6)), give(i32.of(-1))),
        ]),
        code.set(i32.or(i32.shl(code.get, i32.of(4)), digit.get)),
        at.set(i32.add(at.get, i32.of(1))),
        left.set(i32.sub(left.get, i32.of(1))),
      ]),
      code.get,
    ]
  })

  number.define((_, at) => {
    const next = at.set(i32.add(at.get, i32.of(1)))
    const digits = [
      when(i32.eqz(isDigit(i32.load8(at.get))), give(i32.of(0))),
      repeat(isDigit(i32.load8(at.get)), next),
    ]
    return [
      when(is(i32.load8(at.get), '-'), next),
      when(is(i32.load8(at.get), '0'), next, digits),
      when(is(i32.load8(at.get), '.'), [next, digits]),
      when(is(i32.or(i32.load8(at.get), i32.of(32)), 'e'), [
        next,
        when(i32.or(is(i32.load8(at.get), '+'), is(i32.load8(at.get), '-')), next),
        digits,
      ]),
      at.get,
    ]
  })

  const word = (at: ReturnType<typeof i32.of>, text: string) =>
    i32.eq(i32.load(at), i32.of(Buffer.from(text).readInt32LE()))

  value.define((local, at) => {
    const byte = local('i32')
    const after = (count: number) => give(i32.add(at.get, i32.of(count)))
    return [
      byte.set(i32.load8(at.get)),
      when(is(byte.get, '"'), give(text.call(i32.add(at.get, i32.of(1))))),
      when(is(byte.get, '{'), give(nested.call(at.get, i32.of(1)))),
      when(is(byte.get, '['), give(nested.call(at.get, i32.of(0)))),
      when(word(at.get, 'null'), after(4)),
      when(word(at.get, 'true'), after(4)),
      when(i32.and(is(byte.get, 'f'), word(i32.add(at.get, i32.of(1)), 'alse')), after(5)),
      number.call(at.get),
    ]
  })

  // An array or an object, its bracket next.
  nested.define((local, at, named) => {
    const byte = local('i32')
    const fail = give(i32.of(0))
    const skipBlanks = at.set(blanks.call(at.get))
    return [
      depth.set(i32.add(depth.get, i32.of(1))),
      when(i32.gtU(depth.get, i32.of(deepest)), fail),
      at.set(blanks.call(i32.add(at.get, i32.of(1)))),
      block((done) => [
        // The brackets' bytes differ from the opening ones' by 2.
        brIf(done, i32.eq(i32.load8(at.get), i32.add(i32.of(93), i32.shl(named.get, i32.of(5))))),
        loop((again) => [
          when(named.get, [
            when(i32.eqz(is(i32.load8(at.get), '"')), fail),
            at.set(text.call(i32.add(at.get, i32.of(1)))),
            when(i32.eqz(at.get), fail),
            skipBlanks,
            when(i32.eqz(is(i32.load8(at.get), ':')), fail),
            at.set(blanks.call(i32.add(at.get, i32.of(1)))),
          ]),
          at.set(value.call(at.get)),
          when(i32.eqz(at.get), fail),
          skipBlanks,
          byte.set(i32.load8(at.get)),
          when(is(byte.get, ','), [at.set(blanks.call(i32.add(at.get, i32.of(1)))), br(again)]),
        ]),
        when(i32.ne(byte.get, i32.add(i32.of(93), i32.shl(named.get, i32.of(5)))), fail),
      ]),
      depth.set(i32.sub(depth.get, i32.of(1))),
      i32.add(at.get, i32.of(1)),
    ]
  })

  return { blanks, plain, text, unescape: replacing, textEnd, value, depth }
}
