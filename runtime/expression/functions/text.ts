import { createRequire } from 'node:module'
import { list, types } from '../../pipeline/types.ts'
import { type ExpressionFunction, literalOf, optional, parameter } from '../function.ts'
import { RowFailure } from '../tree.ts'
import { shown } from './numbers.ts'

const name = [{ name: 'name', type: types.string }]
const { text, whole } = parameter
const twoTexts = (part: string) => [text('text'), text(part)]

/** Functions of texts. Places and sizes are in code points, from 0. */
export const textFunctions: readonly ExpressionFunction[] = [
  {
    name: 'lower',
    signature: 'lower(text)',
    description: 'The text in small letters (Unicode, no language of its own).',
    example: { expression: 'lower(name)', columns: name, row: { name: 'ÄRGER' }, result: 'ärger' },
    parameters: [text('text')],
    result: types.string,
    value: ([value]) => (value as string).toLowerCase(),
  },
  {
    name: 'upper',
    signature: 'upper(text)',
    description: 'The text in capital letters (Unicode, no language of its own).',
    example: { expression: 'name.upper()', columns: name, row: { name: 'straße' }, result: 'STRASSE' },
    parameters: [text('text')],
    result: types.string,
    value: ([value]) => (value as string).toUpperCase(),
  },
  {
    name: 'trim',
    signature: 'trim(text)',
    description: 'The text without white space at both ends.',
    example: { expression: 'trim("  a b\\t")', result: 'a b' },
    parameters: [text('text')],
    result: types.string,
    value: ([value]) => (value as string).trim(),
  },
  {
    name: 'contains',
    signature: 'contains(text, part)',
    description: 'True where the part stands anywhere in the text.',
    example: { expression: 'name.contains("ö")', columns: name, row: { name: 'Köln' }, result: true },
    parameters: twoTexts('part'),
    result: types.bool,
    value: ([value, part]) => (value as string).includes(part as string),
  },
  {
    name: 'startsWith',
    signature: 'startsWith(text, part)',
    description: 'True where the text begins with the part.',
    example: { expression: 'name.startsWith("Kö")', columns: name, row: { name: 'Köln' }, result: true },
    parameters: twoTexts('part'),
    result: types.bool,
    value: ([value, part]) => (value as string).startsWith(part as string),
  },
  {
    name: 'endsWith',
    signature: 'endsWith(text, part)',
    description: 'True where the text ends with the part.',
    example: { expression: 'name.endsWith(".csv")', columns: name, row: { name: 'a.txt' }, result: false },
    parameters: twoTexts('part'),
    result: types.bool,
    value: ([value, part]) => (value as string).endsWith(part as string),
  },
  {
    name: 'matches',
    signature: 'matches(text, pattern)',
    description:
      'True where the RE2 pattern is found anywhere in the text, in time linear to the text; use ^ and $ for the whole.',
    example: { expression: 'name.matches(r"^\\d{5}$")', columns: name, row: { name: '50667' }, result: true },
    parameters: twoTexts('pattern'),
    result: (args) => {
      const pattern = literalOf(args[1])
      const compiled = typeof pattern === 'string' ? patternOf(pattern) : null
      return compiled instanceof RowFailure ? compiled : types.bool
    },
    value: ([value, pattern]) => {
      const compiled = patternOf(pattern as string)
      return compiled instanceof RowFailure ? compiled : compiled.test(value as string)
    },
  },
  {
    name: 'replace',
    signature: 'replace(text, from, to)',
    description: 'The text with every `from` replaced by `to`; an empty `from` changes nothing.',
    example: { expression: 'replace("1.234.567", ".", "")', result: '1234567' },
    parameters: [text('text'), text('from'), text('to')],
    result: types.string,
    value: ([value, from, to]) =>
      from === '' ? (value as string) : (value as string).replaceAll(from as string, () => to as string),
  },
  {
    name: 'split',
    signature: 'split(text, separator)',
    description: 'The list of the texts between the separators; an empty separator gives the single characters.',
    example: { expression: 'split("a,b,,c", ",")', result: ['a', 'b', '', 'c'] },
    parameters: twoTexts('separator'),
    result: list(types.string),
    value: ([value, separator]) =>
      separator === '' ? [...(value as string)] : (value as string).split(separator as string),
  },
  {
    name: 'join',
    signature: 'join(list, separator?)',
    description: 'The texts of a list as one, with the separator between them; nulls are left out.',
    example: { expression: 'join(["a", "b"], " - ")', result: 'a - b' },
    parameters: [
      {
        name: 'list',
        wanted: 'a list of texts',
        accepts: (type) =>
          (type.kind === 'list' || type.kind === 'fixed') && (type.item.kind === 'string' || type.item.kind === 'null'),
      },
      optional(text('separator')),
    ],
    result: types.string,
    value: ([items, separator = '']) =>
      (items as (string | null)[]).filter((item) => item !== null).join(separator as string),
  },
  {
    name: 'substr',
    signature: 'substr(text, start, length?)',
    description:
      'The characters from `start` (from 0; below 0 counted from the end), at most `length`, or all to the end.',
    example: { expression: 'substr("Straße 12", 4, 2)', result: 'ße' },
    parameters: [text('text'), whole('start'), optional(whole('length'))],
    result: types.string,
    value: ([value, start, length]) =>
      substr(value as string, Number(start), length === undefined ? Infinity : Number(length)),
  },
  {
    name: 'size',
    signature: 'size(value)',
    description: 'The number of characters of a text, of items of a list, or of bytes.',
    example: { expression: 'size("👍é")', result: 2n },
    parameters: [parameter.of('value', 'a text, list or binary', 'string', 'list', 'fixed', 'binary')],
    result: types.int64,
    value: ([value]) => {
      if (typeof value !== 'string') return BigInt((value as ArrayLike<unknown>).length)
      let count = value.length
      for (let i = 0; i < value.length; i++) if ((value.charCodeAt(i) & 0xfc00) === 0xdc00) count--
      return BigInt(count)
    },
  },
]

function substr(value: string, start: number, length: number): string {
  // Without surrogates a character is a code unit.
  const characters = /[\ud800-\udfff]/.test(value) ? [...value] : value
  const from = start < 0 ? Math.max(0, characters.length + start) : start
  const cut = characters.slice(from, from + Math.max(0, length))
  return typeof cut === 'string' ? cut : cut.join('')
}

interface Pattern {
  test(text: string): boolean
}

const patterns = new Map<string, Pattern | RowFailure>()
let re2: typeof import('re2js').RE2JS | undefined

/** A pattern of RE2's syntax, compiled once. */
function patternOf(source: string): Pattern | RowFailure {
  const known = patterns.get(source)
  if (known) return known
  re2 ??= (createRequire(import.meta.url)('re2js') as typeof import('re2js')).RE2JS
  let compiled: Pattern | RowFailure
  try {
    compiled = re2.compile(source)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    compiled = new RowFailure('bad-pattern', `${shown(source)} is no pattern: ${why}`)
  }
  if (patterns.size > 1000) patterns.clear()
  patterns.set(source, compiled)
  return compiled
}
