import { StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language'
import { tagHighlighter, tags } from '@lezer/highlight'

const language = StreamLanguage.define({ token: read, startState: () => null })

const highlighter = tagHighlighter([
  { tag: tags.propertyName, class: 'json-key' },
  { tag: tags.string, class: 'json-text' },
  { tag: tags.number, class: 'json-number' },
  { tag: tags.keyword, class: 'json-word' },
])

/** The colours of JSON: keys, texts, numbers, words. */
export const jsonColours = [language, syntaxHighlighting(highlighter)]

const rules: readonly (readonly [RegExp, string | null])[] = [
  [/^"(?:[^"\\]|\\.)*"(?=\s*:)/, 'propertyName'],
  [/^"(?:[^"\\]|\\.)*"?/, 'string'],
  [/^-?[0-9][0-9.eE+-]*/, 'number'],
  [/^(?:true|false|null)\b/, 'keyword'],
]

function read(stream: StringStream): string | null {
  if (stream.eatSpace()) return null
  for (const [pattern, name] of rules) if (stream.match(pattern)) return name
  stream.next()
  return null
}
