import type { Problem } from './problem.ts'

/** A problem for people: one line, or two where the advice makes it long. */
export function printProblem({ severity, code, message, hint, place }: Problem): string {
  const { node, setting, file, line, position } = place
  const about = node && !message.startsWith(`${node} `) ? `${node}: ` : ''
  const named = setting && !message.includes(setting) ? setting : ''
  const asks = /[?!]$/.test(message)
  const ending = asks ? (named ? ` (setting ${named})` : '') : named ? ` in setting ${named}.` : '.'
  const what = `${severity}: ${about}${message.replace(/\.$/, '')}${ending}`
  const spot = line === undefined ? '' : `:${line}${position === undefined ? '' : `:${position}`}`
  const where = `${file ?? (line === undefined ? '' : 'line')}${spot}`
  const tail = `${where ? `  ${where}` : ''}  (${code})`
  if (!hint) return what + tail
  const whole = `${what} ${hint}${tail}`
  return whole.length <= 160 ? whole : `${what}${tail}\n  ${hint}`
}
