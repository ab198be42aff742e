import * as arrow from 'apache-arrow'
import { expect, test } from 'vitest'
import { Schema } from '../pipeline/schema.ts'
import { decimal, type Field, fixed, list, struct, timestamp, typeName, types } from '../pipeline/types.ts'
import { arrowData, arrowSchema, columnTypeOf, fromArrow, toArrow } from './arrow.ts'
import { valueAt } from './column.ts'
import { Identity } from './identity.ts'
import { Pool } from './pool.ts'
import { Scope } from './scope.ts'
import { batchOf } from './values.ts'

const fields: Field[] = [
  { name: 'bool', type: types.bool },
  { name: 'int8', type: types.int8 },
  { name: 'int64', type: types.int64 },
  { name: 'uint64', type: types.uint64 },
  { name: 'float16', type: types.float16 },
  { name: 'float64', type: types.float64 },
  { name: 'decimal', type: decimal(38, 2) },
  { name: 'string', type: types.string },
  { name: 'binary', type: types.binary },
  { name: 'date', type: types.date },
  { name: 'time', type: types.time },
  { name: 'timestamp', type: timestamp('ns', 'Europe/Berlin') },
  { name: 'list', type: list(types.string) },
  { name: 'fixed', type: fixed(types.float32, 2) },
  {
    name: 'struct',
    type: struct([
      { name: 'a', type: types.int32 },
      { name: 'b', type: list(types.bool) },
    ]),
  },
  { name: 'null', type: types.null },
]

const full = {
  bool: true,
  int8: -3,
  int64: 9007199254740993n,
  uint64: 18446744073709551615n,
  float16: 0.5,
  float64: 1e300,
  decimal: -12345678901234567890123456789012345678n,
  string: 'größe',
  binary: Uint8Array.of(1, 0, 255),
  date: -1,
  time: 86_399_999_999n,
  timestamp: -1n,
  list: ['a', null, ''],
  fixed: [1.5, -2],
  struct: { a: 7, b: [true, false, null] },
  null: null,
}
const empty = Object.fromEntries(fields.map((field) => [field.name, null]))

function scene(count = 20) {
  const scope = new Scope(new Pool(1 << 26))
  const rows = Array.from({ length: count }, (_, i) => (i % 3 === 1 ? empty : { ...full, int8: i }))
  return { scope, rows, batch: batchOf(scope, fields, rows, new Identity({ node: 'a', path: '' }, count, 1)) }
}

function* buffers(data: arrow.Data): Generator<ArrayBufferView> {
  for (const buffer of [data.values, data.valueOffsets, data.nullBitmap] as (ArrayBufferView | undefined)[])
    if (buffer && buffer.byteLength > 0) yield buffer
  for (const child of data.children) yield* buffers(child)
}

test('an apache-arrow record batch looks at the same bytes as the batch', async () => {
  const { scope, batch } = scene()
  const all = [...buffers((await batch.toArrow()).data)]
  expect(all.length).toBeGreaterThan(30)
  for (const buffer of all) expect(scope.pool.blockOf(buffer.buffer as SharedArrayBuffer)).toBeDefined()
  const column = batch.column('float64')
  const data = arrowData(column)
  expect(data.values.buffer).toBe(column.values?.buffer)
  ;(column.values as Float64Array)[0] = 42
  expect(data.values[0]).toBe(42)
})

test('every type comes back the same from an IPC stream', () => {
  const { scope, rows, batch } = scene()
  const bytes = arrow.tableToIPC(new arrow.Table([toArrow(batch)]), 'stream')
  const [back] = arrow.tableFromIPC(bytes).batches
  const columns = fromArrow(scope, back as arrow.RecordBatch)
  expect(columns.map((column) => typeName(column.type))).toEqual(fields.map((field) => typeName(field.type)))
  for (const [i, field] of fields.entries())
    for (const [row, expected] of rows.entries())
      expect(valueAt(columns[i]!, row), `${field.name} ${row}`).toEqual(
        (expected as Record<string, unknown>)[field.name],
      )
})

test('a slice that does not begin on a byte goes there and back', () => {
  const { scope, rows, batch } = scene()
  const part = batch.slice(3, 17)
  const table = new arrow.Table([toArrow(part)])
  const [back] = arrow.tableFromIPC(arrow.tableToIPC(table, 'stream')).batches
  for (const record of [toArrow(part), back, toArrow(batch).slice(3, 17)] as arrow.RecordBatch[]) {
    const columns = fromArrow(scope, record)
    for (const [i, field] of fields.entries())
      for (let row = 0; row < 14; row++)
        expect(valueAt(columns[i]!, row), `${field.name} ${row}`).toEqual(
          (rows[row + 3] as Record<string, unknown>)[field.name],
        )
  }
})

test('what lies in the pool is shared on the way back, the rest is copied in', () => {
  const { scope, batch } = scene()
  const [column] = fromArrow(scope, arrowData(batch.column('int64')))
  expect(column?.values?.buffer).toBe(batch.column('int64').values?.buffer)
  const [copied] = fromArrow(scope, arrow.vectorFromArray([1, 2], new arrow.Int32()).data[0]!)
  expect(scope.pool.blockOf(copied!.values!.buffer)).toBeDefined()
})

test('types without a column of their own are decoded', () => {
  const { scope } = scene()
  const read = (vector: arrow.Vector) => {
    const [column] = fromArrow(scope, vector.data[0]!)
    return [typeName(column!.type), ...Array.from({ length: vector.length }, (_, row) => valueAt(column!, row))]
  }
  const words = arrow.vectorFromArray(['b', 'a', null, 'b'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()))
  expect(read(words)).toEqual(['string', 'b', 'a', null, 'b'])
  const keyed = new arrow.Map_(
    arrow.Field.new(
      'entries',
      new arrow.Struct<{ key: arrow.Utf8; value: arrow.Int32 }>([
        arrow.Field.new('key', new arrow.Utf8(), false),
        arrow.Field.new('value', new arrow.Int32(), true),
      ]),
    ),
  )
  expect(read(arrow.vectorFromArray([new Map([['x', 1]]), null], keyed))).toEqual([
    'list<struct<key: string, value: int32>>',
    [{ key: 'x', value: 1 }],
    null,
  ])
  expect(read(arrow.vectorFromArray(['long', null], new arrow.LargeUtf8()))).toEqual(['string', 'long', null])
  expect(read(arrow.vectorFromArray([new Date('1969-12-31')], new arrow.DateMillisecond()))).toEqual(['date', -1])
  expect(read(arrow.vectorFromArray([1, 2], new arrow.TimeSecond()))).toEqual(['time', 1_000_000n, 2_000_000n])
  expect(read(arrow.vectorFromArray([5n], new arrow.DurationSecond()))).toEqual(['int64', 5n])
  expect(columnTypeOf(new arrow.Decimal(2, 60, 256))).toEqual(types.string)
})

test('the schema holds every column, all of them with nulls allowed', () => {
  const schema = arrowSchema(new Schema(fields))
  expect(schema.fields.map((field) => [field.name, field.nullable])).toEqual(fields.map(({ name }) => [name, true]))
})
