import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Bench, readSource } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSplit } from '../formats/json/read.ts'
import { cutSplits } from '../formats/json/splits.ts'
import ndjson from './ndjson.ts'

function files(contents: Record<string, string | Uint8Array>): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'ndjson-'))
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content)
  return new Bench(folder)
}

const read = (content: string | Uint8Array, settings: object = {}, name = 'a.ndjson') =>
  readSource(ndjson, { path: name, ...settings }, files({ [name]: content }))

const typesOf = (columns: readonly { name: string; type: unknown }[]) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]))

test('what was read of a broken row, deep in objects and lists, stays out of the rows behind it', async () => {
  const lines = [
    '{"in": {"id": "a", "more": [1]}, "l": [1]}',
    '{"in": {"id": "broken", "more": [2, 3], x}, "l": [2]}',
    '{"in": {"id": "c", "more": []}, "l": [3]}',
    '{"l": [7, 8, x], "in": {"id": "d"}}',
    '{"in": {"id": "e"}, "l": [5]}',
  ]
  // A type from the setting makes the scanner read every row.
  for (const settings of [{}, { types: { day: 'date' } }]) {
    const { rows, rejected } = await read(lines.join('\n'), settings)
    expect(rejected.map(({ line }) => line)).toEqual([2, 4])
    expect(rows.map(({ in: inner, l }) => ({ in: inner, l }))).toEqual([
      { in: { id: 'a', more: [1n] }, l: [1n] },
      { in: { id: 'c', more: [] }, l: [3n] },
      { in: { id: 'e', more: null }, l: [5n] },
    ])
  }
})

test('types come from the values; whole numbers stay exact beyond 2^53', async () => {
  const { rows, columns, rejected } = await read(
    '{"id": 9007199254740993, "price": 1, "ok": true, "name": "größe", "none": null}\n' +
      '{"id": -9223372036854775808, "price": 2.5, "ok": null, "name": "\\ud83d\\ude00\\n", "none": null}\n',
  )
  expect(rejected).toEqual([])
  expect(columns.map(({ name, type }) => [name, type.kind])).toEqual([
    ['id', 'int'],
    ['price', 'float'],
    ['ok', 'bool'],
    ['name', 'string'],
    ['none', 'string'],
  ])
  expect(rows).toEqual([
    { id: 9007199254740993n, price: 1, ok: true, name: 'größe', none: null },
    { id: -9223372036854775808n, price: 2.5, ok: null, name: '😀\n', none: null },
  ])
})

test('objects and lists become struct and list columns, missing names null, the last of two equal names counts', async () => {
  const { rows } = await read(
    '{"a": {"b": 1, "c": [{"d": "x"}, null]}}\n{"a": {"c": [], "b": 2, "b": 3}}\n{}\n{"a": null}\n',
  )
  expect(rows).toEqual([{ a: { b: 1n, c: [{ d: 'x' }, null] } }, { a: { b: 3n, c: [] } }, { a: null }, { a: null }])
})

test('a later misfit is a reject with line, byte, column and raw text, and leaves nothing behind', async () => {
  const good = Array.from({ length: 10_000 }, (_, i) => `{"list": [{"n": ${i}}], "t": "x"}`).join('\n')
  const { rows, rejected, identities } = await read(
    `${good}\n{"list": [{"n": 1}, {"n": "two"}], "t": "y"}\n\n{"t": "z"}`,
  )
  expect(rows.length).toBe(10_001)
  expect(rows.at(-1)).toEqual({ list: null, t: 'z' })
  expect(identities.at(-1)).toBe('test:a.ndjson:10002')
  expect(rejected).toEqual([
    {
      path: 'a.ndjson',
      row: 10_001,
      line: 10_001,
      byte: good.length + 1 + '{"list": [{"n": 1}, {"n": '.length,
      raw: '{"list": [{"n": 1}, {"n": "two"}], "t": "y"}',
      code: 'wrong-type',
      column: 'list[].n',
      message: 'a.ndjson line 10001, column "list[].n": "two" is not a whole number.',
    },
  ])
})

test('a broken row is rejected and says where', async () => {
  const { rows, rejected } = await read('{"a": 1}\n{"a": 1,}\nnull\n{"a": 2} x\n{"a": \n{"a": 3}')
  expect(rows).toEqual([{ a: 1n }, { a: 3n }])
  expect(rejected.map(({ row, message }) => [row, message])).toEqual([
    [2, 'a.ndjson line 2, byte 17: a name in quotes must come where "}" stands.'],
    [3, 'a.ndjson line 3, byte 19: the row null is not an object.'],
    [4, 'a.ndjson line 4, byte 33: there is text after the value.'],
    [5, 'a.ndjson line 5, byte 41: the text ends where a value must come.'],
  ])
})

test('bytes that are no UTF-8 and half surrogate pairs are rejected', async () => {
  const bad = Buffer.concat([
    Buffer.from('{"a": "ok ä"}\n{"a": "'),
    Buffer.from([0xe4]),
    Buffer.from('"}\n{"a": "\\ud800"}\n'),
  ])
  const { rows, rejected } = await read(bad)
  expect(rows).toEqual([{ a: 'ok ä' }])
  expect(rejected.map(({ row, code }) => [row, code])).toEqual([
    [2, 'bad-json'],
    [3, 'bad-json'],
  ])
})

test('one array over many lines is read item by item', async () => {
  const { rows, rejected, detected, identities } = await read(
    '\ufeff [\n  {"a": "]},[", "b": [1, 2]},\n\n  {"a": "\\"x", "b": []},\n {"a": 5},\n{"b": [3]}\n]\n',
    {},
    'a.json',
  )
  expect(detected['form']).toBe('one array')
  expect(rows).toEqual([
    { a: ']},[', b: [1n, 2n] },
    { a: '"x', b: [] },
    { a: '5', b: null },
    { a: null, b: [3n] },
  ])
  expect(identities).toEqual([1, 2, 3, 4].map((row) => `test:a.json:${row}`))
  expect(rejected).toEqual([])
})

test('an array that is cut off, has an empty item or text behind it gives rejects', async () => {
  const broken = async (text: string) => (await read(text)).rejected.map(({ row, message }) => [row, message])
  expect(await broken('[{"a": 1}, {"a": 2}')).toEqual([
    [2, 'a.ndjson line 1, byte 11: the array is not closed; the file may be cut off.'],
  ])
  expect(await broken('[{"a": 1},]')).toEqual([[2, 'a.ndjson line 1, byte 10: the text ends where a value must come.']])
  expect(await broken('[{"a": 1}]\n\n}')).toEqual([
    [2, 'a.ndjson line 3, byte 12: there is text after the end of the array.'],
  ])
})

test('mixed values become text with a warning; `types` reads numbers and dates in quotes', async () => {
  const text =
    '{"m": 1, "n": "1.50", "d": "2024-02-29", "t": "2024-01-01T12:00:00+02:00", "i": "7"}\n{"m": "x"}\n{"m": {"k": [1]}}\n'
  const { rows, problems, columns } = await read(text, {
    types: { n: 'decimal(10, 2)', d: 'date', t: 'timestamp(ms, UTC)', i: 'int8' },
  })
  expect(rows).toEqual([
    { m: '1', n: 150n, d: 19782, t: 1704103200000n, i: 7 },
    { m: 'x', n: null, d: null, t: null, i: null },
    { m: '{"k": [1]}', n: null, d: null, t: null, i: null },
  ])
  expect(typesOf(columns)['i']).toEqual({ kind: 'int', bits: 8, signed: true })
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['mixed-types', 'warning']])
})

test('rows that are no objects become one column', async () => {
  expect((await read('[1, 2]\n[3]\nnull\n')).rows).toEqual([{ value: [1n, 2n] }, { value: [3n] }, { value: null }])
  expect((await read('"a"\n"b"\n')).rows).toEqual([{ value: 'a' }, { value: 'b' }])
})

test('a name that the sample has not is counted, and the row stays', async () => {
  const bench = files({ 'a.ndjson': `${'{"a": 1}\n'.repeat(10_000)}{"b": 1, "a": 2}\n` })
  const { rows } = await readSource(ndjson, { path: 'a.ndjson' }, bench)
  expect([rows.length, rows.at(-1), bench.counts['unknownNames']]).toEqual([10_001, { a: 2n }, 1])
})

test('wrong settings are problems', async () => {
  const problems = async (content: string, settings: object) =>
    (await read(content, settings)).problems.map(({ code, place }) => [code, place.setting])
  expect(await problems('{"a": 1}', { types: { a: 'integer' } })).toEqual([['unknown-type', 'types.a']])
  expect(await problems('{"name": 1}', { types: { nmae: 'int64' } })).toEqual([['unknown-column', 'types.nmae']])
  expect(await problems('a;b\n1;2\n', {})).toEqual([['bad-json', 'path']])
  expect(await problems('', { path: 'none*.json' })).toEqual([['no-files', 'path']])
})

test('compressed files, several files and empty ones are read in order', async () => {
  const bench = files({ 'a1.json.gz': gzipSync('{"a": 1}\n'), 'a2.json': '', 'a10.json': '{"a": 2}' })
  const { rows, identities } = await readSource(ndjson, { path: 'a*' }, bench)
  expect(rows).toEqual([{ a: 1n }, { a: 2n }])
  expect(identities).toEqual(['test:a1.json.gz:1', 'test:a10.json:1'])
})

/** Random columns, and rows of them as JSON would have them. */
const scalar = fc.constantFrom(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0.5),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
)
const { value: cell } = fc.letrec<{ value: fc.Arbitrary<unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    tie('value').map((item) => fc.array(item, { maxLength: 3 })),
    fc
      .dictionary(fc.string({ minLength: 1 }), tie('value'), { minKeys: 1, maxKeys: 3 })
      .map((fields) => fc.record(fields)),
  ),
}))
const table = fc
  .dictionary(fc.string(), cell, { minKeys: 1, maxKeys: 4 })
  .chain((columns) => fc.array(fc.record(columns), { minLength: 1, maxLength: 40 }))

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)
const textOf = (value: unknown): string => {
  if (typeof value === 'bigint') return String(value)
  // A double that is whole would be read as a whole number.
  if (isWhole(value)) return Object.is(value, -0) ? '-0.0' : `${value}`.includes('e') ? `${value}` : `${value}.0`
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${textOf(inner)}`)
    .join(',')}}`
}

test('any rows of one shape are read as they were written, however they are read and split', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.boolean(),
      fc.integer({ min: 16, max: 300 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, asArray, chunk, most) => {
        const content = asArray ? `[${rows.map(textOf).join(',\n')}]` : rows.map(textOf).join('\n')
        const cut = {
          ...ndjson,
          splits: (context: Parameters<typeof ndjson.splits>[0]) => cutSplits(context, { rows: most, bytes: 2000 }),
          read: (context: Parameters<typeof ndjson.read>[0]) => readSplit(context, chunk),
        }
        const read = await readSource(cut, { path: 'a.json' }, files({ 'a.json': content }))
        expect(read.rejected).toEqual([])
        // Lists that are empty everywhere have no type of their own, and are text items, which changes no value.
        expect(read.rows.map(textOf)).toEqual(rows.map(textOf))
        expect(read.identities).toEqual(rows.map((_, i) => `test:a.json:${i + 1}`))
      },
    ),
    { numRuns: 150 },
  )
})
