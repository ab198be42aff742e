import { HeadraceError, type Problem } from '@headrace/runtime'
import { Finding } from './target.ts'

/** Words of JavaScript's and the platform's own exceptions: where a user reads them nobody has thought of the case. */
const native =
  /Cannot (read|set|convert|mix|destructure|perform|use 'in')|is not (a function|iterable|a constructor|defined)|Invalid (array length|typed array length|string length|count value|time value|regular expression)|Maximum call stack|Array buffer allocation|out of memory|unreachable|memory access out of bounds|outside (the|buffer) bounds|ERR_[A-Z_]+|is not valid JSON|Unexpected end of JSON|must be of type|It must be >=|\[object Object\]|NaN-NaN|panicked at/

/** Throws a Finding where a message is not made for people. */
export function mustBeClear(code: string, message: string): void {
  if (code === 'node-fault') throw new Finding(`a node threw at check: ${message}`)
  if (message.trim() === '') throw new Finding(`the error ${code} says nothing`)
  if (message.length > 100_000) throw new Finding(`the error ${code} has ${message.length} characters`)
  // What is quoted is the input's own.
  const [words] = native.exec(message.replace(/"[^"]*"/g, '""')) ?? []
  if (words) throw new Finding(`the error ${code} has a native message, ${words}: ${message}`)
}

/** The ending of a refusal by problems; each must be clear and have a place. */
export function refusedBy(problems: readonly Problem[]): string {
  for (const { code, message } of problems) mustBeClear(code, message)
  return `refused: ${problems[0]?.code ?? 'nothing'}`
}

/** The ending that a thrown error is, where it is one clear error; anything else is thrown again: a finding. */
export function endingOf(error: unknown): string {
  if (!(error instanceof HeadraceError)) throw error
  mustBeClear(error.code, error.message)
  return `refused: ${error.code}`
}

/** What tells findings apart: the error's kind, its message without numbers and quoted parts, the place it came from. */
export function signatureOf(error: unknown): string {
  const { name, message, stack = '' } = error instanceof Error ? error : { name: 'thrown', message: String(error) }
  // A native message tells findings apart by its words, not by what of the input is in it.
  const plain = message
    .replace(/(has a native message, [^:]*):.*/s, '$1')
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"')
    .replace(/\d+/g, '0')
    .slice(0, 120)
  const frames = stack.split('\n').filter((line) => /\/(runtime|nodes)\//.test(line) && !line.includes('/test/fuzz/'))
  const place = /((?:runtime|nodes)\/[^)]*?):\d+\)?$/.exec(frames[0] ?? '')?.[1] ?? ''
  return `${name}: ${plain} ${place}`.trim()
}
