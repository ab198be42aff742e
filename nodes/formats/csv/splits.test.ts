import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from './testing.ts'

const pieces = ['a', 'b c', '1', '""', '"', "'", ',', ';', '\n', '\r', '\r\n', 'é', '😀', 'x"y', '|', ' ']
const cell = fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => parts.join(''))
const style = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  quote: fc.constantFrom('"', "'"),
  quoteAll: fc.boolean(),
  lastNewline: fc.boolean(),
})
const cut = fc.record({
  limits: fc.record({ bytes: fc.integer({ min: 1, max: 60 }), rows: fc.integer({ min: 1, max: 5 }) }),
  chunkBytes: fc.integer({ min: 1, max: 50 }),
})

test('any table of texts, written in any style and cut in any way, reads back the same', async () => {
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(fc.option(cell), { minLength: width, maxLength: width }), { maxLength: 12 }))
  await fc.assert(
    fc.asyncProperty(table, style, cut, async (rows, { delimiter, newline, quote, quoteAll, lastNewline }, cuts) => {
      const width = rows[0]?.length ?? 1
      const field = (text: string | null) => {
        if (text === null) return ''
        const needed = text === '' || [delimiter, quote, '\n', '\r'].some((sign) => text.includes(sign))
        return quoteAll || needed ? quote + text.replaceAll(quote, quote + quote) + quote : text
      }
      const names = Array.from({ length: width }, (_, i) => `c${i}`)
      const lines = [names, ...rows].map((row) => row.map(field).join(delimiter))
      // A last row that is empty needs its line's end to be seen.
      const text = lines.join(newline) + (lastNewline || lines.at(-1) === '' ? newline : '')
      const read = await readCsv(text, { types: 'string', delimiter, quote }, cuts)
      expect(read.rejected).toEqual([])
      expect(read.rows).toEqual(rows.map((row) => Object.fromEntries(row.map((value, i) => [`c${i}`, value]))))
      expect(read.identities).toEqual(rows.map((_, i) => `test:a.csv:${i + 1}`))
    }),
    { numRuns: 150 },
  )
})

test('any bytes give the same rows and rejects, however they are cut', async () => {
  const junk = fc.array(fc.constantFrom(...pieces, '\n', '\n', ',', ',', '"', '1'), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(junk, cut, async (parts, cuts) => {
      const text = `x,y\n${parts.join('')}`
      const settings = { types: { x: 'int64', y: 'string' }, delimiter: ',' }
      const whole = await readCsv(text, settings)
      const inPieces = await readCsv(text, settings, cuts)
      expect(inPieces.rows).toEqual(whole.rows)
      expect(inPieces.identities).toEqual(whole.identities)
      expect(inPieces.rejected).toEqual(whole.rejected)
      const numbers = [
        ...whole.identities.map((id) => Number(id.split(':')[2])),
        ...whole.rejected.map(({ row }) => row),
      ]
      expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1))
    }),
    { numRuns: 200 },
  )
})

test('splits begin on records, also between lines of one field, and know their first row and line', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i + 1},"two\n,\nlines ${i % 7 ? '' : '""'}"`)
  const text = `id,text\n${rows.join('\n')}\nx,last\n`
  const read = await readCsv(text, { types: { id: 'int64' } }, { limits: { bytes: 100, rows: 7 }, chunkBytes: 64 })
  expect(read.splits).toBeGreaterThan(40)
  expect(read.rows.map((row) => row['id'])).toEqual(rows.map((_, i) => BigInt(i + 1)))
  expect(read.identities.at(-1)).toBe('test:a.csv:300')
  expect(read.rejected).toMatchObject([{ row: 301, line: 902, byte: text.indexOf('x,last') }])
})

test('batches hold at most 8,192 rows and do not depend on how much is read at a time', async () => {
  const text = `n\n${Array.from({ length: 20_000 }, (_, i) => i).join('\n')}\n`
  const [one, other] = [await readCsv(text), await readCsv(text, {}, { chunkBytes: 1000 })]
  expect(one.rows.length).toBe(20_000)
  expect(other.rows).toEqual(one.rows)
})

test('a line longer than any row is one reject, and the next line a row', async () => {
  const long = Buffer.concat([Buffer.from('a,b\n1,y\n'), Buffer.alloc(65 << 20, 'x'), Buffer.from('\n2,z\n')])
  const { rows, rejected, identities } = await readCsv(long, { types: 'string' })
  expect(rows).toEqual([
    { a: '1', b: 'y' },
    { a: '2', b: 'z' },
  ])
  expect(identities).toEqual(['test:a.csv:1', 'test:a.csv:3'])
  expect(rejected).toMatchObject([{ code: 'row-too-large', row: 2, line: 3, byte: 8 }])
  expect(rejected[0]?.message).toMatch(/from byte 8 on/)
  expect(rejected[0]?.raw.length).toBe(65536)
})
