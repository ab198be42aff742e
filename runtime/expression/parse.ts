import { createRequire } from 'node:module'
import type { ASTNode, ParseError } from '@marcbachmann/cel-js'

/** The parsed text: CEL's nodes, and the names in backticks by the place where they start. */
export interface Parsed {
  readonly root: ASTNode
  readonly quoted: ReadonlyMap<number, string>
}

/** Something wrong in an expression's text, at characters `start` to `end`. */
export class ExpressionFault extends Error {
  readonly code: string
  readonly start: number
  readonly end: number

  constructor(code: string, message: string, place: { readonly start: number; readonly end: number }) {
    super(message)
    this.code = code
    this.start = place.start
    this.end = place.end
  }
}

/** Bounds that no honest expression meets, so that a hostile one is an error and neither a hang nor a full stack. */
export const limits = { characters: 65_536, nodes: 20_000, depth: 1_000, items: 10_000 }

/**
 * Parses CEL. cel-js is used for its grammar alone: its checker has no widths of numbers, decimals, structs or nulls,
 * so the types are ours (`check.ts`). Loaded at the first expression: its import takes about 25 ms.
 */
export function parse(text: string): Parsed {
  const whole = { start: 0, end: text.length }
  if (text.length > limits.characters) {
    const message = `The expression has ${text.length} characters; at most ${limits.characters} are allowed.`
    throw new ExpressionFault('expression-too-large', message, whole)
  }
  if (text.trim() === '') throw new ExpressionFault('syntax', 'The expression is empty.', whole)
  const { plain, quoted } = hideQuotedNames(text)
  let root: ASTNode
  try {
    root = environment().parse(plain).ast
  } catch (error) {
    throw explain(error, text)
  }
  refuseDepth(root, whole)
  return { root, quoted }
}

type Cel = typeof import('@marcbachmann/cel-js')
let loaded: InstanceType<Cel['Environment']> | undefined

function environment(): InstanceType<Cel['Environment']> {
  if (!loaded) {
    const { Environment } = createRequire(import.meta.url)('@marcbachmann/cel-js') as Cel
    // Every parenthesis and index is a level of the parser's own stack, about eight calls deep.
    const bounds = { maxAstNodes: limits.nodes, maxDepth: 200, maxListElements: limits.items, maxCallArguments: 100 }
    loaded = new Environment({ limits: bounds })
  }
  return loaded
}

const token = /\/\/[^\n]*|`[^`]*`|("""|'''|"|')|[^"'`/]+|[\s\S]/g

/**
 * Replaces `any name` in backticks by an identifier of the same length, so that every position stays; what it stands
 * for is looked up by its place. Strings and comments are left alone.
 */
function hideQuotedNames(text: string): { plain: string; quoted: Map<number, string> } {
  const quoted = new Map<number, string>()
  if (!text.includes('`')) return { plain: text, quoted }
  let plain = ''
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const [found, quote] = token.exec(text) as RegExpExecArray
    const start = plain.length
    if (quote) {
      const end = endOfString(text, token.lastIndex, quote)
      plain += text.slice(start, end)
      token.lastIndex = end
    } else if (found.length > 1 && found.startsWith('`')) {
      const next = text[start + found.length] ?? ''
      if (/[\w`]/.test(next) || /\w$/.test(plain)) {
        const place = { start, end: start + found.length }
        throw new ExpressionFault('syntax', `An operator is missing beside ${found}.`, place)
      }
      quoted.set(start, found.slice(1, -1))
      plain += '_'.repeat(found.length)
    } else {
      plain += found
    }
  }
  return { plain, quoted }
}

function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text.startsWith(quote, at)) return at + quote.length
  }
  return text.length
}

const words: Record<string, string> = {
  EOF: 'the end',
  IDENTIFIER: 'a name',
  RPAREN: '")"',
  LPAREN: '"("',
  RBRACKET: '"]"',
  LBRACKET: '"["',
  RBRACE: '"}"',
  LBRACE: '"{"',
  COMMA: '","',
  COLON: '":"',
  QUESTION: '"?"',
  DOT: '"."',
  IN: '"in"',
  NUMBER: 'a number',
  STRING: 'a string',
}

function explain(error: unknown, text: string): ExpressionFault {
  const whole = { start: 0, end: text.length }
  if (error instanceof RangeError) return new ExpressionFault('expression-too-large', tooDeep, whole)
  const { code, summary, range = whole } = error as ParseError
  const said = (summary ?? String(error)).replace(/\b[A-Z]{2,}\b/g, (word) => words[word] ?? word)
  const found = text.slice(range.start, range.start + 1)
  const place = { start: range.start, end: Math.min(Math.max(range.end, range.start), text.length) }
  if (code === 'limit_exceeded') return new ExpressionFault('expression-too-large', `${said}: ${tooDeep}`, place)
  return new ExpressionFault('syntax', `${said}${adviceFor(code, found)}.`, place)
}

const tooDeep = 'The expression is too large or nested too deeply'

function adviceFor(code: string | undefined, found: string): string {
  if (found === '=') return '; to compare, write =='
  if (found === '&' || found === '|') return `; write ${found}${found}`
  if (found === '`') return '; a name in backticks is not closed'
  if (code === 'reserved_identifier') return '; a column of that name is written in backticks'
  if (code === 'unexpected_character' && found > '\x7f')
    return '; a column whose name is not made of ASCII letters, digits and _ is written in backticks'
  return ''
}

/** Counts the levels without recursion: a chain of thousands of operators is a tree as deep. */
function refuseDepth(root: ASTNode, place: { start: number; end: number }): void {
  let level: ASTNode[] = [root]
  for (let depth = 0; level.length; depth++) {
    if (depth > limits.depth) {
      const message = `The expression is nested ${limits.depth} levels deep or more; use "in" with a list for long chains.`
      throw new ExpressionFault('expression-too-large', message, place)
    }
    level = level.flatMap(childrenOf)
  }
}

function childrenOf(node: ASTNode): ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return []
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args]
  // Arguments lie in a list of their own, and a map's entries in pairs; everything that has an `op` is a node.
  return args.flat(2).filter((arg): arg is ASTNode => typeof arg === 'object' && arg !== null && 'op' in arg)
}
