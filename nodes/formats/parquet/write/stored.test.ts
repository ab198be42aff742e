import {
  Batch,
  type ColumnType,
  columnOf,
  decimal,
  type Field,
  Identity,
  list,
  maskOf,
  Pool,
  Schema,
  Scope,
  timestamp,
  types,
} from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { openEncoder } from '../encode.ts'

const scope = new Scope(new Pool(1 << 28))

/** The i-th of many different values of a type. */
const makers: readonly (readonly [type: ColumnType, value: (i: number) => unknown])[] = [
  [types.bool, (i) => i % 3 === 0],
  [types.int8, (i) => (i % 256) - 128],
  [types.uint32, (i) => i * 50_000],
  [types.int64, (i) => BigInt(i) * 10_000_000_000n],
  [types.float16, (i) => i % 1000],
  [types.float64, (i) => i / 7],
  [decimal(4, 2), (i) => BigInt((i % 19_999) - 9999)],
  [decimal(38, 3), (i) => BigInt(i) * 10n ** 25n - 10n ** 29n],
  [types.string, (i) => (i === 7 ? '' : `${'größer '.repeat(i % 40)}${i}`)],
  [types.binary, (i) => Uint8Array.from({ length: i % 9 }, () => i)],
  [types.date, (i) => i - 3000],
  [timestamp('s'), (i) => BigInt(i)],
  [types.null, () => null],
  [list(types.string), (i) => [`${i}`, null, `${i % 3}`]],
]
const fields: Field[] = makers.map(([type], i) => ({ name: `c${i}`, type }))
const schema = new Schema(fields)
const identity = (rows: number) => new Identity({ node: 'n', path: '' }, rows, 1)

/** Of each row the number of its values; -1 is null. */
type Rows = readonly number[]

const columnsOf = (rows: Rows) =>
  makers.map(([type, value]) =>
    columnOf(
      scope,
      type,
      rows.map((i) => (i < 0 ? null : value(i))),
    ),
  )
const plain = (rows: Rows) => new Batch(scope, schema, columnsOf(rows), identity(rows.length))

/** Makes batches of columns of few values, which are the same objects in all of them. */
function coding(values: Rows) {
  const columns = columnsOf(values)
  const bytes = 8
  return (rows: Rows) => {
    const codes = scope.allocate(Int32Array, rows.length)
    codes.set(rows.map((i) => values.indexOf(i)))
    const stored = columns.map((column) => ({ values: column, codes, bytes }))
    return new Batch(scope, schema, stored, identity(rows.length))
  }
}

/** Several groups of one encoder; also what it counts. */
async function encoded(...groups: readonly (readonly Batch[])[]) {
  const encoder = await openEncoder(fields, 'none')
  const made = groups.map((batches) => {
    for (const batch of batches) encoder.add(batch)
    const counts = [encoder.rows(), encoder.bytes()]
    return { counts, file: Buffer.from(encoder.finish()) }
  })
  encoder.close()
  return made
}

async function expectSame(groups: readonly (readonly Batch[])[], rows: readonly Rows[]): Promise<void> {
  const [found, wanted] = await Promise.all([encoded(...groups), encoded(...rows.map((some) => [plain(some)]))])
  for (const [i, { counts, file }] of found.entries()) {
    expect(counts).toEqual(wanted[i]?.counts)
    expect(file.equals(wanted[i]?.file as Buffer)).toBe(true)
  }
}

const upTo = (count: number, of: (i: number) => number = (i) => i): Rows =>
  Array.from({ length: count }, (_, i) => of(i))
const few = [...upTo(50), -1]
const ofFew = (i: number) => few[(i * i + (i >> 3)) % 51] as number

test.each([
  ['values that repeat', upTo(900, ofFew)],
  ['values that differ', upTo(900, (i) => 900 - i)],
  ['nulls', upTo(900, (i) => (i % 3 ? -1 : i))],
])('a batch with a selection is written as its rows are: %s', async (_, rows) => {
  for (const keep of [(i: number) => i % 7 > 0, (i: number) => i % 11 === 0, (i: number) => i > 890, () => false]) {
    const whole = plain(rows)
    const kept = whole.where(maskOf(scope, rows.length, keep))
    await expectSame([[kept, plain(rows)]], [[...rows.filter((_, i) => keep(i)), ...rows]])
  }
})

test('columns of few values are written as if they were plain, in the order in which values come first', async () => {
  const coded = coding(few)
  const rows = upTo(3000, ofFew)
  const cut = [coded(rows.slice(0, 7)), coded(rows.slice(7, 2000)), coded(rows.slice(2000))]
  await expectSame(
    [cut, [coded(rows).where(maskOf(scope, 3000, (i) => i > 40 && i % 5 > 0))], [coded([])], cut],
    [rows, rows.filter((_, i) => i > 40 && i % 5 > 0), [], rows],
  )
})

test('a few rows of many values are written as if they were plain', async () => {
  const coded = coding([...upTo(2000), -1])
  const rows = upTo(300, (i) => (i * i) % 2000)
  await expectSame(
    [[...rows.map((row) => coded([row, row, -1])), coded(rows)]],
    [[...rows.flatMap((row) => [row, row, -1]), ...rows]],
  )
})

test('without a null among the few values', async () => {
  const rows = upTo(700, (i) => (i * i) % 31)
  await expectSame([[coding(upTo(31))(rows)]], [rows])
})

test('several columns of few values, and plain ones among them, make one dictionary', async () => {
  const [one, other] = [coding(few), coding([-1, ...upTo(40, (i) => i + 30)])]
  const early = upTo(600, (i) => (i * 7) % 50)
  const late = upTo(600, (i) => 30 + ((i * 11) % 40))
  const batches = [one(early), other(late), one(early), plain(late), other([-1, 33, -1])]
  await expectSame(
    [batches, [plain(late), one(early)], [other(late), plain(early)]],
    [
      [...early, ...late, ...early, ...late, -1, 33, -1],
      [...late, ...early],
      [...late, ...early],
    ],
  )
})

test('codes of values that hardly repeat become plain values or differences', async () => {
  const all = upTo(2500)
  await expectSame(
    [[coding(all)(all), coding(all)([...all].reverse())], [coding(all)(all)]],
    [[...all, ...[...all].reverse()], all],
  )
})

test('codes of values that are too large for a dictionary become plain values', async () => {
  const text: Field[] = [{ name: 'text', type: types.string }]
  const values = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(1 << 20))
  const column = columnOf(scope, types.string, values)
  const rows = [4, 0, 0, 2, 1, 3, 4, 4, 2]
  const codes = Int32Array.from(rows)
  const files = [
    { values: column, codes, bytes: 1 },
    columnOf(
      scope,
      types.string,
      rows.map((row) => values[row]),
    ),
  ].map(async (stored) => {
    const encoder = await openEncoder(text, 'none')
    encoder.add(new Batch(scope, new Schema(text), [stored], identity(rows.length)))
    return Buffer.from(encoder.finish())
  })
  const [coded, wanted] = await Promise.all(files)
  expect(coded?.equals(wanted as Buffer)).toBe(true)
})
