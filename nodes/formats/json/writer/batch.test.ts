import {
  Batch,
  type ColumnType,
  columnOf,
  type Field,
  Identity,
  list,
  Pool,
  Schema,
  Scope,
  struct,
  types,
} from '@headrace/runtime/sdk'
import { objectWriter, TextBuffer } from '@headrace/runtime/text'
import { expect, test } from 'vitest'
import { jsonBatchWriter } from './batch.ts'

const scope = new Scope(new Pool(1 << 26))
const fields: Field[] = [
  { name: 'whole', type: types.int64 },
  { name: 'small', type: types.int32 },
  { name: 'number', type: types.float64 },
  { name: 'is "so"', type: types.bool },
  { name: 'text', type: types.string },
  { name: 'texts', type: list(types.string) },
  {
    name: 'in',
    type: struct([
      { name: 'a', type: types.float64 },
      { name: 'b', type: list(list(types.int64)) },
    ]),
  },
]

function batchOf(rows: readonly (readonly unknown[])[], of: readonly Field[] = fields): Batch {
  const columns = of.map(({ type }, i) =>
    columnOf(
      scope,
      type as ColumnType,
      rows.map((row) => row[i]),
    ),
  )
  return new Batch(scope, new Schema(of), columns, new Identity({ node: 'a', path: '' }, rows.length, 1))
}

/** What the kernel writes, and how many rows it left to the row writer. */
async function written(batch: Batch): Promise<{ text: string; left: number }> {
  const out = new TextBuffer()
  let left = 0
  const write = rowWriter(batch)
  const done = await jsonBatchWriter(batch.schema)?.(
    batch,
    async (bytes) => out.copy(bytes),
    (row) => {
      left++
      write(out, row)
    },
  )
  expect(done).toBe(true)
  return { text: Buffer.from(out.written).toString(), left }
}

function rowWriter(batch: Batch) {
  const object = objectWriter(
    batch.schema.fields.map(({ name }) => name),
    batch.columns,
    { notFinite: 0 },
  )
  return (out: TextBuffer, row: number) => {
    object(out, row)
    out.byte(10)
  }
}

function rowByRow(batch: Batch): string {
  const out = new TextBuffer()
  const write = rowWriter(batch)
  for (let row = 0; row < batch.rows; row++) write(out, row)
  return Buffer.from(out.written).toString()
}

const wholes = [
  0n,
  7n,
  -1n,
  42n,
  100n,
  12345n,
  4294967295n,
  4294967296n,
  -99999999999n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  null,
]
const numbers = [0, -0, 1, -1.5, 0.1, 24078.25, 1234567.891, 0.0001, 99999999999, 52.520008, 1e10, 12.000000001, null]
const hard = [1 / 3, 1e11, 1e300, 1e-5, Number.NaN, Number.POSITIVE_INFINITY, 0.1 + 0.2, 5e-324]
const texts = [
  '',
  'a',
  'größer',
  '"',
  '\\',
  '\n',
  '\u0001\u001f',
  'x'.repeat(15),
  `${'x'.repeat(15)}"`,
  '😀'.repeat(9),
  'tab\there and more',
  null,
]

const at = <T>(from: readonly T[], i: number): T => from[i % from.length] as T
const rowsOf = (count: number, all: readonly (number | null)[]) =>
  Array.from({ length: count }, (_, i) => [
    at(wholes, i),
    at([0, -5, 2147483647, -2147483648, null], i),
    at(all, i),
    at([true, false, null], i),
    at(texts, i),
    at([[], ['a', null, '"b"'], null, ['x'.repeat(100)]], i),
    at([null, { a: at(numbers, i), b: [[1n, 2n], [], null] }, { a: null, b: null }], i),
  ])

test('a batch is written as its rows are one by one', async () => {
  const batch = batchOf(rowsOf(500, numbers))
  expect(await written(batch)).toEqual({ text: rowByRow(batch), left: 0 })
})

test('numbers that take more thought are left to the row writer', async () => {
  const batch = batchOf(rowsOf(200, [...numbers, ...hard]))
  const { text, left } = await written(batch)
  expect(text).toBe(rowByRow(batch))
  expect(left).toBeGreaterThan(50)
  expect(left).toBeLessThan(120)
})

test('doubles of every size have the text that JavaScript gives them', async () => {
  const bits = new BigInt64Array(1)
  const number = new Float64Array(bits.buffer)
  let seed = 1n
  const next = (i: number): number => {
    seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n)
    if (i % 3 === 0) return Number(seed >> 40n) / 10 ** (i % 12)
    bits[0] = BigInt.asIntN(
      64,
      i % 3 === 1 ? seed : (0x3f00n << 48n) + (seed & 0xfffffffffffffn) + (BigInt(i % 400) << 52n),
    )
    return Number.isFinite(number[0]) ? (number[0] as number) : 0.5
  }
  const values = Array.from({ length: 20_000 }, (_, i) => next(i))
  const of: Field[] = [{ name: 'x', type: types.float64 }]
  const batch = batchOf(
    values.map((value) => [value]),
    of,
  )
  const expected = values.map((value) => `{"x":${Object.is(value, -0) ? '-0' : String(value)}}\n`).join('')
  expect((await written(batch)).text).toBe(expected)
})

test('a selection is written without its other rows, a slice without what is around it, and a long text whole', async () => {
  const long = 'long "text" '.repeat(60_000)
  const rows = rowsOf(300, numbers).map((row, i) => (i === 60 ? row.with(4, long) : row))
  const batch = batchOf(rows)
  for (const every of [2, 3, 50]) {
    const mask = columnOf(
      scope,
      types.bool,
      rows.map((_, i) => i % every === 0 || i < 40),
    )
    const some = batch.where(mask)
    expect((await written(some)).text).toBe(rowByRow(some))
  }
  const part = batch.slice(13, 290)
  expect((await written(part)).text).toBe(rowByRow(part))
})
