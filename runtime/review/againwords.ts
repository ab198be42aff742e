import { code } from './code.ts'
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
    const start =
      from.length > 0
        ? `all rows from ${list(from)} on.** Other rows: ${list(nodes)}.`
        : `what ${list(nodes)} stores.** Other rows come there.`
    lines.push(`**To be run again: ${start}${same.length ? ` The same: ${list(same)}.` : ''}`)
    if (stored.length) lines.push(`- stored otherwise, the rows being the same: ${list(stored)}`)
  }
  if (otherModels.length)
    lines.push(`- ${list(otherModels)}: another model; a table refuses its vectors beside those of the old one`)
  const sameModels = models.filter((id) => !otherModels.includes(id))
  if (sameModels.length) lines.push(`- ${list(sameModels)}: the model runs again over all its rows`)
  if (asks.length)
    lines.push(`- ${code('headrace run --new')} asks for ${code('--accept')}, or for a full run: ${asks.join('; ')}`)
  if (!resumes) lines.push('- an unfinished run of the old version cannot go on')
  return lines.length > 1 ? `${lines[0]}\n\n${lines.slice(1).join('\n')}` : (lines[0] as string)
}
