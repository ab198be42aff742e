import { typeName } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { readCsv } from './testing.ts'

const codes = (read: Awaited<ReturnType<typeof readCsv>>) =>
  read.problems.map(({ code, severity }) => `${severity} ${code}`)
const typeOf = (read: Awaited<ReturnType<typeof readCsv>>, name: string) =>
  typeName(read.columns.find((column) => column.name === name)!.type)

test.each([
  ['a,b\n1,2\n', 'comma (,)'],
  ['a;b\n1,5;2,5\n', 'semicolon (;)'],
  ['a\tb\n1, and\t2\n', 'tab'],
  ['a|b\n1;2|3\n', 'bar (|)'],
  ['a;b\n"1,2;3";"4"\n', 'semicolon (;)'],
  ['only\nx y\n', 'comma (,)'],
])('the delimiter of %j is %s', async (text, delimiter) => {
  const read = await readCsv(text)
  expect(read.detected['delimiter']).toBe(delimiter)
  expect(read.rejected).toEqual([])
})

test('a decimal comma, and points between thousands', async () => {
  const read = await readCsv('n;m\n1.234,5;7\n-0,25;8\n1.000;9\n')
  expect(read.detected['decimal']).toBe('comma (,)')
  expect(read.rows.map((row) => row['n'])).toEqual([1234.5, -0.25, 1000])
  expect(codes(read)).toEqual([])
})

test('commas between thousands', async () => {
  const read = await readCsv('n\tm\n"1,234,567"\t1.5\n1,000\t2\n')
  expect(read.rows.map((row) => row['n'])).toEqual([1234567n, 1000n])
})

test('one comma before three digits is a warning with two values', async () => {
  const read = await readCsv('n;m\n1,234;7\n5,678;8\n')
  expect(codes(read)).toEqual(['warning ambiguous-number'])
  expect(read.problems[0]?.message).toContain('"1,234" and "5,678"')
  expect(read.rows.map((row) => row['n'])).toEqual([1.234, 5.678])
  const said = await readCsv('n;m\n1,234;7\n', { thousands: ',' })
  expect(codes(said)).toEqual([])
  expect(said.rows).toEqual([{ n: 1234n, m: 7n }])
})

test('the order of day and month, shown by one column for another', async () => {
  const read = await readCsv('a,b\n01/02/2024,13/01/2024\n02/03/2024,01/02/2024\n')
  expect(codes(read)).toEqual([])
  expect(read.detected['dates']).toBe('dd/mm/yyyy (%d/%m/%Y)')
  expect(read.rows[0]).toEqual({ a: Date.UTC(2024, 1, 1) / 864e5, b: Date.UTC(2024, 0, 13) / 864e5 })
  const american = await readCsv('a\n1/2/2024 13:05\n1/31/2024 00:00\n')
  expect(american.detected['dates']).toBe('mm/dd/yyyy hh:mm (%m/%d/%Y %H:%M)')
  expect(american.rows[0]).toEqual({ a: BigInt(Date.UTC(2024, 0, 2, 13, 5)) * 1000n })
})

test('an order that nothing shows is a warning with two values', async () => {
  const read = await readCsv('a\n01/02/2024\n03/04/2024\n')
  expect(codes(read)).toEqual(['warning ambiguous-date'])
  expect(read.problems[0]?.message).toContain('"01/02/2024" and "03/04/2024"')
  const said = await readCsv('a\n01/02/2024\n', { dateFormat: '%m/%d/%Y' })
  expect(said.problems).toEqual([])
  expect(said.rows).toEqual([{ a: Date.UTC(2024, 0, 2) / 864e5 }])
})

test('a date format, beside ISO dates', async () => {
  const read = await readCsv('a,b,c\n31.12.24 5:07 PM,2024-01-01,x\n', { dateFormat: '%d.%m.%y %I:%M %p' })
  expect(read.rows[0]).toMatchObject({
    a: BigInt(Date.UTC(2024, 11, 31, 17, 7)) * 1000n,
    b: Date.UTC(2024, 0, 1) / 864e5,
  })
})

test('a time zone puts timestamps on the line of time', async () => {
  const read = await readCsv('at\n2024-03-31 01:59\n2024-03-31 03:00\n2024-10-27 02:30\n2024-07-01T00:00Z\n', {
    timezone: 'Europe/Berlin',
  })
  expect(typeOf(read, 'at')).toBe('timestamp(us, UTC)')
  const utc = read.rows.map((row) => new Date(Number((row['at'] as bigint) / 1000n)).toISOString().slice(0, 16))
  expect(utc).toEqual(['2024-03-31T00:59', '2024-03-31T01:00', '2024-10-27T00:30', '2024-07-01T00:00'])
})

test('windows-1252 is found, and read with exact bytes', async () => {
  const read = await readCsv(
    Buffer.concat([Buffer.from('a,b\nGr\u00f6\u00dfe,1\n', 'latin1'), Buffer.of(0x80), Buffer.from(',x\n')]),
    {
      types: { b: 'int64' },
    },
  )
  expect(read.detected['encoding']).toBe('windows-1252')
  expect(read.rows).toEqual([{ a: 'Größe', b: 1n }])
  expect(read.rejected).toMatchObject([{ byte: 12, line: 3, raw: '€,x' }])
})

test('one bad row does not turn a UTF-8 file into another encoding', async () => {
  const good = Array.from({ length: 20 }, () => 'Größe,1\n').join('')
  const read = await readCsv(Buffer.concat([Buffer.from(`a,b\n${good}`), Buffer.of(0xff), Buffer.from(',2\nx,3\n')]))
  expect(read.detected['encoding']).toBe('utf-8')
  expect(codes(read)).toEqual(['warning invalid-bytes'])
  expect(read.rows.length).toBe(21)
  expect(read.rejected).toMatchObject([{ code: 'invalid-bytes', row: 21, line: 22, column: 'a', raw: '\ufffd,2' }])
})

test.each([
  ['utf-16le', true],
  ['utf-16le', false],
  ['utf-16be', true],
  ['utf-16be', false],
] as const)('%s, with a mark: %s', async (encoding, marked) => {
  const text = `${marked ? '\ufeff' : ''}name,n\nGröße 😀,1\n"zwei\nZeilen",x\nlast,3\n`
  const bytes = Buffer.from(text, 'utf16le')
  const file = encoding === 'utf-16be' ? bytes.swap16() : bytes
  for (const chunkBytes of [1, 7, 1 << 20]) {
    const read = await readCsv(file, { types: { n: 'int64' } }, { chunkBytes })
    expect(read.detected['encoding']).toBe(encoding)
    expect(read.rows).toEqual([
      { name: 'Größe 😀', n: 1n },
      { name: 'last', n: 3n },
    ])
    expect(read.rejected).toMatchObject([
      { line: 3, byte: Buffer.from(text.slice(0, text.indexOf('"')), 'utf16le').length },
    ])
  }
})

test('half of a surrogate pair is a reject', async () => {
  const read = await readCsv(Buffer.from('\ufeffa,b\nx\ud83d,1\ny,2\n', 'utf16le'))
  expect(read.rows).toEqual([{ a: 'y', b: 2n }])
  expect(read.rejected).toMatchObject([{ code: 'invalid-bytes', row: 1 }])
})

test('a header that looks like data is a warning', async () => {
  expect(codes(await readCsv('1,2.5\n3,4.5\n5,6.5\n'))).toEqual(['warning no-header'])
})

const oneBroken =
  'day;amount;name\n05.11.2026;1.234,50;a\n17.11.2026;12,00;b\n99.99.2026;n/a;c\n31.12.2026;-5,5;d\n01.01.2027;7;e\n'

test('a column that is nearly of a type stays text, with a warning that names the value', async () => {
  const read = await readCsv(oneBroken)
  expect(codes(read)).toEqual(['warning nearly-typed', 'warning nearly-typed'])
  expect(read.problems[1]?.message).toBe(
    'column "amount" is read as texts: 4 values of the sample are float64, "n/a" is not.',
  )
  expect(read.rows.length).toBe(5)
})

test('a column whose type is set is read as most of its values are written', async () => {
  const read = await readCsv(oneBroken, { types: { day: 'date', amount: 'float64' } })
  expect(codes(read)).toEqual([])
  expect(read.rows.map((row) => row['amount'])).toEqual([1234.5, 12, -5.5, 7])
  expect(read.rejected.length).toBe(1)
})

test('a header whose quote never ends is one short error, however long it is', async () => {
  const { rows, problems } = await readCsv(`"${'x,'.repeat(100_000)}\n1,2\n`.padEnd(300_000, '"'), { delimiter: ',' })
  expect(rows).toEqual([])
  expect(problems.map(({ code }) => code)).toEqual(['bad-header'])
  expect(problems[0]?.message.length).toBeLessThan(300)
})
