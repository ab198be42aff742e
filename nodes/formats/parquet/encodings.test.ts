import {
  batchOf,
  type Field,
  fixed,
  Identity,
  list,
  Pool,
  Schema,
  Scope,
  timestamp,
  types,
} from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { openEncoder } from './encode.ts'
import { openChooser } from './encodings.ts'
import { footerOf } from './footer.ts'
import { structAt, structsAt } from './thrift.ts'

const fields: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'at', type: timestamp('s') },
  { name: 'price', type: types.float64 },
  { name: 'text', type: types.string },
  { name: 'city', type: types.string },
  { name: 'stars', type: types.int8 },
  { name: 'gone', type: types.float64 },
  { name: 'vector', type: fixed(types.float32, 2) },
  { name: 'yes', type: types.bool },
]
const row = (i: number) => ({
  id: BigInt(i) - 5n,
  at: BigInt(i * 60),
  price: i % 7 === 0 ? null : i / 3,
  text: `Größe ${i}`,
  city: ['Zürich', 'Genf'][i % 2],
  stars: i % 5,
  gone: null,
  vector: i % 3 === 0 ? null : [i, i + 0.5],
  yes: true,
})

function batches(columns: readonly Field[], rows: readonly object[], size: number) {
  const scope = new Scope(new Pool(1 << 26))
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => {
    const some = rows.slice(i * size, (i + 1) * size)
    return batchOf(
      scope,
      columns,
      some as Record<string, unknown>[],
      new Identity({ node: 'n', path: '' }, some.length, 1),
    )
  })
}

function choice(columns: readonly Field[], rows: readonly object[], size = 1000) {
  const chooser = openChooser(new Schema(columns))
  for (const batch of batches(columns, rows, size)) chooser.add(batch)
  return chooser.choose()
}

test('values that repeat get a dictionary, whole numbers that do not go by their differences', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => row(i))
  expect(choice(fields, rows)).toEqual([
    'delta',
    'delta',
    'plain',
    'plain',
    'dictionary',
    'dictionary',
    'dictionary',
    'plain',
    'dictionary',
  ])
})

test('the choice is the same however the rows are cut', () => {
  const numbers = Array.from({ length: 6000 }, (_, i) => ({ n: i % 4000 < 2000 ? i : 7, list: [i, i % 3] }))
  const columns: Field[] = [
    { name: 'n', type: types.int32 },
    { name: 'list', type: list(types.int32) },
  ]
  const lists = numbers.map((_, i) => ({ n: i, list: [2 * i, -i] }))
  expect(choice(columns, lists)).toEqual(['delta', 'plain'])
  const whole = choice(columns, numbers, 6000)
  expect(whole).toEqual(['dictionary', 'dictionary'])
  for (const size of [1, 7, 256, 2049]) expect(choice(columns, numbers, size)).toEqual(whole)
})

test('values that repeat far off count as repeating, as do those that repeat nearby', () => {
  const column = (of: (i: number) => number) => Array.from({ length: 20_000 }, (_, i) => ({ n: of(i) }))
  const columns: Field[] = [{ name: 'n', type: types.int32 }]
  expect(
    choice(
      columns,
      column((i) => i % 1024),
    ),
  ).toEqual(['dictionary'])
  expect(
    choice(
      columns,
      column((i) => i >> 2),
    ),
  ).toEqual(['dictionary'])
  expect(
    choice(
      columns,
      column((i) => i),
    ),
  ).toEqual(['delta'])
})

test('each row group is encoded by its own values', async () => {
  const encoder = await openEncoder(fields, 'zstd')
  const encodings = (of: (i: number) => object) => {
    for (const batch of batches(
      fields,
      Array.from({ length: 600 }, (_, i) => of(i)),
      100,
    ))
      encoder.add(batch)
    const [group] = structsAt(footerOf(encoder.finish(), 'a group').message, 4)
    return structsAt(group ?? new Map(), 1).map((chunk) => {
      const { value } = structAt(chunk, 3)?.get(2) ?? {}
      const used = (value as { values: number[] }).values
      return used.includes(8) ? 'dictionary' : used.includes(5) ? 'delta' : 'plain'
    })
  }
  const distinct = ['delta', 'delta', 'plain', 'plain', 'dictionary', 'dictionary', 'dictionary', 'plain', 'plain']
  expect(encodings(row)).toEqual(distinct)
  expect(encodings((i) => row(i % 4))).toEqual([...new Array(8).fill('dictionary'), 'plain'])
  expect(encodings(row)).toEqual(distinct)
})
