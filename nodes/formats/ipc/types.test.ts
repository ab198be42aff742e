import {
  batchOf,
  decimal,
  type Field,
  fixed,
  Identity,
  list,
  Pool,
  Scope,
  struct,
  timestamp,
  types,
} from '@headrace/runtime/sdk'
import { RecordBatchStreamWriter, tableFromIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import { arrowSchema, columnTypeOf, toArrow } from './types.ts'

const every: Field[] = [
  ...Object.entries(types).map(([name, type]) => ({ name, type })),
  { name: 'decimal', type: decimal(20, 3) },
  { name: 'zoned', type: timestamp('ns', 'Europe/Berlin') },
  { name: 'list', type: list(list(types.string)) },
  { name: 'vector', type: fixed(types.float32, 3) },
  { name: 'struct', type: struct([{ name: 'a', type: list(types.int16) }]) },
]

function batch(fields: Field[], rows: Record<string, unknown>[]) {
  const scope = new Scope(new Pool(1 << 24))
  return batchOf(scope, fields, rows, new Identity({ node: 'a', path: '' }, rows.length, 1))
}

test('every type goes to Arrow and back', async () => {
  const schema = await arrowSchema(every)
  expect(schema.fields.map(({ name, type }) => ({ name, type: columnTypeOf(type) }))).toEqual(every)
})

test('a record batch looks at the same bytes', async () => {
  const one = batch([{ name: 'x', type: types.float64 }], [{ x: 1 }, { x: 2 }])
  const record = await toArrow(one)
  expect(record.getChildAt(0)?.data[0]?.values.buffer).toBe(one.column('x').values?.buffer)
  ;(one.column('x').values as Float64Array)[1] = 42
  expect(record.get(1)?.toJSON()).toEqual({ x: 42 })
})

test('values arrive through IPC, also from a slice and with nulls', async () => {
  const fields = every.filter(({ name }) =>
    ['int64', 'string', 'bool', 'list', 'vector', 'struct', 'float16'].includes(name),
  )
  const full = {
    int64: 2n ** 62n,
    string: 'ä',
    bool: true,
    list: [['x', null], null],
    vector: [1, 2, 3],
    struct: { a: [1, 2] },
    float16: 0.5,
  }
  const some = batch(fields, [full, {}, full, { ...full, string: 'last' }]).slice(1, 4)
  const bytes = RecordBatchStreamWriter.writeAll([await toArrow(some)]).toUint8Array(true)
  const rows = tableFromIPC(bytes)
    .toArray()
    .map((row) => JSON.parse(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))))
  expect(rows[0]).toEqual(Object.fromEntries(fields.map(({ name }) => [name, null])))
  expect(rows[2]).toEqual({ ...full, int64: String(2n ** 62n), string: 'last' })
})
