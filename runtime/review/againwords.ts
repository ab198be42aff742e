import { code } from './markdown.ts'
import type { Review } from './model.ts'

/** What a run does again, in words. */
export function againLines({ again, settings, params }: Review): string {
  const { from, nodes, same, stored, models, otherModels, asks, resumes } = again
  const list = (ids: readonly string[]) => ids.map(code).join(', ')
  const lines: string[] = []
  if (nodes.length === 0 && stored.length === 0) {
    lines.push(
      `**To be run again: nothing.** The rows, and where they are stored, stay the same.${settings.length || params.length ? ' The settings of the run count from the next run on.' : ''}`,
    )
  } else if (nodes.length === 0)
    lines.push(`**To be run again: only what is stored, by ${list(stored)}.** The rows that come there stay the same.`)
  else {
    const start = from.length ? ` from ${list(from)} on` : ''
    lines.push(
      `**To be run again: all rows${start}.** Other rows: ${list(nodes)}.${same.length ? ` The same: ${list(same)}.` : ''}`,
    )
    if (stored.length) lines.push(`- stored otherwise, the rows being the same: ${list(stored)}`)
  }
  if (otherModels.length)
    lines.push(`- ${list(otherModels)}: another model; a table refuses its vectors beside those of the old one`)
  const again2 = models.filter((id) => !otherModels.includes(id))
  if (again2.length) lines.push(`- ${list(again2)}: the model runs again over all its rows`)
  if (asks.length)
    lines.push(`- ${code('headrace run --new')} asks for ${code('--accept')}, or for a full run: ${asks.join('; ')}`)
  if (!resumes) lines.push('- an unfinished run of the old version cannot go on')
  return lines.length > 1 ? `${lines[0]}\n\n${lines.slice(1).join('\n')}` : (lines[0] as string)
}
