import { StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language'
import { tagHighlighter, tags } from '@lezer/highlight'

/** The colours of an expression: texts, numbers, words of the language, functions, columns. */
const language = StreamLanguage.define({ token: read, startState: () => null })

const highlighter = tagHighlighter([
  { tag: tags.string, class: 'cel-text' },
  { tag: tags.number, class: 'cel-number' },
  { tag: tags.keyword, class: 'cel-word' },
  { tag: [tags.macroName, tags.standard(tags.name), tags.typeName], class: 'cel-function' },
  { tag: [tags.bool, tags.null], class: 'cel-word' },
  { tag: tags.variableName, class: 'cel-name' },
  { tag: tags.operator, class: 'cel-operator' },
  { tag: tags.comment, class: 'cel-comment' },
])

/** The colours of code, whatever the language. */
export const colours = syntaxHighlighting(highlighter)

export const highlighted = [language, colours]

const rules: readonly (readonly [RegExp, string | null])[] = [
  [/^\/\/.*/, 'comment'],
  [/^[rb]?"(?:[^"\\]|\\.)*"?/, 'string'],
  [/^[rb]?'(?:[^'\\]|\\.)*'?/, 'string'],
  [/^`[^`]*`?/, 'variableName'],
  [/^(0x[0-9a-f]+|\d+(\.\d+)?(e[-+]?\d+)?)u?/i, 'number'],
  [/^(true|false|null|in)\b/, 'keyword'],
  [/^[\p{L}_][\p{L}\p{N}_]*(?=\s*\()/u, 'macroName'],
  [/^[\p{L}_][\p{L}\p{N}_]*/u, 'variableName'],
  [/^[-+*/%<>=!&|?:]+/, 'operator'],
]

function read(stream: StringStream): string | null {
  if (stream.eatSpace()) return null
  for (const [pattern, name] of rules) if (stream.match(pattern)) return name
  stream.next()
  return null
}
