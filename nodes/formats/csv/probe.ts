import {
  type ColumnType,
  type Field,
  HeadraceError,
  type Json,
  nearest,
  type ProbeContext,
  type SourceFile,
  type SourceProbe,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { findFiles } from '../files.ts'
import { dateInLetters } from './date-format.ts'
import type { ColumnPlan, CsvProbe, Dialect } from './dialect.ts'
import { inWords } from './dialect.ts'
import { formatType, type Guess, TypeGuess } from './infer.ts'
import { cutSample, detectDelimiter, detectEncoding, openSample, type Sample, sampleRows } from './sample.ts'
import { type CsvSettings, checkSettings, dialectOf, setType } from './settings.ts'
import { detectSigns } from './signs.ts'

type Context = ProbeContext<CsvSettings>

/** How many files of a glob are looked into for columns and types. */
const sampleFiles = 16

/** Finds the files and, from a sample of them, how they are written and their columns' names and types. */
export async function probeCsv(context: Context): Promise<SourceProbe> {
  const { config, report } = context
  const good = checkSettings(config, report)
  const files = await findFiles({ ...context, path: config.path, inFolder: '**/*.{csv,tsv,txt}{,.gz,.zst}' })
  const full = files.filter((file) => file.size > 0)
  if (!good) return { columns: [], files }
  const first = full[0]
  if (!first) {
    if (files.length > 0) warn(context, 'empty-file', `${files[0]?.path} is empty: it has no header line.`, 'path')
    return { columns: setColumns(config), files, data: { dialect: dialectOf(config), columns: [] } as unknown as Json }
  }
  try {
    const { dialect, sample, words } = await detectDialect(context, first)
    const samples = [sample, ...(await moreSamples(context, full.slice(1), dialect, sample.records.rows))]
    const signs = detectNumbers(context, samples, dialect, words)
    const columns = detectColumns(context, samples, signs, words)
    const data: CsvProbe = { dialect: signs, columns }
    const fields = columns.map(({ name, type }): Field => ({ name, type }))
    return { columns: fields, files, detected: words, data: data as unknown as Json }
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
    report({ code: error.code, message: error.message, ...(error.hint && { hint: error.hint }), setting: 'path' })
    return { columns: [], files }
  }
}

const warn = ({ report }: Context, code: string, message: string, setting: string, hint?: string): void =>
  report({ severity: 'warning', code, message, setting, ...(hint && { hint }) })

const setColumns = ({ types: set }: CsvSettings): Field[] =>
  Object.entries(typeof set === 'object' ? set : {}).map(([name, text]) => ({
    name,
    type: setType(text) as ColumnType,
  }))

/** How a file is written: encoding, delimiter and header, with what was detected in words, and its first rows. */
export async function detectDialect(
  context: Context,
  file: SourceFile,
): Promise<{ dialect: Dialect; sample: Sample; words: Record<string, string> }> {
  const { config } = context
  const words: Record<string, string> = {}
  let dialect = dialectOf(config)
  let window = await openSample(context.resolve(file.path), file.path, file.size, dialect)
  if (config.encoding === 'auto') {
    const marked = window.encoding !== 'utf-8' || window.bytes[0] === 0xef
    const found = marked
      ? { encoding: window.encoding, invalid: false }
      : detectEncoding(window.bytes.subarray(0, wholeLines(window)))
    dialect = { ...dialect, encoding: found.encoding }
    words['encoding'] = found.encoding
    if (found.encoding !== window.encoding) {
      window = await openSample(context.resolve(file.path), file.path, file.size, dialect)
    }
    if (found.invalid && found.encoding === 'utf-8') {
      const hint = 'Set encoding if the whole file is written otherwise.'
      warn(
        context,
        'invalid-bytes',
        `${file.path} is UTF-8 with some bytes that are not; those rows are rejected.`,
        'encoding',
        hint,
      )
    }
  }
  const separated = await cutSample(window, file.path, dialect, 1)
  dialect = { ...dialect, delimiter: separated.head.delimiter }
  const bySeparatorLine =
    separated.head.line > 1 && /^(\xef\xbb\xbf)?"?sep=/i.test(window.bytes.toString('latin1', 0, 8))
  if (config.delimiter === undefined && !bySeparatorLine) {
    const start = window.bytes[0] === 0xef && window.bytes[1] === 0xbb ? 3 : 0
    const found = detectDelimiter(window, start, dialect.quote)
    if (found) {
      dialect = { ...dialect, delimiter: found.delimiter }
      if (found.rival !== null) warnDelimiter(context, file.path, found.delimiter, found.rival)
    }
  }
  if (config.delimiter === undefined) words['delimiter'] = inWords(String.fromCharCode(dialect.delimiter))
  const sample = await cutSample(window, file.path, dialect, sampleRows)
  words['header'] = config.header ? 'the first row' : 'none'
  warnHead(context, sample)
  return { dialect, sample, words }
}

/** Where the last whole line of a sample ends. */
function wholeLines(window: { bytes: Buffer; end: number; ended: boolean }): number {
  if (window.ended) return window.end
  return window.bytes.subarray(0, window.end).lastIndexOf(10) + 1 || window.end
}

function warnDelimiter(context: Context, path: string, chosen: number, rival: number): void {
  const [one, other] = [chosen, rival].map((byte) => inWords(String.fromCharCode(byte)))
  const message = `${path} can be cut at each ${one} and at each ${other}; ${one} is taken.`
  warn(context, 'ambiguous-delimiter', message, 'delimiter', 'Set delimiter.')
}

function warnHead(context: Context, { path, head }: Sample): void {
  if (head.broken) {
    throw new HeadraceError(
      'bad-header',
      `${path} line 1: a quote in the header is never closed, or has text behind it.`,
    )
  }
  for (const { written, name } of head.renamed.slice(0, 10)) {
    const what = written === '' ? 'a column without a name' : `two columns "${written}"`
    warn(context, 'renamed-column', `${path} has ${what}; it is called "${name}".`, 'header')
  }
}

async function moreSamples(
  context: Context,
  files: readonly SourceFile[],
  dialect: Dialect,
  rows: number,
): Promise<Sample[]> {
  const samples: Sample[] = []
  let left = sampleRows - rows
  for (const file of files.slice(0, sampleFiles - 1)) {
    if (left <= 0) break
    const window = await openSample(context.resolve(file.path), file.path, file.size, dialect)
    const sample = await cutSample(window, file.path, dialect, left)
    warnHead(context, sample)
    samples.push(sample)
    left -= sample.records.rows
  }
  return samples
}

function detectNumbers(
  context: Context,
  samples: readonly Sample[],
  dialect: Dialect,
  words: Record<string, string>,
): Dialect {
  const { config } = context
  if (config.decimal !== undefined || config.thousands !== undefined || config.types === 'string') return dialect
  const { decimal, thousands, doubt } = detectSigns(samples, dialect)
  words['decimal'] = inWords(decimal) === '.' ? 'point (.)' : inWords(decimal)
  if (thousands) words['thousands'] = thousands === '.' ? 'point (.)' : inWords(thousands)
  if (doubt) {
    const examples = doubt.examples.map((text) => `"${text}"`).join(' and ')
    const one =
      decimal === ',' || thousands === ''
        ? `${examples} are read with a decimal ${decimal === ',' ? 'comma' : 'point'}`
        : `the comma in ${examples} is read as a sign between thousands`
    warn(
      context,
      'ambiguous-number',
      `column "${doubt.column}": ${one}, but could mean the other.`,
      'decimal',
      `Set decimal to "${decimal}", or ${doubt.other}.`,
    )
  }
  return { ...dialect, decimal, thousands }
}

function detectColumns(
  context: Context,
  samples: readonly Sample[],
  dialect: Dialect,
  words: Record<string, string>,
): ColumnPlan[] {
  const { config } = context
  const sampled = samples.flatMap((sample) => namesOf(sample))
  const names = [...new Set([...sampled, ...(context.pinned ?? []).map(({ name }) => name)])]
  if (config.types === 'string') {
    return names.map((name) => ({ name, type: types.string, format: null, inferred: false }))
  }
  const set = new Map(Object.entries(config.types ?? {}))
  for (const name of set.keys()) {
    if (names.includes(name)) continue
    const near = nearest(name, names)
    const hint = near ? `Did you mean "${near}"?` : `There are ${names.slice(0, 20).join(', ')}.`
    context.report({ code: 'unknown-column', message: `there is no column "${name}".`, hint, setting: `types.${name}` })
  }
  const guesses = new Map(names.map((name) => [name, guess(name, samples, dialect, config.dateFormat ?? null)]))
  const orders = new Set([...guesses.values()].map((one) => one.order).filter((order) => order !== null))
  const order = orders.size === 1 ? ([...orders][0] ?? null) : null
  const plans = names.map((name): ColumnPlan => {
    const one = guesses.get(name) as TypeGuess
    const text = set.get(name)
    const type = text === undefined ? undefined : (setType(text) ?? types.string)
    const found = one.finish(order, type?.kind)
    if (found.rival && (!type || type.kind === found.type.kind)) warnDates(context, name, found)
    if (type) return { name, type, format: formatFor(type, found, config.dateFormat, dialect), inferred: false }
    if (found.nearly) warnNearly(context, name, found.nearly)
    return { name, type: found.type, format: found.format, inferred: true }
  })
  const dates = plans.filter(({ format }) => format !== null)
  if (dates.length)
    words['dates'] = [...new Set(dates.map(({ format }) => format))]
      .map((format) => dateInLetters(format as string))
      .join(', ')
  warnDataAsHeader(context, samples, plans)
  return plans
}

const namesOf = ({ head, records }: Sample): readonly string[] =>
  head.names.length ? head.names : Array.from({ length: records.width }, (_, i) => `column${i + 1}`)

function guess(name: string, samples: readonly Sample[], dialect: Dialect, dateFormat: string | null): TypeGuess {
  const one = new TypeGuess(dialect, dateFormat)
  for (const sample of samples) {
    const place = namesOf(sample).indexOf(name)
    const { fields, width, rows } = sample.records
    if (place < 0) continue
    for (let row = 0; row < rows && !one.settled; row++) {
      const at = (row * width + place) * 2
      one.add(sample.bytes, (fields[at] as number) >> 2, fields[at + 1] as number)
    }
  }
  return one
}

/** The format of a column whose type is set: `dateFormat` where it says such values, else what the sample shows. */
function formatFor(type: ColumnType, found: Guess, dateFormat: string | undefined, dialect: Dialect): string | null {
  if (dateFormat !== undefined && formatType(dateFormat, dialect)?.kind === type.kind) {
    return found.type.kind === type.kind ? found.format : dateFormat
  }
  return found.type.kind === type.kind ? found.format : null
}

function warnDates(context: Context, name: string, { format, rival, examples }: Guess): void {
  const shown = examples.map((text) => `"${text}"`).join(' and ')
  const message = `column "${name}": ${shown} are read as ${format}, but could be ${rival}.`
  warn(context, 'ambiguous-date', message, 'dateFormat', `Set dateFormat to "${format}" or "${rival}".`)
}

function warnNearly(context: Context, name: string, { type, values, misfit }: NonNullable<Guess['nearly']>): void {
  const message = `column "${name}" is read as texts: ${values} values of the sample are ${typeName(type)}, "${misfit}" is not.`
  const hint = `Set types to {${JSON.stringify(name)}: "${typeName(type)}"} to reject such rows, or to "string" to say that it is right.`
  warn(context, 'nearly-typed', message, 'types', hint)
}

/** A header in which numbers stand over columns of numbers is a row of data. */
function warnDataAsHeader(context: Context, [sample]: readonly Sample[], plans: readonly ColumnPlan[]): void {
  const typed = plans.filter((plan) => plan.inferred && plan.type.kind !== 'string')
  if (!context.config.header || typed.length === 0 || !typed.every(({ name }) => /^[-+]?[\d.,:/-]+$/.test(name))) return
  const message = `${sample?.path} line 1 looks like data: ${plans
    .slice(0, 5)
    .map(({ name }) => name)
    .join(', ')}.`
  warn(context, 'no-header', message, 'header', 'Set header to false if the file has no header line.')
}
