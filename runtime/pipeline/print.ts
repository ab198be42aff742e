import type { Problem } from './problem.ts'

/** A problem for people: one line, or two where the advice makes it long. */
export function printProblem({ severity, code, message, hint, place }: Problem): string {
  const { node, setting, file, line, position } = place
  const named = setting && !message.includes(setting) ? ` in setting ${setting}` : ''
  const about = node && !message.startsWith(`${node} `) ? `${node}: ` : ''
  const what = `${severity}: ${about}${message.replace(/\.$/, '')}${named}.`
  const spot = line === undefined ? '' : `:${line}${position === undefined ? '' : `:${position}`}`
  const where = `${file ?? (line === undefined ? '' : 'line')}${spot}`
  const tail = `${where ? `  ${where}` : ''}  (${code})`
  if (!hint) return what + tail
  const whole = `${what} ${hint}${tail}`
  return whole.length <= 160 ? whole : `${what}${tail}\n  ${hint}`
}
