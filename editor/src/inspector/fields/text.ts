import { words } from '../words.ts'

/** A value as the text of an input. */
export const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** A cleared text takes the setting away, unless that would bring a default back that is not what is seen. */
export const afterTyping = (text: string, fallback: unknown): string | undefined =>
  text === '' && (fallback === undefined || fallback === '') ? undefined : text

/** Whether a text is written as a number in the file. */
export const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)

/** Says what cannot be seen in a text. */
export function noteOf(text: string): string | null {
  if (text.includes('\t')) return words.holds.tab
  if (text.includes('\n')) return words.holds.line
  return text !== '' && text.trim() === '' ? words.holds.blank : null
}
