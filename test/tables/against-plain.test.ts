import { type ColumnType, decimal, type Field, fixed, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import { runTable, type TableRows } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import aggregate from '../../nodes/transforms/aggregate.ts'
import dedupe from '../../nodes/transforms/dedupe.ts'
import join from '../../nodes/transforms/join.ts'
import sort from '../../nodes/transforms/sort.ts'
import { anyRows, anyValue } from '../contract/values.ts'
import { compare, groups, keyOf, placed } from './plain.ts'

// The nodes against the plainest JavaScript that does the same, on random rows of random types.

const keyTypes: ColumnType[] = [
  types.bool,
  types.int8,
  types.uint16,
  types.int64,
  types.uint64,
  types.float16,
  types.float32,
  types.float64,
  decimal(9, 2),
  decimal(38, 10),
  types.string,
  types.binary,
  types.date,
  types.time,
  timestamp('s'),
  timestamp('ns', 'Europe/Berlin'),
  types.null,
]
const otherTypes: ColumnType[] = [
  ...keyTypes,
  list(types.string),
  list(types.float64),
  fixed(types.float32, 3),
  struct([
    { name: 'a', type: timestamp('ms') },
    { name: 'A', type: list(fixed(types.int16, 2)) },
  ]),
]

/** Rows of a key of few values, so that rows meet, and of a column of anything, in up to three files. */
const anyInput = (keyType: ColumnType, pool: readonly unknown[], name = 'v'): fc.Arbitrary<TableRows> =>
  fc.constantFrom(...otherTypes).chain((type) => {
    const fields: Field[] = [
      { name: 'k', type: keyType },
      { name, type },
    ]
    const key = fc.constantFrom(null, ...pool)
    const rows = anyRows(fields, 12).chain((some) =>
      fc
        .array(key, { minLength: some.length, maxLength: some.length })
        .map((keys) => some.map((row, i) => ({ ...row, k: keys[i] }))),
    )
    return fc.array(rows, { maxLength: 3 }).map((splits) => ({ fields, splits }))
  })

const anyKey = fc
  .constantFrom(...keyTypes)
  .chain((type) => fc.tuple(fc.constant(type), fc.array(anyValue(type), { minLength: 1, maxLength: 4 })))

const runs = { numRuns: 30 }
const options = fc.record({ batchRows: fc.constantFrom(1, 3, 4096), target: fc.constant({ rows: 5, bytes: 1 << 20 }) })

test('sort', { timeout: 120_000 }, async () => {
  const cases = anyKey.chain(([type, pool]) =>
    fc.tuple(
      fc.constant(type),
      anyInput(type, pool),
      fc.constantFrom('asc', 'desc'),
      fc.constantFrom('first', 'last'),
      options,
    ),
  )
  const property = fc.asyncProperty(cases, async ([type, input, order, nulls, how]) => {
    const ran = await runTable(sort, { by: [{ column: 'k', order, nulls }] }, { '': input }, how)
    const expected = placed(input, '').sort(({ row: a }, { row: b }) => {
      if (a['k'] === null || b['k'] === null) {
        return (Number(b['k'] === null) - Number(a['k'] === null)) * (nulls === 'first' ? 1 : -1)
      }
      return compare(type, a['k'], b['k']) * (order === 'asc' ? 1 : -1)
    })
    expect(ran.identities).toEqual(expected.map(({ identity }) => identity))
    expect(ran.rows).toEqual(expected.map(({ row }) => row))
  })
  await fc.assert(property, runs)
})

test('dedupe', { timeout: 120_000 }, async () => {
  const cases = anyKey.chain(([type, pool]) => fc.tuple(anyInput(type, pool), fc.boolean(), options))
  const property = fc.asyncProperty(cases, async ([input, all, how]) => {
    const ran = await runTable(dedupe, all ? {} : { key: 'k' }, { '': input }, how)
    const expected = groups(placed(input, ''), all ? ['k', 'v'] : ['k']).map(([first]) => first)
    expect(ran.identities).toEqual(expected.map((one) => one?.identity))
    expect(ran.rows).toEqual(expected.map((one) => one?.row))
  })
  await fc.assert(property, runs)
})

test('join', { timeout: 120_000 }, async () => {
  const cases = anyKey.chain(([type, pool]) =>
    fc.tuple(anyInput(type, pool), anyInput(type, pool, 'w'), fc.constantFrom('inner', 'left', 'anti'), options),
  )
  const property = fc.asyncProperty(cases, async ([left, right, how, cut]) => {
    const ran = await runTable(join, { keys: ['k'], how }, { left, right }, cut)
    const [lefts, rights] = [placed(left, 'left'), placed(right, 'right')]
    const met = lefts.map(({ row, identity }) => ({
      row,
      identity,
      with:
        row['k'] === null
          ? []
          : rights.filter((other) => other.row['k'] !== null && keyOf(other.row['k']) === keyOf(row['k'])),
    }))
    if (how === 'anti') {
      expect(ran.rows).toEqual(met.filter((one) => one.with.length === 0).map(({ row }) => row))
      return
    }
    const several = met.some((one) => one.with.length > 1)
    const expected = met.flatMap(({ row, identity, with: others }) =>
      (others.length || how === 'inner' ? others : [null]).map((other, i) => ({
        row: { ...row, w: other?.row['w'] ?? null },
        identity: several ? `${identity}.${i}` : identity,
      })),
    )
    expect(ran.rows).toEqual(expected.map(({ row }) => row))
    expect(ran.identities).toEqual(expected.map(({ identity }) => identity))
    const lost = rights.filter((other) => !met.some((one) => one.with.includes(other))).length
    const lonely = how === 'inner' ? met.filter((one) => one.with.length === 0).length : 0
    expect(ran.filtered).toBe(lost + lonely)
  })
  await fc.assert(property, runs)
})

test('aggregate', { timeout: 120_000 }, async () => {
  const cases = anyKey.chain(([type, pool]) => fc.tuple(anyInput(type, pool), options))
  const property = fc.asyncProperty(cases, async ([input, how]) => {
    const columns = { rows: 'count()', known: 'count(v)', first: 'first(v)', last: 'last(v)', all: 'list(v)' }
    const ran = await runTable(aggregate, { by: ['k'], columns }, { '': input }, how)
    const expected = groups(placed(input, ''), ['k']).map((group) => {
      const all = group.map(({ row }) => row['v'])
      const known = all.filter((value) => value !== null)
      const [first = null, last = null] = [known[0], known.at(-1)]
      return { rows: BigInt(all.length), known: BigInt(known.length), first, last, all }
    })
    expect(ran.rows.map(({ k: _, ...row }) => row)).toEqual(expected)
  })
  await fc.assert(property, runs)
})
