import { runNames } from './constants.ts'

/** A column that an expression names, and where: characters from 0, half open. */
export interface ColumnName {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * The columns that an expression names, in the order of its text: plain, in backticks, or as `row["…"]`. By the grammar's
 * tokens alone, so that it also works in the browser and in a text that does not parse yet.
 */
export function columnsIn(text: string): ColumnName[] {
  const tokens = tokensOf(text)
  const found: ColumnName[] = []
  for (let i = 0; i < tokens.length; i++) {
    const { kind, start, end } = tokens[i] as Token
    const [before, after] = [tokens[i - 1], tokens[i + 1]]
    if (before?.kind === '.' || (kind !== 'word' && kind !== 'quoted')) continue
    const word = text.slice(start, end)
    if (kind === 'quoted') {
      found.push({ name: word.slice(1, -1), start, end })
      continue
    }
    if (after?.kind === '(' || constants.has(word)) continue
    const [key, close] = [tokens[i + 2], tokens[i + 3]]
    if (key && isGiven(word, after?.kind, key.kind, text.slice(key.start, key.end))) {
      i += 2
      continue
    }
    if (word === 'row' && after?.kind === '[' && key?.kind === 'string' && close?.kind === ']') {
      const name = textOf(text.slice(key.start, key.end))
      if (name !== null) found.push({ name, start, end: close.end })
      i += 3
    } else found.push({ name: word, start, end })
  }
  return found
}

/** `param.day`, `param["day"]`, `run.id`: what the run is given, and no column. */
function isGiven(word: string, after: string | undefined, key: string, name: string): boolean {
  if (after === '.' ? key !== 'word' && key !== 'quoted' : after !== '[' || key !== 'string') return false
  return word === 'param' || (word === 'run' && runNames.has(after === '[' ? (textOf(name) ?? '') : name))
}

/** The expression with one column's name in place of another, written as it was where that is possible. */
export function renameColumn(text: string, from: string, to: string): string {
  let result = text
  for (const { name, start, end } of columnsIn(text).reverse()) {
    if (name === from) result = result.slice(0, start) + columnText(to, text.slice(start, end)) + result.slice(end)
  }
  return result
}

/** The expression with one parameter's name in place of another: `param.day`, `param["day"]`. */
export function renameGiven(text: string, from: string, to: string): string {
  const tokens = tokensOf(text)
  let result = text
  for (let i = tokens.length - 3; i >= 0; i--) {
    const [object, link, key] = tokens.slice(i, i + 3) as [Token, Token, Token]
    if (text.slice(object.start, object.end) !== 'param' || tokens[i - 1]?.kind === '.') continue
    const written = text.slice(key.start, key.end)
    const name = link.kind === '[' ? textOf(written) : key.kind === 'quoted' ? written.slice(1, -1) : written
    if (name !== from || !isGiven('param', link.kind, key.kind, written)) continue
    const end = link.kind === '[' ? (tokens[i + 3]?.end ?? key.end) : key.end
    const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(to)
    result = `${result.slice(0, object.start)}param${plain ? `.${to}` : `[${JSON.stringify(to)}]`}${result.slice(end)}`
  }
  return result
}

/** A column as an expression names it: `price`, `` `net price` `` or `row["…"]`; `like` is how another was written. */
export function columnText(name: string, like = ''): string {
  const quotable = name !== '' && !/[`\n]/.test(name)
  if (like.startsWith('row') && like.endsWith(']')) return `row[${JSON.stringify(name)}]`
  if (like.startsWith('`') && quotable) return `\`${name}\``
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name) && !constants.has(name)) return name
  return quotable ? `\`${name}\`` : `row[${JSON.stringify(name)}]`
}

const constants = new Set(['true', 'false', 'null', 'in'])

/** Words that cel-js keeps for itself, and `row`, which could be taken for the whole row. */
const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while row __proto__ prototype'.split(
    ' ',
  ),
)

interface Token {
  readonly kind: string
  readonly start: number
  readonly end: number
}

const forms: readonly (readonly [kind: string, form: RegExp])[] = [
  ['', /(?:[ \t\r\n\f\v]+|\/\/[^\n]*)/y],
  [
    'string',
    /[rRbB]{0,2}(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y,
  ],
  ['quoted', /`[^`]+`/y],
  ['number', /[0-9](?:[\w]|\.[0-9]|(?<=[eE])[+-])*/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
]

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const [kind, end] = tokenAt(text, at)
    if (kind) tokens.push({ kind, start: at, end })
    at = end
  }
  return tokens
}

function tokenAt(text: string, at: number): [kind: string, end: number] {
  for (const [kind, form] of forms) {
    form.lastIndex = at
    if (form.test(text)) return [kind, form.lastIndex]
  }
  return [text[at] as string, at + 1]
}

/** A string's value; null where it has escapes that JSON does not know. */
function textOf(literal: string): string | null {
  const [, raw = '', quote = '', inner = ''] = /^([rRbB]*)("""|'''|"|')([\s\S]*)\2$/.exec(literal) ?? []
  if (/[bB]/.test(raw) || !quote) return null
  if (raw || !inner.includes('\\')) return inner
  try {
    const text = inner.replace(/\\'/g, "'").replace(/(?<!\\)"/g, '\\"')
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}
