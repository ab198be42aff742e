import type { Assembly, Code, Func } from '../../wasm/assembler.ts'
import { block, br, brIf, give, i32, i64, loop, repeat, when } from '../../wasm/instructions.ts'
import { field, kinds, node } from './nodes.ts'
import { numberReaders, type Places } from './numbers.ts'
import { add, begin, fail, is, slot } from './parts.ts'
import type { Passing } from './text.ts'

export interface Values {
  /** Reads the value at a place into a node; gives the place behind it, 0 where the row is not for the kernel. */
  readonly read: Func
  readonly object: Func
  readonly addNull: Func
  readonly lateCount: ReturnType<Assembly['global']>
}

export function valueReaders(m: Assembly, passing: Passing, places: Places): Values {
  const { int64, float64, lateCount } = numberReaders(m, places)
  const read = m.func(['i32', 'i32'], 'i32')
  const addNull = m.func(['i32'], null)
  const text = m.func(['i32', 'i32'], 'i32')
  const list = m.func(['i32', 'i32'], 'i32')
  const object = m.func(['i32', 'i32'], 'i32')
  const place = m.func(['i32', 'i32', 'i32'], 'i32')
  const sameName = m.func(['i32', 'i32', 'i32'], 'i32')

  const kindIs = (of: Code, kind: number) => i32.eq(i32.load(of, node.kind), i32.of(kind))

  read.define((local, to, at) => {
    const [byte, place, end] = [local('i32'), local('i32'), local('i32')]
    const into = (kind: number, reader: Func) => when(kindIs(to.get, kind), give(reader.call(to.get, at.get)))
    const span = (start: Code, end: Code) => [
      i32.store(slot(to.get, place.get, 3), start),
      i32.store(slot(to.get, place.get, 3), end, 4),
    ]
    return [
      byte.set(i32.load8(at.get)),
      when(is(byte.get, 'n'), [
        when(i32.ne(i32.load(at.get), i32.of(Buffer.from('null').readInt32LE())), fail),
        addNull.call(to.get),
        give(add(at.get, 4)),
      ]),
      into(kinds.string, text),
      into(kinds.int64, int64),
      into(kinds.float64, float64),
      into(kinds.struct, object),
      into(kinds.list, list),
      when(kindIs(to.get, kinds.skipped), give(passing.value.call(at.get))),
      when(kindIs(to.get, kinds.text), [
        when(is(byte.get, '"'), give(text.call(to.get, at.get))),
        // What is no text is its JSON as it stands.
        end.set(passing.value.call(at.get)),
        when(end.get, [begin(to.get, 1, place), span(at.get, end.get)]),
        give(end.get),
      ]),
      // A bool is left.
      end.set(passing.value.call(at.get)),
      when(i32.and(i32.ne(byte.get, i32.of(116)), i32.ne(byte.get, i32.of(102))), fail),
      when(end.get, [
        begin(to.get, 1, place),
        i32.store8(i32.add(i32.load(to.get, node.values), place.get), is(byte.get, 't')),
      ]),
      end.get,
    ]
  })

  addNull.define((local, to) => {
    const [at, left] = [local('i32'), local('i32')]
    return [
      when(kindIs(to.get, kinds.skipped), 0x0f),
      begin(to.get, 0, at),
      when(kindIs(to.get, kinds.struct), [
        left.set(i32.load(to.get, node.fields)),
        at.set(i32.load(to.get, node.inner)),
        repeat(left.get, [
          addNull.call(i32.load(at.get, field.node)),
          at.set(add(at.get, field.size)),
          left.set(add(left.get, -1)),
        ]),
        0x0f,
      ]),
      when(kindIs(to.get, kinds.list), [
        i32.store(slot(to.get, at.get, 2), i32.load(i32.load(to.get, node.inner), node.count), 4),
        0x0f,
      ]),
      when(kindIs(to.get, kinds.bool), [i32.store8(i32.add(i32.load(to.get, node.values), at.get), i32.of(0)), 0x0f]),
      i64.store(slot(to.get, at.get, 3), i64.of(0n)),
    ]
  })

  text.define((local, to, at) => {
    const [end, byte, place] = [local('i32'), local('i32'), local('i32')]
    return [
      when(i32.eqz(is(i32.load8(at.get), '"')), fail),
      at.set(add(at.get, 1)),
      end.set(passing.plain.call(at.get)),
      byte.set(i32.load8(end.get)),
      begin(to.get, 1, place),
      place.set(slot(to.get, place.get, 3)),
      i32.store(place.get, at.get),
      when(is(byte.get, '"'), [i32.store(place.get, end.get, 4), give(add(end.get, 1))]),
      end.set(passing.unescape.call(at.get)),
      i32.store(place.get, passing.textEnd.get, 4),
      end.get,
    ]
  })

  const enter = [passing.depth.set(add(passing.depth.get, 1)), when(i32.gtU(passing.depth.get, i32.of(512)), fail)]
  const leave = passing.depth.set(add(passing.depth.get, -1))

  list.define((local, to, at) => {
    const [items, place, byte] = [local('i32'), local('i32'), local('i32')]
    const skipBlanks = at.set(passing.blanks.call(at.get))
    return [
      when(i32.eqz(is(i32.load8(at.get), '[')), fail),
      enter,
      items.set(i32.load(to.get, node.inner)),
      at.set(passing.blanks.call(add(at.get, 1))),
      block((done) => [
        brIf(done, is(i32.load8(at.get), ']')),
        loop((again) => [
          when(i32.geU(i32.load(items.get, node.count), i32.load(items.get, node.room)), fail),
          at.set(read.call(items.get, at.get)),
          when(i32.eqz(at.get), fail),
          skipBlanks,
          byte.set(i32.load8(at.get)),
          when(is(byte.get, ','), [at.set(passing.blanks.call(add(at.get, 1))), br(again)]),
        ]),
        when(i32.eqz(is(byte.get, ']')), fail),
      ]),
      leave,
      begin(to.get, 1, place),
      i32.store(slot(to.get, place.get, 2), i32.load(items.get, node.count), 4),
      add(at.get, 1),
    ]
  })

  object.define((local, to, at) => {
    const [fields, number, byte, here, guess, left, one] = [
      local('i32'),
      local('i32'),
      local('i32'),
      local('i32'),
      local('i32'),
      local('i32'),
      local('i32'),
    ]
    const blanks = when(i32.leU(i32.load8(at.get), i32.of(32)), at.set(passing.blanks.call(at.get)))
    return [
      when(i32.eqz(is(i32.load8(at.get), '{')), fail),
      enter,
      fields.set(i32.load(to.get, node.inner)),
      left.set(i32.load(to.get, node.fields)),
      number.set(add(i32.load(to.get, node.object), 1)),
      i32.store(to.get, number.get, node.object),
      at.set(add(at.get, 1)),
      blanks,
      guess.set(fields.get),
      block((done) => [
        brIf(done, is(i32.load8(at.get), '}')),
        loop((again) => [
          when(i32.eqz(is(i32.load8(at.get), '"')), fail),
          at.set(add(at.get, 1)),
          // Objects mostly have their names in the same order.
          here.set(guess.get),
          when(
            i32.eqz(
              when(
                i32.ltU(guess.get, i32.add(fields.get, i32.mul(i32.load(to.get, node.fields), i32.of(field.size)))),
                sameName.call(at.get, i32.load(guess.get, field.name), i32.load(guess.get, field.length)),
                i32.of(0),
                'i32',
              ),
            ),
            [here.set(place.call(to.get, guess.get, at.get)), when(i32.eqz(here.get), fail)],
          ),
          when(i32.eq(i32.load(here.get, field.object), number.get), fail),
          i32.store(here.get, number.get, field.object),
          left.set(add(left.get, -1)),
          at.set(i32.add(at.get, i32.load(here.get, field.length))),
          blanks,
          when(i32.eqz(is(i32.load8(at.get), ':')), fail),
          at.set(add(at.get, 1)),
          blanks,
          at.set(read.call(i32.load(here.get, field.node), at.get)),
          when(i32.eqz(at.get), fail),
          blanks,
          guess.set(add(here.get, field.size)),
          byte.set(i32.load8(at.get)),
          when(is(byte.get, ','), [at.set(add(at.get, 1)), blanks, br(again)]),
        ]),
        when(i32.eqz(is(byte.get, '}')), fail),
      ]),
      leave,
      begin(to.get, 1, one),
      // The fields that it does not have.
      here.set(fields.get),
      repeat(left.get, [
        when(i32.ne(i32.load(here.get, field.object), number.get), [
          addNull.call(i32.load(here.get, field.node)),
          left.set(add(left.get, -1)),
        ]),
        here.set(add(here.get, field.size)),
      ]),
      add(at.get, 1),
    ]
  })

  // The field with the name that stands next, from `guess` on and then from the first; 0 where none has it.
  place.define((local, of, guess, at) => {
    const [here, end] = [local('i32'), local('i32')]
    const search = (until: Code) =>
      repeat(i32.ltU(here.get, until), [
        when(sameName.call(at.get, i32.load(here.get, field.name), i32.load(here.get, field.length)), give(here.get)),
        here.set(add(here.get, field.size)),
      ])
    return [
      here.set(guess.get),
      end.set(i32.add(i32.load(of.get, node.inner), i32.mul(i32.load(of.get, node.fields), i32.of(field.size)))),
      search(end.get),
      here.set(i32.load(of.get, node.inner)),
      search(guess.get),
      i32.of(0),
    ]
  })

  // Eight bytes at a time; a field whose name may stand otherwise in the text has the length 0 and is never found.
  sameName.define((_, at, name, length) => [
    when(i32.eqz(length.get), fail),
    repeat(i32.gtU(length.get, i32.of(8)), [
      when(i64.ne(i64.load(at.get), i64.load(name.get)), fail),
      at.set(add(at.get, 8)),
      name.set(add(name.get, 8)),
      length.set(add(length.get, -8)),
    ]),
    i64.eqz(
      i64.shl(
        i64.xor(i64.load(at.get), i64.load(name.get)),
        i64.fromU32(i32.sub(i32.of(64), i32.shl(length.get, i32.of(3)))),
      ),
    ),
  ])

  return { read, object, addNull, lateCount }
}
