import * as arrow from 'apache-arrow'
import { expect, test } from 'vitest'
import { lastOfEachKey } from './unique.ts'

type Columns = { readonly [name: string]: { readonly type: arrow.DataType; readonly batches: unknown[][] } }

/** A table of record batches with these values, each row with a number in "at". */
function tableOf(columns: Columns): arrow.Table {
  const named = Object.entries(columns)
  const fields = named.map(([name, { type }]) => new arrow.Field(name, type))
  const schema = new arrow.Schema([...fields, new arrow.Field('at', new arrow.Int32())])
  let at = 0
  const batches = (named[0]?.[1].batches ?? []).map(({ length }, batch) => {
    const vectors = named.map(([, { type, batches }]) => arrow.vectorFromArray(batches[batch] as unknown[], type))
    const numbers = arrow.makeData({ type: new arrow.Int32(), data: Int32Array.from({ length }, () => at++) })
    const children = [...vectors.map((vector) => vector.data[0] as arrow.Data), numbers]
    return new arrow.RecordBatch(schema, arrow.makeData({ type: new arrow.Struct(schema.fields), length, children }))
  })
  return new arrow.Table(schema, batches)
}

function lastOf(columns: Columns): { rows: number[]; replaced: number } {
  const whole = tableOf(columns)
  const { table, replaced } = lastOfEachKey(arrow, whole, Object.keys(columns))
  if (replaced === 0) expect(table).toBe(whole)
  return { rows: [...(table.getChild('at') ?? [])], replaced }
}

const of = (type: arrow.DataType, ...batches: unknown[][]) => ({ type, batches })
const text = new arrow.Utf8()
const whole = new arrow.Int64()

test('of numbers, across batches', () => {
  expect(lastOf({ id: of(whole, [1n, 2n, 3n], [2n, -1n], [2n]) })).toEqual({ rows: [0, 2, 4, 5], replaced: 2 })
  expect(lastOf({ id: of(new arrow.Int8(), [1, -1, 1]) })).toEqual({ rows: [1, 2], replaced: 1 })
  expect(lastOf({ id: of(whole, [1n, 2n ** 32n + 1n, 2n ** 33n + 1n, -(2n ** 63n)]) }).replaced).toBe(0)
})

test('of texts and of several columns: where one ends counts', () => {
  expect(lastOf({ id: of(text, ['a', 'b', ''], ['ab', 'a', '']) })).toEqual({ rows: [1, 3, 4, 5], replaced: 2 })
  const two = { one: of(text, ['a', 'ab', 'a', 'ab']), other: of(text, ['bc', 'c', 'bd', 'c']) }
  expect(lastOf(two)).toEqual({ rows: [0, 2, 3], replaced: 1 })
  const mixed = { file: of(text, ['x', 'y', 'x', 'x']), chunk: of(new arrow.Int32(), [0, 0, 1, 0]) }
  expect(lastOf(mixed)).toEqual({ rows: [1, 2, 3], replaced: 1 })
})

test('times that differ by a nanosecond are two keys, as are decimals by their last digit', () => {
  const type = new arrow.Timestamp(arrow.TimeUnit.NANOSECOND)
  const times = arrow.makeData({ type, data: BigInt64Array.of(1_600_000_000_000_000_000n, 1_600_000_000_000_000_001n) })
  const schema = new arrow.Schema([new arrow.Field('id', type)])
  const rows = arrow.makeData({ type: new arrow.Struct(schema.fields), length: 2, children: [times] })
  const table = new arrow.Table(schema, [new arrow.RecordBatch(schema, rows)])
  expect(lastOfEachKey(arrow, table, ['id']).replaced).toBe(0)
  const words = [Uint32Array.of(1, 0, 0, 0), Uint32Array.of(1, 0, 0, 1), Uint32Array.of(1, 0, 0, 0)]
  expect(lastOf({ id: of(new arrow.Decimal(2, 38), words) })).toEqual({ rows: [1, 2], replaced: 1 })
})

test('of other types by what they show', () => {
  const floats = of(new arrow.Float64(), [0, -0, Number.NaN, 1.5, Number.NaN])
  expect(lastOf({ id: floats })).toEqual({ rows: [1, 3, 4], replaced: 2 })
  expect(lastOf({ id: of(new arrow.Bool(), [true, false, true]) })).toEqual({ rows: [1, 2], replaced: 1 })
})

test('as a Map has it, with many rows whose hashes meet', () => {
  const keys = Array.from({ length: 5000 }, (_, i) => BigInt((i * 7919) % 3001) * 65536n)
  const last = new Map(keys.map((value, row) => [value, row]))
  const { rows, replaced } = lastOf({ id: of(whole, keys.slice(0, 1234), keys.slice(1234)) })
  expect(rows).toEqual([...last.values()].sort((a, b) => a - b))
  expect(replaced).toBe(5000 - 3001)
})
