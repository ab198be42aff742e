import { gzipSync, zstdCompressSync } from 'node:zlib'
import { typeName } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { readCsv } from '../formats/csv/testing.ts'
import csv from './csv.ts'

const typesOf = (read: Awaited<ReturnType<typeof readCsv>>) =>
  Object.fromEntries(read.columns.map(({ name, type }) => [name, typeName(type)]))

test('each example reads as it says', async () => {
  for (const example of csv.examples) {
    const { rows, rejected, problems } = await readCsv(example.files as Record<string, string>, example.config)
    expect(problems).toEqual([])
    expect(rows).toEqual(example.output)
    expect(rejected.length).toBe(example.rejected ?? 0)
  }
})

test('types are found, and codes stay texts', async () => {
  const read = await readCsv(
    [
      'int,float,bool,date,at,zoned,zip,long,phone,none,mixed',
      '-12,1.5,TRUE,2024-02-29,2024-01-02 03:04,2024-01-02T03:04:05.5+02:00,01234,12345678901234567890,+491,,7',
      '9007199254740993,2,false,1969-12-31,2024-01-02T03:04:05,2024-01-02T03:04:05Z,99999,1,+492,,x',
    ].join('\n'),
  )
  expect(typesOf(read)).toEqual({
    int: 'int64',
    float: 'float64',
    bool: 'bool',
    date: 'date',
    at: 'timestamp',
    zoned: 'timestamp(us, UTC)',
    zip: 'string',
    long: 'string',
    phone: 'string',
    none: 'string',
    mixed: 'string',
  })
  expect(read.rows[1]).toMatchObject({ int: 9007199254740993n, float: 2, date: -1, none: null, long: '1' })
  const [first] = read.rows as [Record<string, unknown>]
  expect(first['at']).toBe(BigInt(Date.UTC(2024, 0, 2, 3, 4)) * 1000n)
  expect(first['zoned']).toBe(BigInt(Date.UTC(2024, 0, 2, 1, 4, 5, 500)) * 1000n)
})

test('an unquoted empty field is null, a quoted one is the empty text, or null where text cannot be', async () => {
  const { rows } = await readCsv('text,number\n,1\n"",""\n" ",2\n')
  expect(rows).toEqual([
    { text: null, number: 1n },
    { text: '', number: null },
    { text: ' ', number: 2n },
  ])
})

test('texts that mean null', async () => {
  const { rows } = await readCsv('a,b\nNA,NA\n1,"NA"\n,x\n', { nulls: ['NA'] })
  expect(rows).toEqual([
    { a: null, b: null },
    { a: '1', b: 'NA' },
    { a: '', b: 'x' },
  ])
})

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('lines end with %s, the last one with nothing', async (_, end) => {
  const { rows, rejected } = await readCsv(['a,b', '1,"x', 'y"', '', '2,z'].join(end))
  expect(rejected).toEqual([])
  expect(rows).toEqual([
    { a: 1n, b: `x${end}y` },
    { a: 2n, b: 'z' },
  ])
})

test('an empty line is no row, but where there is one column it is a null', async () => {
  expect((await readCsv('a,b\n\n1,2\n\r\n\n3,4\n\n')).identities).toEqual(['test:a.csv:1', 'test:a.csv:2'])
  expect((await readCsv('a\n1\n\n2\n')).rows).toEqual([{ a: 1n }, { a: null }, { a: 2n }])
})

test('a line sep= without a sign is the header', async () => {
  const { rows } = await readCsv('sep=\n\na\n')
  expect(rows).toEqual([{ 'sep=': null }, { 'sep=': 'a' }])
})

test('a byte order mark and a line sep= are no data', async () => {
  const { rows, detected } = await readCsv('\ufeffsep=|\r\na|b;c\r\n1|2\r\n')
  expect(rows).toEqual([{ a: 1n, 'b;c': 2n }])
  expect(detected['delimiter']).toBe('bar (|)')
})

test('files without rows, and without anything', async () => {
  expect(await readCsv('a,b\n')).toMatchObject({ rows: [], problems: [], splits: 0 })
  expect((await readCsv('a,b')).columns.map(({ name }) => name)).toEqual(['a', 'b'])
  const empty = await readCsv('')
  expect(empty.problems).toMatchObject([{ severity: 'warning', code: 'empty-file' }])
  expect(empty.rows).toEqual([])
})

test('a file without a header', async () => {
  const { rows } = await readCsv('1,x\n2,y\n3\n4,z\n', { header: false })
  expect(rows.map((row) => row['column1'])).toEqual([1n, 2n, 4n])
})

test('empty and double names get names', async () => {
  const { columns, problems, rows } = await readCsv('a,,a,a_2, b \n1,2,3,4,5\n')
  expect(columns.map(({ name }) => name)).toEqual(['a', 'column2', 'a_3', 'a_2', 'b'])
  expect(problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual(Array(2).fill('warning renamed-column'))
  expect(rows).toEqual([{ a: 1n, column2: 2n, a_3: 3n, a_2: 4n, b: 5n }])
})

test('a reject names file, line, byte, column and what was there', async () => {
  const text = 'id,price\n1,"a\nb"\n2,3\n'
  const { rows, rejected, identities } = await readCsv(text, { types: { price: 'float64' } })
  expect(rows).toEqual([{ id: 2n, price: 3 }])
  expect(identities).toEqual(['test:a.csv:2'])
  expect(rejected).toEqual([
    {
      path: 'a.csv',
      row: 1,
      line: 2,
      byte: 9,
      raw: '1,"a\nb"',
      code: 'bad-number',
      column: 'price',
      message: 'a.csv line 2, column "price": "a\nb" is not a number. Set types to {"price": "string"}.',
    },
  ])
})

test('a wrong decimal sign is explained', async () => {
  const { rejected } = await readCsv('id;price\n1;12,50\n', { types: { price: 'float64' }, decimal: '.' })
  expect(rejected[0]?.message).toBe(
    'a.csv line 2, column "price": "12,50" is not a number. Set decimal to ",", or types to {"price": "string"}.',
  )
})

test('ragged rows are rejected, with their numbers', async () => {
  const { rows, rejected } = await readCsv('a,b\n1,2\n3\n4,5,6\n7,8\n')
  expect(rows).toEqual([
    { a: 1n, b: 2n },
    { a: 7n, b: 8n },
  ])
  expect(rejected.map(({ code, row, line, raw }) => [code, row, line, raw])).toEqual([
    ['ragged-row', 2, 3, '3'],
    ['ragged-row', 3, 4, '4,5,6'],
  ])
})

test('a quote that is never closed costs its own line only', async () => {
  const { rows, rejected } = await readCsv('a,b\n1,x\n2,"y\n3,z\n4,w\n')
  expect(rows.map((row) => row['a'])).toEqual([1n, 3n, 4n])
  expect(rejected).toMatchObject([{ code: 'unclosed-quote', row: 2, line: 3, raw: '2,"y' }])
})

test('a quote that another line seems to close costs its own line only', async () => {
  const { rows, rejected } = await readCsv('a,b\n2,"y\n3,z\n4,"good"\n5,"two\nlines"\n')
  expect(rows).toEqual([
    { a: 3n, b: 'z' },
    { a: 4n, b: 'good' },
    { a: 5n, b: 'two\nlines' },
  ])
  expect(rejected).toMatchObject([{ code: 'unclosed-quote', row: 1, line: 2 }])
})

test('text after a closing quote is rejected, quotes inside a field are text', async () => {
  const { rows, rejected } = await readCsv('a,b\n1,"x"y\n2,5" pipe\n3,"say ""hi"""\n')
  expect(rows.map((row) => row['b'])).toEqual(['5" pipe', 'say "hi"'])
  expect(rejected).toMatchObject([{ code: 'text-after-quote', row: 1, line: 2, raw: '1,"x"y' }])
})

test('no quote, and another one', async () => {
  expect((await readCsv('a,b\n"1,2"\n', { quote: '' })).rows).toEqual([{ a: '"1', b: '2"' }])
  expect((await readCsv("a,b\n'1,2',3\n", { quote: "'", types: 'string' })).rows).toEqual([{ a: '1,2', b: '3' }])
})

test('a value that the sample did not have is a reject', async () => {
  const many = Array.from({ length: 10_001 }, (_, i) => `${i + 1},${i % 7}`).join('\n')
  const { rows, rejected } = await readCsv(`id,n\n${many}\n10002,x\n10003,007\n10004,1\n`)
  expect(rows.length).toBe(10_002)
  expect(rejected.map(({ row, column, code }) => [row, column, code])).toEqual([
    [10_002, 'n', 'bad-number'],
    [10_003, 'n', 'bad-number'],
  ])
  expect(rejected[1]?.message).toContain('begins with a zero')
})

test('types that are set', async () => {
  const types = {
    i8: 'int8',
    u64: 'uint64',
    f32: 'float32',
    money: 'decimal(10, 2)',
    day: 'date',
    time: 'time',
    at: 'timestamp(ms)',
    bytes: 'binary',
    flag: 'bool',
  }
  const { rows, rejected } = await readCsv(
    [
      Object.keys(types).join(','),
      '-128,18446744073709551615,0.1,-12345678.9,2024-12-31,23:59:59.5,1969-12-31T23:59:59.999,aGk=,True',
      '-129,1,1,1,2024-01-01,00:00,2024-01-01,,true',
      '1,-1,1,1,2024-01-01,00:00,2024-01-01,,true',
      '1,1,x,1,2024-01-01,00:00,2024-01-01,,true',
      '1,1,1,1.234,2024-01-01,00:00,2024-01-01,,true',
      '1,1,1,1,2024-02-30,00:00,2024-01-01,,true',
      '1,1,1,1,2024-01-01,24:00,2024-01-01,,true',
      '1,1,1,1,2024-01-01,00:00,2024-01-01T00:00:00.0001,,true',
      '1,1,1,1,2024-01-01,00:00,2024-01-01,a*,true',
      '1,1,1,1,2024-01-01,00:00,2024-01-01,,yes',
    ].join('\n'),
    { types },
  )
  expect(rows).toEqual([
    {
      i8: -128,
      u64: 18446744073709551615n,
      f32: Math.fround(0.1),
      money: -1234567890n,
      day: 20088,
      time: 86_399_500_000n,
      at: -1n,
      bytes: Uint8Array.from([104, 105]),
      flag: true,
    },
  ])
  expect(rejected.map(({ column }) => column)).toEqual(Object.keys(types))
})

test('a broken setting is a problem under its name', async () => {
  const settings = { delimiter: ';;', quote: 'xx', timezone: 'Mars/Base', dateFormat: '%Q', types: { a: 'flaot' } }
  const { problems } = await readCsv('a,b\n1,2\n', settings)
  expect(problems.map(({ place }) => place.setting)).toEqual([
    'delimiter',
    'quote',
    'timezone',
    'dateFormat',
    'types.a',
  ])
  const unknown = await readCsv('price,b\n1,2\n', { types: { pirce: 'string' } })
  expect(unknown.problems).toMatchObject([{ code: 'unknown-column', hint: 'Did you mean "price"?' }])
})

test('compressed files', async () => {
  const text = 'a,b\n1,x\n2,y\n'
  const files = { 'a.csv.gz': gzipSync(text), 'b.csv.zst': zstdCompressSync(text), 'c.csv': text }
  const { rows, identities } = await readCsv(files, { path: ['*.csv*'] })
  expect(rows.length).toBe(6)
  expect(identities.filter((_, i) => i % 2 === 0)).toEqual(['test:a.csv.gz:1', 'test:b.csv.zst:1', 'test:c.csv:1'])
})

test('files with other columns are read by name; small files share a split', async () => {
  const files = { 'p1.csv': 'a,b\n1,x\n', 'p2.csv': 'b,c,a\ny,0.5,2\n', 'p10.csv': 'a\n3\n', 'p3.csv': '' }
  const { rows, splits, columns } = await readCsv(files, { path: 'p*.csv' })
  expect(columns.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(rows).toEqual([
    { a: 1n, b: 'x', c: null },
    { a: 2n, b: 'y', c: 0.5 },
    { a: 3n, b: null, c: null },
  ])
  expect(splits).toBe(1)
})

test('columns that nobody reads stay null, but a ragged row is still found', async () => {
  const text = 'a,b,c,d\n1,x,2,true\n2,y\n3,z,q,false\n'
  const { rows, rejected } = await readCsv(text, { types: { c: 'int64' } }, { wanted: ['b'] })
  expect(rows).toEqual([
    { a: null, b: 'x', c: null, d: null },
    { a: null, b: 'z', c: null, d: null },
  ])
  expect(rejected.map(({ code }) => code)).toEqual(['ragged-row'])
})

test('a file of other columns is refused', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`f${i}.csv`, i < 19 ? 'a,b\n1,2\n' : 'x,y\n1,2\n']),
  )
  await expect(readCsv(files, { path: 'f*.csv' })).rejects.toMatchObject({
    code: 'other-columns',
    message: 'f19.csv line 1: the header is x, y; none of the columns a, b is there.',
  })
})

test('no file is a problem that names the nearest', async () => {
  const { problems } = await readCsv({ 'orders.csv': 'a\n1\n' }, { path: 'order.csv' })
  expect(problems).toMatchObject([{ code: 'no-files', hint: 'Did you mean "orders.csv"?', place: { setting: 'path' } }])
})
