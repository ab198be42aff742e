import { seededRandom } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { readMessage } from './message.ts'
import { numberAt, readThrift, structsAt, thrift, writeThrift } from './thrift.ts'
import { set } from './thriftreader.ts'
import { binary, bool, i32, i64, struct, structOf, structs, text } from './write/thrift-values.ts'

const chunk = (values: number) =>
  structOf({
    2: i64(4),
    3: struct(
      structOf({ 1: i32(2), 5: i64(values), 12: struct(structOf({ 5: binary(new Uint8Array(9)), 7: bool(true) })) }),
    ),
  })
const group = (rows: number) => structOf({ 1: structs([chunk(rows), chunk(rows)]), 2: i64(rows * 8), 3: i64(rows) })
const footer = writeThrift(
  structOf({
    1: i32(1),
    2: structs([structOf({ 4: text('row'), 5: i32(2) }), structOf({ 1: i32(2), 4: text('a') })]),
    3: i64(5),
    4: structs([group(3), group(2)]),
    6: text('a test'),
  }),
)

test('a footer says the same with its columns passed by, and refuses the same damage', () => {
  const random = seededRandom(7)
  let refused = 0
  for (let i = 0; i < 3000; i++) {
    const bytes = footer.slice(0, i % 3 === 1 ? Math.floor(random() * footer.length) : footer.length)
    if (i % 3 === 2) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    const found = attempt(() => readMessage(bytes))
    const whole = attempt(() => readThrift(bytes))
    if (typeof whole === 'string' || typeof found === 'string') {
      expect(found).toBe(whole)
      refused++
      continue
    }
    const groups = structsAt(whole, 4)
    expect(found.groups.map(({ rows }) => rows)).toEqual(groups.map((one) => numberAt(one, 3) ?? Number.NaN))
    expect(found.groups.map(({ chunks }) => chunks.map((at) => readThrift(bytes.subarray(at))))).toEqual(
      groups.map((one) => structsAt(one, 1)),
    )
    const type = whole.get(4)?.type
    if (type === thrift.list || type === set) whole.delete(4)
    expect(found.about).toEqual(whole)
  }
  expect(refused).toBeGreaterThan(500)
})

function attempt<T>(read: () => T): T | string {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}
