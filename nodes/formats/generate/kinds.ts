import { type ColumnType, fixed, nearest, types } from '@headrace/runtime/sdk'

/** What a column is filled with, read from its kind's text. */
export type Kind =
  | { readonly kind: 'sequence'; readonly from: number }
  | { readonly kind: 'int' | 'float' | 'date' | 'timestamp'; readonly least: number; readonly most: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'bool'; readonly share: number }
  | { readonly kind: 'words' | 'text'; readonly least: number; readonly most: number }
  | { readonly kind: 'sentence' | 'uuid' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'vector'; readonly size: number }
  | { readonly kind: 'null'; readonly share: number; readonly of: Kind }

/** The kinds as people write them, with what their parameters mean. */
export const kindHelp: Readonly<Record<string, string>> = {
  sequence: 'sequence(1): whole numbers one after the other, the row number by default',
  int: 'int(0, 100): whole numbers, both ends included',
  float: 'float(0, 1): numbers from the first up to the second',
  normal: 'normal(0, 1): normal numbers of a mean and a deviation',
  bool: 'bool(0.5): true in that share of the rows',
  date: 'date(2020-01-01, 2024-12-31): days, both ends included',
  timestamp: 'timestamp(2020-01-01, 2024-12-31): moments of these days',
  word: 'word: one word',
  words: 'words(3, 12): so many words',
  sentence: 'sentence: a capital letter, five to fifteen words, a full stop',
  text: 'text(100, 2000): sentences, so many bytes together',
  choice: 'choice(a, b, c): one of these texts',
  vector: 'vector(384): so many float32, a vector of length 1',
  uuid: 'uuid: a version 4 UUID',
  null: 'null(0.1, int(0, 9)): null in that share of the rows, else another kind',
}

export type ParsedKind = { readonly kind: Kind } | { readonly problem: string; readonly hint: string }

/** Reads a kind's text: `int(0, 100)`. */
export function parseKind(text: string): ParsedKind {
  const match = /^\s*([a-z]+)\s*(?:\((.*)\))?\s*$/is.exec(text)
  const name = match?.[1] ?? text.trim()
  if (!match || !Object.hasOwn(kindHelp, name)) {
    const near = nearest(name, Object.keys(kindHelp))
    return {
      problem: `"${text}" is no kind of column.`,
      hint: `${near ? `Did you mean "${near}"? ` : ''}There are ${Object.keys(kindHelp).join(', ')}.`,
    }
  }
  const parsed =
    match[2] === undefined || match[2].trim() === '' ? build(name, []) : build(name, parametersOf(match[2]))
  if (typeof parsed !== 'string') return 'problem' in parsed ? parsed : { kind: parsed }
  return { problem: `"${text}": ${parsed}`, hint: `It is written ${kindHelp[name]}.` }
}

/** The parameters between the commas that are in no bracket. */
function parametersOf(text: string): string[] {
  const parameters: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (i === text.length || (text[i] === ',' && depth === 0)) {
      parameters.push(text.slice(start, i).trim())
      start = i + 1
    }
  }
  return parameters
}

type Built = Kind | string | Extract<ParsedKind, { problem: string }>

function build(name: string, given: readonly string[]): Built {
  switch (name) {
    case 'sequence':
      return withNumbers(given, [1], ([from]) => ({ kind: name, from }), Number.isSafeInteger)
    case 'int':
      return withRange(given, [0, 100], (least, most) => ({ kind: name, least, most }), Number.isSafeInteger)
    case 'float':
      return withRange(given, [0, 1], (least, most) => ({ kind: name, least, most }), Number.isFinite)
    case 'normal':
      return withNumbers(given, [0, 1], ([mean, deviation]) => ({ kind: name, mean, deviation }), Number.isFinite)
    case 'bool':
      return withNumbers(given, [0.5], ([share]) => ({ kind: name, share }), isShare)
    case 'date':
    case 'timestamp':
      return withDays(name, given)
    case 'word':
      return withNumbers(given, [], () => ({ kind: 'words', least: 1, most: 1 }), isSize)
    case 'words':
      return withRange(given, [3, 12], (least, most) => ({ kind: name, least, most }), isSize)
    case 'text':
      return withRange(given, [100, 2000], (least, most) => ({ kind: name, least, most }), isSize)
    case 'choice':
      return given.length ? { kind: name, options: given } : 'it needs texts to choose from.'
    case 'vector':
      return withNumbers(
        given,
        [384],
        ([size]) => ({ kind: name, size }),
        (size) => isSize(size) && size > 0,
      )
    case 'null': {
      const share = Number(given[0])
      if (given.length !== 2 || !isShare(share)) return 'it needs a share from 0 to 1 and another kind.'
      const of = parseKind(given[1] as string)
      return 'problem' in of ? of : { kind: name, share, of: of.kind }
    }
    default:
      return withNumbers(given, [], () => ({ kind: name as 'sentence' | 'uuid' }), isSize)
  }
}

const isShare = (share: number): boolean => share >= 0 && share <= 1
const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0 && size <= 1 << 20

function withNumbers<const D extends readonly number[]>(
  given: readonly string[],
  defaults: D,
  make: (numbers: { -readonly [K in keyof D]: number }) => Kind,
  isGood: (number: number) => boolean,
): Kind | string {
  if (given.length > defaults.length) return `it takes ${defaults.length} parameters, not ${given.length}.`
  const numbers = defaults.map((value, i) => (given[i] === undefined || given[i] === '' ? value : Number(given[i])))
  const bad = numbers.findIndex((number) => !isGood(number))
  if (bad >= 0) return `"${given[bad]}" does not fit.`
  // A cast: `map` forgets that there are as many as before.
  return make(numbers as { -readonly [K in keyof D]: number })
}

function withRange(
  given: readonly string[],
  defaults: readonly [number, number],
  make: (least: number, most: number) => Kind,
  isGood: (number: number) => boolean,
): Kind | string {
  const made = withNumbers(given, defaults, ([least, most]) => make(least, most), isGood)
  if (typeof made === 'string' || !('least' in made)) return made
  return made.least <= made.most ? made : `${made.least} is more than ${made.most}.`
}

const day = 86_400_000

function withDays(kind: 'date' | 'timestamp', given: readonly string[]): Kind | string {
  const [first = '2020-01-01', last = '2024-12-31'] = given
  const bad = [first, last].find((text) => !/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)))
  if (bad !== undefined) return `"${bad}" is no day such as 2024-12-31.`
  const [least, most] = [Date.parse(first) / day, Date.parse(last) / day]
  return least <= most ? { kind, least, most } : `${first} is after ${last}.`
}

/** The type of a kind's column. */
export function kindType(kind: Kind): ColumnType {
  switch (kind.kind) {
    case 'sequence':
    case 'int':
      return types.int64
    case 'float':
    case 'normal':
      return types.float64
    case 'bool':
    case 'date':
    case 'timestamp':
      return types[kind.kind]
    case 'vector':
      return fixed(types.float32, kind.size)
    case 'null':
      return kindType(kind.of)
    default:
      return types.string
  }
}

/** About how many bytes a value takes: what bounds the rows of a batch. */
export function kindBytes(kind: Kind): number {
  switch (kind.kind) {
    case 'vector':
      return kind.size * 4
    case 'text':
      return (kind.least + kind.most) / 2 + 4
    case 'words':
      return (kind.least + kind.most) * 4 + 4
    case 'sentence':
      return 80
    case 'uuid':
      return 40
    case 'null':
      return kindBytes(kind.of)
    default:
      return 8
  }
}
