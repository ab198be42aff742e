import { type ColumnType, parseType, type Report, type Static, Type, typeName } from '@headrace/runtime/sdk'
import { isZone } from '@headrace/runtime/time'
import { partitionSettings } from '../partitions.ts'
import { dateFormatOf } from './date-format.ts'
import type { Dialect } from './dialect.ts'

/** The settings of `sources/csv`. */
export const csvSettings = Type.Object({
  path: Type.Union([Type.String(), Type.Array(Type.String())], {
    format: 'path',
    description: 'A file, a glob, a folder or a list of these. `.gz` and `.zst` are decompressed.',
    examples: ['data/orders.csv', 'data/2024-*.csv.gz'],
  }),
  ...partitionSettings,
  delimiter: Type.Optional(
    Type.String({ description: 'The character between fields. Detected where not set.', examples: [';', '\t'] }),
  ),
  quote: Type.String({
    default: '"',
    description: 'The character around fields that hold a delimiter or a line end; "" where there is none.',
  }),
  header: Type.Boolean({
    default: true,
    description: 'The first line holds the names of the columns. Without it they are column1, column2, …',
  }),
  types: Type.Optional(
    Type.Union([Type.Literal('string'), Type.Record(Type.String(), Type.String({ format: 'type' }))], {
      description: 'The types of columns, or "string" for all. The others are found from the first 10,000 rows.',
      examples: [{ zip: 'string', price: 'decimal(10, 2)' }],
    }),
  ),
  nulls: Type.Array(Type.String(), {
    default: [''],
    description: 'Texts that are null. In a column of texts only where they are not quoted.',
    examples: [['', 'NA']],
  }),
  encoding: Type.Union(
    (['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'] as const).map((name) => Type.Literal(name)),
    { default: 'auto', description: 'How letters are written as bytes.' },
  ),
  decimal: Type.Optional(
    Type.Union([Type.Literal('.'), Type.Literal(',')], {
      description: 'The decimal sign. Detected where not set.',
    }),
  ),
  thousands: Type.Optional(
    Type.String({
      description:
        'The sign between groups of three digits; "" for none. Detected where neither this nor decimal is set.',
      examples: ['.', ' '],
    }),
  ),
  dateFormat: Type.Optional(
    Type.String({
      description:
        'How dates or timestamps are written, as for strptime. Detected where not set; ISO 8601 is always read.',
      examples: ['%d.%m.%Y', '%m/%d/%Y %I:%M %p'],
    }),
  ),
  timezone: Type.Optional(
    Type.String({
      description: 'The zone of timestamps that do not say their offset from UTC. Without it they stay without a zone.',
      examples: ['Europe/Berlin'],
    }),
  ),
})

export type CsvSettings = Static<typeof csvSettings>

/** Reports settings that cannot be; true where all are well. */
export function checkSettings(config: CsvSettings, report: Report): boolean {
  let good = true
  const wrong = (setting: string, message: string, hint: string) => {
    good = false
    report({ code: 'bad-setting', message, hint, setting })
  }
  const { delimiter, quote, thousands, decimal, dateFormat, timezone } = config
  if (delimiter !== undefined && !/^[\x01-\x09\x0b\x0c\x0e-\x7f]$/.test(delimiter)) {
    wrong('delimiter', `the delimiter is ${JSON.stringify(delimiter)}.`, 'It must be one ASCII character.')
  }
  if (quote !== '' && (!/^[\x01-\x09\x0b\x0c\x0e-\x7f]$/.test(quote) || quote === delimiter)) {
    wrong(
      'quote',
      `the quote is ${JSON.stringify(quote)}.`,
      'It must be one ASCII character other than the delimiter, or "".',
    )
  }
  if (thousands !== undefined && (thousands === decimal || /[\d+-]/.test(thousands))) {
    wrong('thousands', `"${thousands}" cannot stand between thousands.`, 'Set another character than the decimal sign.')
  }
  if (timezone !== undefined && !isZone(timezone)) {
    wrong('timezone', `there is no time zone "${timezone}".`, 'Write it as in Europe/Berlin or UTC.')
  }
  const format = dateFormat === undefined ? null : dateFormatOf(dateFormat)
  if (typeof format === 'string') wrong('dateFormat', `${format}.`, 'Write it as in %d.%m.%Y or %Y-%m-%d %H:%M:%S.')
  if (typeof config.types === 'object') {
    for (const [name, text] of Object.entries(config.types)) {
      if (setType(text)) continue
      const hint = 'A CSV column can be bool, int64, float64, decimal(p, s), string, binary, date, time or timestamp.'
      wrong(`types.${name}`, `"${text}" is no type of a CSV column.`, hint)
    }
  }
  return good
}

/** A type as set for a column; null where it is none that a CSV column can have. */
export function setType(text: string): ColumnType | null {
  const type = parseType(text)
  if (!type || ['null', 'list', 'fixed', 'struct'].includes(type.kind)) return null
  if (
    type.kind === 'decimal' &&
    !(type.precision >= 1 && type.precision <= 38 && type.scale >= 0 && type.scale <= type.precision)
  )
    return null
  return typeName(type) === 'null' ? null : type
}

/** The dialect that the settings say, before anything is detected. */
export function dialectOf(config: CsvSettings): Dialect {
  const encoding = config.encoding === 'auto' ? 'utf-8' : config.encoding
  return {
    delimiter: config.delimiter === undefined ? 44 : config.delimiter.charCodeAt(0),
    quote: config.quote === '' ? -1 : config.quote.charCodeAt(0),
    encoding: encoding as Dialect['encoding'],
    anyEncoding: config.encoding === 'auto',
    header: config.header,
    nulls: config.nulls,
    decimal: config.decimal ?? (config.thousands === '.' ? ',' : '.'),
    thousands: config.thousands ?? '',
    timezone: config.timezone ?? null,
  }
}
