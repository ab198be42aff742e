import { type ArrayType, layout, type Scope, type TypedArray } from '@headrace/runtime/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nullTest } from './cells.ts'
import { columnReader, fillFor } from './column.ts'
import type { ColumnPlan, Dialect } from './dialect.ts'
import { Scanner } from './scanner.ts'
import { setType } from './settings.ts'

const dialect: Dialect = {
  delimiter: 1,
  quote: 34,
  encoding: 'utf-8',
  anyEncoding: false,
  header: false,
  nulls: [''],
  decimal: '.',
  thousands: '',
  timezone: null,
}

// What a reader asks of a scope, without a pool. A cast: it asks for no more.
const scope = {
  allocate: (type: ArrayType<TypedArray>, length: number) =>
    new type(new ArrayBuffer(length * type.BYTES_PER_ELEMENT), 0, length),
} as unknown as Scope

/** What is in a column of one text a line: each row's value, null, or that it is none. */
function columnReads(plan: ColumnPlan, how: Dialect, texts: readonly string[], withKernels: boolean) {
  const bytes = Buffer.from(`${texts.join('\n')}\n\0`)
  const end = bytes.length - 1
  const options = { delimiter: how.delimiter, quote: how.quote, width: 1, maxRows: texts.length, maxBytes: 1 << 20 }
  const scanner = new Scanner({ ...options, blankIsRow: true, textBytes: 1 << 16, nulls: how.nulls })
  scanner.take({ bytes, end, ended: true }, end)
  expect(scanner.records.rows).toBe(texts.length)
  const failed: number[] = []
  const { records } = scanner
  const memory = withKernels ? scanner.filled(bytes) : null
  const cells = { bytes, fields: records.fields, width: 1, rows: records.rows, ascii: false, memory }
  const column = columnReader(plan, how)(cells, 0, scope, (row) => failed.push(row))
  scanner.memory.close()
  return { column, failed }
}

/** The same by the code for one text at a time. */
function slowlyReads(plan: ColumnPlan, how: Dialect, texts: readonly string[]) {
  const shape = layout(plan.type) as { array: ArrayType<TypedArray>; perRow: number }
  const { length } = texts
  const values = scope.allocate(
    shape.perRow ? shape.array : Uint8Array,
    shape.perRow ? length * shape.perRow : (length + 7) >> 3,
  )
  const isNull = nullTest(how.nulls)
  const trimmed = texts.map((text) => Buffer.from(text.replace(/^ +| +$/g, '')))
  const valid = trimmed.map((text) => !isNull(text, 0, text.length))
  const ends = Int32Array.from(trimmed, (_, row) => Buffer.concat(trimmed.slice(0, row + 1)).length)
  const starts = Int32Array.from(trimmed, (text, row) => (ends[row] as number) - text.length)
  const failed: number[] = []
  const spans = { bytes: Buffer.concat(trimmed), starts, ends: ends.map((end, row) => (valid[row] ? end : -1)) }
  fillFor(plan, how)(spans, length, values, (row) => failed.push(row))
  return { values, valid, failed }
}

const digits = fc.stringMatching(/^[+-]?\d{0,20}$/)
const decimals = fc.stringMatching(/^[+-]?\d{0,12}[.,]?\d{0,12}$/)
const dates = fc.stringMatching(/^[012]\d{3}-[01]\d-[0-3]\d$/)
const times = fc.stringMatching(/^[012]\d:[0-6]\d:[0-6]\d([.,]\d{1,10})?$/)
const moments = fc.tuple(
  dates,
  fc.constantFrom('T', ' ', 't', 'x'),
  times,
  fc.constantFrom('', '', 'Z', 'z', '+02:00', ' Z'),
)
const words = fc.constantFrom(
  'true',
  'FALSE',
  'False',
  'tru',
  'falsy',
  'NA',
  '',
  '',
  '-',
  '.',
  '1e5',
  'nan',
  'inf',
  '-0',
  '007',
  'é',
)
const edges = fc.constantFrom(
  '127',
  '128',
  '-128',
  '-129',
  '65535',
  '2147483648',
  '4294967295',
  '9007199254740993',
  '0.1',
  '1.',
)
const value = fc.oneof(
  digits,
  decimals,
  dates,
  times,
  moments.map((parts) => parts.join('')),
  words,
  edges,
)
const blank = fc.constantFrom('', '', '', '', ' ', '   ')
const text = fc.tuple(blank, value, blank).map((parts) => parts.join(''))

const kinds = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float16', 'float32']
const others = [
  'float64',
  'date',
  'time',
  'timestamp(s)',
  'timestamp(us)',
  'timestamp(ns)',
  'timestamp(ms, UTC)',
  'decimal(20, 3)',
  'decimal(5, 2)',
  'decimal(38, 25)',
]

test.each([...kinds, ...others])('the kernel for %s reads what the code for one text reads', (kind) => {
  const type = setType(kind)
  if (!type) throw new Error(`${kind} is no type`)
  const how = fc.record({
    nulls: fc.constantFrom([''], ['', 'NA'], ['-', 'NA', '9007199254740993'], []),
    decimal: fc.constantFrom('.', ','),
    inferred: fc.boolean(),
    kernels: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), how, (texts, { inferred, kernels, ...settings }) => {
      const plan = { name: 'v', type, format: null, inferred }
      const { column, failed } = columnReads(plan, { ...dialect, ...settings }, texts, kernels)
      const slow = slowlyReads(plan, { ...dialect, ...settings }, texts)
      expect(failed).toEqual(slow.failed)
      expect(
        texts.map((_, row) => !column.validity || ((column.validity[row >> 3] as number) >> (row & 7)) % 2 === 1),
      ).toEqual(slow.valid)
      expect(column.nulls).toBe(slow.valid.filter((valid) => !valid).length)
      expect(column.values).toEqual(slow.values)
    }),
    { numRuns: 300 },
  )
})

test('texts are read whole, of any length, one quote for two', () => {
  const content = fc.stringMatching(/^[^\n\r\x01"\0]*$/).map((part) => part.repeat(part.length > 8 ? 40 : 1))
  const quotedText = content.map((part) => `"${part}""${part}"`)
  fc.assert(
    fc.property(
      fc.array(fc.oneof(content, quotedText, fc.constantFrom('', 'NA', '"NA"', '""')), { minLength: 1 }),
      fc.boolean(),
      (texts, kernels) => {
        const plan = { name: 'v', type: { kind: 'string' }, format: null, inferred: false } as const
        const { column } = columnReads(plan, { ...dialect, nulls: ['', 'NA'] }, texts, kernels)
        const { offsets, values, validity } = column as {
          offsets: Int32Array
          values: Uint8Array
          validity: Uint8Array | null
        }
        const read = texts.map((_, row) => {
          if (validity && ((validity[row >> 3] as number) >> (row & 7)) % 2 === 0) return null
          return Buffer.from(values.subarray(offsets[row], offsets[row + 1])).toString()
        })
        expect(read).toEqual(
          texts.map((text) => {
            if (text === '' || text === 'NA') return null
            return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
          }),
        )
      },
    ),
    { numRuns: 300 },
  )
})
