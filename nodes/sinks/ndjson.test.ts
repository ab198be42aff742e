import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decimal, type Field, fixed, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import { Bench, writeSink } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import csv from './csv.ts'
import ndjson from './ndjson.ts'

const fields: Field[] = [
  { name: 'big', type: types.int64 },
  { name: 'huge', type: types.uint64 },
  { name: 'price', type: decimal(10, 2) },
  { name: 'text', type: types.string },
  { name: 'raw', type: types.binary },
  { name: 'day', type: types.date },
  { name: 'clock', type: types.time },
  { name: 'at', type: timestamp('us', 'UTC') },
  { name: 'ok', type: types.bool },
  { name: 'x', type: types.float64 },
  { name: 'v', type: fixed(types.float32, 2) },
  { name: 'tags', type: list(types.string) },
  { name: 'point', type: struct([{ name: 'a "b"', type: types.float16 }]) },
]
const full = {
  big: -9223372036854775808n,
  huge: 18446744073709551615n,
  price: 1250n,
  text: 'Grüße,\t"\\\u0001\n🎈',
  raw: Uint8Array.of(0, 255),
  day: 20515,
  clock: 45296000001n,
  at: 1767323045250000n,
  ok: true,
  x: 0.1,
  v: [0.1, -2],
  tags: ['a', null, ''],
  point: { 'a "b"': 0.5 },
}
const nulls = Object.fromEntries(fields.map((field) => [field.name, null]))

async function lines(node: typeof ndjson | typeof csv, rows: Record<string, unknown>[], columns = fields) {
  const bench = new Bench(await mkdtemp(join(tmpdir(), 'headrace-text-')))
  const config = { path: 'out' }
  const { output } =
    node === csv
      ? await writeSink(csv, config, [{ fields: columns, rows, batchRows: 1 }], bench)
      : await writeSink(ndjson, config, [{ fields: columns, rows, batchRows: 1 }], bench)
  const text = await readFile(output?.path as string, 'utf8')
  return { text, counts: bench.counts, bytes: output?.bytes }
}

test('every type has its JSON form', async () => {
  const { text } = await lines(ndjson, [full, nulls])
  const [first, second] = text.trimEnd().split('\n') as [string, string]
  expect(first).toContain('"big":-9223372036854775808,"huge":18446744073709551615,"price":"12.50"')
  expect(JSON.parse(first)).toMatchObject({
    text: full.text,
    raw: 'AP8=',
    day: '2026-03-03',
    clock: '12:34:56.000001',
    at: '2026-01-02T03:04:05.250Z',
    ok: true,
    x: 0.1,
    v: [0.1, -2],
    tags: ['a', null, ''],
    point: { 'a "b"': 0.5 },
  })
  expect(JSON.parse(second)).toEqual(nulls)
})

test('every type has its CSV form', async () => {
  const { text } = await lines(csv, [full, nulls])
  expect(text).toBe(
    'big,huge,price,text,raw,day,clock,at,ok,x,v,tags,point\n' +
      '-9223372036854775808,18446744073709551615,12.50,"Grüße,\t""\\\u0001\n🎈",AP8=,2026-03-03,12:34:56.000001,' +
      '2026-01-02T03:04:05.250Z,true,0.1,"[0.1,-2]","[""a"",null,""""]","{""a \\""b\\"""":0.5}"\n' +
      ',,,,,,,,,,,,\n',
  )
})

test('an empty text is told from a null', async () => {
  const columns = [
    { name: 'a', type: types.string },
    { name: 'b,', type: types.string },
  ]
  const { text } = await lines(csv, [{ a: '', 'b,': null }], columns)
  expect(text).toBe('a,"b,"\n"",\n')
})

test('NaN and infinities are null, counted', async () => {
  const columns = [
    { name: 'x', type: types.float64 },
    { name: 'v', type: fixed(types.float16, 2) },
  ]
  const rows = [{ x: Number.NaN, v: [1, Number.POSITIVE_INFINITY] }]
  const json = await lines(ndjson, rows, columns)
  expect(json.text).toBe('{"x":null,"v":[1,null]}\n')
  expect(json.counts).toEqual({ notFinite: 2 })
  const plain = await lines(csv, rows, columns)
  expect(plain.text).toBe('x,v\n,"[1,null]"\n')
})

test('more than a write holds arrives whole', async () => {
  const columns = [{ name: 't', type: types.string }]
  const rows = Array.from({ length: 5 }, (_, i) => ({ t: 'ä'.repeat(300_000 * i) }))
  const { text, bytes } = await lines(ndjson, rows, columns)
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(rows)
  expect(bytes).toBe(Buffer.byteLength(text))
})

test('a delimiter that numbers hold is a problem under its field', async () => {
  const { problems } = await writeSink(
    csv,
    { path: 'x.csv', delimiter: '-' },
    [{ fields, rows: [] }],
    new Bench(tmpdir()),
  )
  expect(problems[0]).toMatchObject({ code: 'bad-character', place: { setting: 'delimiter' } })
})
