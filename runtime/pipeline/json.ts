import { type Node, type ParseError, type ParseErrorCode, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Json } from '../sdk/node.ts'
import { lineAt, lineStarts, type Positions, properties } from './positions.ts'
import type { Problem } from './problem.ts'

const mostLevels = 200

export interface ReadJson {
  /** Undefined where the text is no JSON. */
  readonly value: Json | undefined
  readonly problems: Problem[]
  readonly positions: Positions
}

/**
 * Reads strict JSON (RFC 8259; a byte order mark is passed over) and remembers where everything stands. Says of
 * duplicate keys, of keys that reach into JavaScript's prototypes (they are left out) and of numbers that cannot be
 * kept exactly. Never throws.
 */
export function readJson(text: string, file?: string): ReadJson {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  const lines = lineStarts(body)
  const at = (offset: number) => ({ ...(file !== undefined && { file }), ...lineAt({ lines }, offset) })
  const wrong = (code: string, offset: number, message: string, hint: string): ReadJson => ({
    value: undefined,
    problems: [{ severity: 'error', code, message, hint, place: at(offset) }],
    positions: { file, text: body, lines, root: undefined },
  })
  const { deep, keys } = scanned(body)
  if (deep !== null) {
    const message = `more than ${mostLevels} levels of brackets are open here`
    return wrong('invalid-json', deep, message, 'A pipeline needs fewer than ten.')
  }
  const plain = parsedPlain(body, keys)
  if (plain !== undefined) return { value: plain, problems: [], positions: whenAsked(file, body, lines) }
  const errors: ParseError[] = []
  const root = parseTree(body, errors, { disallowComments: true, allowTrailingComma: false })
  const first = errors[0]
  if (first) return wrong('invalid-json', first.offset, ...explain(body, first))
  if (!root) return wrong('invalid-json', 0, 'the file is empty', 'A pipeline is a JSON object.')
  const positions = { file, text: body, lines, root }
  const problems: Problem[] = []
  const report = (code: string, offset: number, message: string, hint: string) =>
    problems.push({ severity: 'error', code, message, hint, place: at(offset) })
  return { value: plainValue(root, { text: body, lines, report }), problems, positions }
}

interface Reader {
  readonly text: string
  readonly lines: readonly number[]
  readonly report: (code: string, offset: number, message: string, hint: string) => void
}

/** Keys that reach into JavaScript's prototypes: no file may hold them. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

function plainValue(node: Node, reader: Reader): Json {
  if (node.type === 'array') return (node.children ?? []).map((item) => plainValue(item, reader))
  if (node.type === 'object') return plainObject(node, reader)
  if (node.type === 'number') checkNumber(node, reader)
  return node.value as Json // the parser gives plain JSON values for the other types
}

function plainObject(object: Node, reader: Reader): Json {
  const { lines, report } = reader
  const value: Record<string, Json> = {}
  const seen = new Map<string, number>()
  for (const { key, offset, node } of properties(object)) {
    const inner = plainValue(node, reader)
    if (forbiddenKeys.has(key)) {
      report('forbidden-key', offset, `the key "${key}" is not allowed`, 'Choose another name.')
    } else if (seen.has(key)) {
      const before = lineAt({ lines }, seen.get(key) as number).line
      const message = `the key "${key}" stands twice in one object, first in line ${before}`
      report('duplicate-key', offset, message, 'Rename or delete one of them.')
    } else {
      seen.set(key, offset)
      value[key] = inner
    }
  }
  return value
}

function checkNumber(node: Node, { text, report }: Reader): void {
  const written = text.slice(node.offset, node.offset + node.length)
  const value = node.value as number
  if (!Number.isFinite(value)) report('number-range', node.offset, `the number ${written} is too large`, 'Use less.')
  else if (/^-?[0-9]+$/.test(written) && !Number.isSafeInteger(value)) {
    const message = `the number ${written} would be rounded to ${BigInt(value)}`
    report('number-range', node.offset, message, 'Whole numbers are exact up to 9007199254740991.')
  }
}

/** Positions of a text that is right: the tree, which costs ten times as much as the values, is made when asked for. */
function whenAsked(file: string | undefined, text: string, lines: readonly number[]): Positions {
  let root: Node | undefined
  return {
    file,
    text,
    lines,
    get root() {
      root ??= parseTree(text)
      return root
    },
  }
}

/** The value of a text in which nothing is to be reported; undefined where it has to be read with positions. */
function parsedPlain(text: string, keys: number): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    // A key that stands twice is there once.
    return plainKeys(value) === keys ? value : undefined
  } catch {
    return undefined
  }
}

/** How many keys a value has in all; NaN where something in it is to be reported. */
function plainKeys(value: Json): number {
  if (typeof value === 'number')
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) for (const item of value) count += plainKeys(item)
  else
    for (const [key, item] of Object.entries(value)) count += forbiddenKeys.has(key) ? Number.NaN : 1 + plainKeys(item)
  return count
}

/** The offset of the first bracket that is nested too deeply for a recursive reader, or null; how many keys there are. */
function scanned(text: string): { readonly deep: number | null; readonly keys: number } {
  let open = 0
  let keys = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quoted) {
      if (code === 92) at++
      else if (code === 34 || code === 10) quoted = false
    } else if (code === 34) quoted = true
    else if (code === 123 || code === 91) {
      if (++open > mostLevels) return { deep: at, keys }
    } else if (code === 125 || code === 93) open--
    else if (code === 58) keys++
  }
  return { deep: null, keys }
}

const sayings: Record<string, [message: string, hint: string]> = {
  InvalidNumberFormat: ['this is not a number', 'Numbers are written like 10, -1.5 or 2e6.'],
  UnexpectedEndOfNumber: ['a number ends too early', 'A digit belongs after the point or the e.'],
  PropertyNameExpected: ['a key is expected', 'Keys stand in double quotes.'],
  ValueExpected: ['a value is expected', 'Something is missing, or there is one comma too many.'],
  ColonExpected: ['a colon is expected', 'Write "key": value.'],
  CommaExpected: ['a comma is expected', 'Entries are separated by commas.'],
  CloseBraceExpected: ['a } is missing', 'An object is not closed.'],
  CloseBracketExpected: ['a ] is missing', 'A list is not closed.'],
  EndOfFileExpected: ['the end of the file is expected', 'Delete what follows the last }.'],
  InvalidCommentToken: ['comments are not allowed', 'Put the text into a node\'s "note".'],
  UnexpectedEndOfComment: ['comments are not allowed', 'Put the text into a node\'s "note".'],
  UnexpectedEndOfString: ['a text is not closed', 'A " is missing at the end of the line.'],
  InvalidUnicode: ['\\u needs four hexadecimal digits', 'Write \\u00e9, or the character itself.'],
  InvalidEscapeCharacter: ['a backslash is followed by the wrong character', 'A backslash itself is written \\\\.'],
  InvalidCharacter: ['a text holds a control character', 'Write a tab as \\t and a line break as \\n.'],
}

function explain(text: string, { error, offset, length }: ParseError): [message: string, hint: string] {
  const code = printParseErrorCode(error as ParseErrorCode)
  const found = text.slice(offset, offset + Math.min(length || 1, 20))
  if (!text.trim()) return ['the file is empty', 'A pipeline is a JSON object.']
  const trailing = (code === 'PropertyNameExpected' || code === 'ValueExpected') && /,\s*$/.test(text.slice(0, offset))
  if (trailing && /^[}\]]/.test(found)) {
    return [`invalid JSON: a comma stands before ${found[0]}`, 'Delete the comma after the last entry.']
  }
  const quoted = found.startsWith('"') ? found : JSON.stringify(found)
  const what = found.trim() ? `, found ${quoted}` : ''
  if (code === 'InvalidSymbol' && found.startsWith("'")) {
    return [`invalid JSON${what}`, 'Texts stand in double quotes.']
  }
  const [message, hint] = sayings[code] ?? ['this is no JSON value', 'Texts stand in double quotes.']
  return [`invalid JSON: ${message}${what}`, hint]
}
