import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { SourceNode } from '@headrace/runtime/sdk'
import fc from 'fast-check'
import csv from '../../../nodes/sources/csv.ts'
import files from '../../../nodes/sources/files.ts'
import ndjson from '../../../nodes/sources/ndjson.ts'
import type { Target } from '../engine/target.ts'
import { sourceTarget } from './reading.ts'

const head = (settings: object, body: string | Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${JSON.stringify(settings)}\n`), Buffer.from(body as string)])

/** Examples of a source, as inputs. */
const examplesOf = ({ examples }: SourceNode): Uint8Array[] =>
  examples.flatMap(({ files: all = {}, config }) =>
    Object.values(all).map((content) => head(config as object, content as string | Uint8Array)),
  )

const cell = fc.oneof(
  fc.constantFrom(
    '',
    '""',
    '"',
    'a',
    '1',
    '-1',
    '1.5',
    '1,5',
    '1e400',
    '99999999999999999999',
    'true',
    'NaN',
    '2024-02-30',
  ),
  fc.constantFrom(
    '2024-01-02T03:04:05Z',
    '12:00',
    '31.12.1999',
    '"a\nb"',
    '"a""b"',
    ' "x" ',
    'é',
    '\ufeff',
    '0x10',
    '\u0000',
  ),
  fc.string({ maxLength: 12 }),
)
const csvText = fc
  .record({
    rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    settings: fc.record(
      {
        delimiter: fc.constantFrom(',', ';', '\t', '', 'ab'),
        quote: fc.constantFrom('"', "'", ''),
        header: fc.boolean(),
        encoding: fc.constantFrom('auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'),
        decimal: fc.constantFrom('.', ','),
        thousands: fc.constantFrom('.', ',', ' ', ''),
        dateFormat: fc.constantFrom('%d.%m.%Y', '%Y', '%H:%M', '%', '%j', '%y%m%d', '%d %B %Y %I %p'),
        types: fc.constantFrom('string', { a: 'int64' }, { a: 'decimal(3,1)', b: 'date' }),
        nulls: fc.constantFrom([], ['NA'], ['', '0']),
        timezone: fc.constantFrom('Europe/Berlin', 'UTC', 'Nowhere'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ rows, delimiter, end, settings }) => head(settings, rows.map((row) => row.join(delimiter)).join(end)))

/** CSV, packed too. */
export const csvTarget: Target = {
  about: 'CSV files and how they are to be read',
  form: 'headed',
  short: 200,
  seeds: () => [
    ...examplesOf(csv as unknown as SourceNode),
    head({}, 'id,name,at\n1,a,2024-01-02\n2,"b ""c""",2024-01-03T04:05:06Z\n'),
    head({ delimiter: ';', decimal: ',', thousands: '.' }, 'a;b\n"1.234,5";x\n2,5;"y\nz"\n'),
    head({ header: false, quote: '', encoding: 'latin1' }, Buffer.from('caf\xe9\tx\n', 'latin1')),
    head({ encoding: 'auto' }, Buffer.from('\ufeffa,b\n1,2\n', 'utf16le')),
    head({ pin: { a: 'int64', b: 'string' }, onDrift: 'adapt' }, 'b,a,c\nx,1,2\n'),
    head({ file: 'in.csv.gz' }, gzipSync('a,b\n1,2\n')),
    head({ file: 'in.csv.zst' }, zstdCompressSync(Buffer.from('a,b\n1,2\n'))),
    head({ file: 'in.csv.gz' }, gzipSync(`a\n${'0'.repeat(1 << 20)}`)),
  ],
  words: [
    ',',
    ';',
    '\t',
    '"',
    '""',
    '\n',
    '\r\n',
    '\r',
    '\ufeff',
    '1e999',
    '-0',
    'NaN',
    '2024-02-29',
    '%d.%m.%Y',
    'NULL',
    '\0',
  ],
  grammar: csvText,
  open: async (folder) => sourceTarget(csv as unknown as SourceNode, 'in.csv', folder),
}

const jsonText = fc
  .array(fc.json({ maxDepth: 4, stringUnit: 'binary' }), { maxLength: 8 })
  .map((lines) => head({}, lines.join('\n')))

/** NDJSON and arrays of rows. */
export const ndjsonTarget: Target = {
  about: 'NDJSON files and JSON documents that are a list of rows',
  form: 'headed',
  short: 200,
  seeds: () => [
    ...examplesOf(ndjson as unknown as SourceNode),
    head({}, '{"a":1,"b":{"c":[1,2,{"d":null}]},"e":"\\ud83d\\ude00"}\n{"a":2.5,"b":null}\n'),
    head({ types: { a: 'decimal(10, 2)', b: 'timestamp' } }, '{"a":"1.50","b":"2024-01-02T03:04:05Z"}\n'),
    head({}, '[{"a":1},\n{"a":12345678901234567890}]'),
    head({}, `{"a":${'['.repeat(500)}${']'.repeat(500)}}`),
    head({ pin: { a: 'int64' }, onDrift: 'adapt' }, '{"a":1,"b":2}\n'),
    head({ file: 'in.json.gz' }, gzipSync('{"a":1}\n')),
  ],
  words: [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\u',
    '\\ud800',
    'null',
    'true',
    '1e400',
    '-0',
    '{"a":',
    '[[[[',
    '\n',
    '\r\n',
  ],
  grammar: jsonText,
  open: async (folder) => sourceTarget(ndjson as unknown as SourceNode, 'in.ndjson', folder),
}

/** Whole files: texts, pages, anything. */
export const filesTarget: Target = {
  about: 'whole files, as texts and as bytes',
  form: 'headed',
  short: 60,
  seeds: () => [
    head({}, '# A title\n\nText.\n'),
    head({ as: 'bytes' }, Buffer.from([0, 1, 2, 255])),
    head({ maxSize: 3 }, 'more'),
    head({ file: 'in.html' }, '<html><body>ü</body></html>'),
  ],
  words: ['\ufeff', '\0', '\u{1f600}'],
  open: async (folder) => sourceTarget(files as unknown as SourceNode, 'in.md', folder),
}
