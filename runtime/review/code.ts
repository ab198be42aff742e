/** Text as code, whatever it holds. */
export function code(text: string): string {
  const ticks = text.includes('`') ? '``' : '`'
  const pad = ticks.length > 1 ? ' ' : ''
  return `${ticks}${pad}${text}${pad}${ticks}`
}
