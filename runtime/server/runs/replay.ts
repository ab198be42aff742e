import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ReplayQuestion, RunView } from '../api/runs.ts'
import { alone, begin, refuseOutside } from './begin.ts'
import { handOver } from './handover.ts'
import type { RunParts } from './parts.ts'
import { refuse } from './refusal.ts'

/** A command line takes no longer words. */
const longestWord = 100_000

/** Runs a run's rejected rows again in a process of its own, mended ones with their new values. */
export async function beginReplay(parts: RunParts, run: RunView, asked: ReplayQuestion): Promise<RunView> {
  const { rows, raw, values, draft } = asked
  const places = rows === undefined ? [] : ['--rows', placesText(rows)]
  return await alone(parts, run.file, async (signal) => {
    await refuseOutside(parts, run, draft)
    const given: string[] = []
    const flag = (name: string, text: string, what: string) => {
      const path = handOver(parts.context.state, run.file, text, what)
      given.push(path)
      return [name, path]
    }
    try {
      const mended = raw || values ? flag('--mend', JSON.stringify({ raw, values }), 'The rows cannot be mended') : []
      const drafted = draft === undefined ? [] : flag('--draft', draft, 'The draft cannot be run')
      const args = ['replay', run.folder, ...places, ...mended, ...drafted]
      return await begin(parts, dirname(run.file), args, signal)
    } finally {
      for (const path of given) rmSync(path, { force: true })
    }
  })
}

/** `0,3-5` */
function placesText(rows: readonly number[]): string {
  const sorted = [...new Set(rows)].sort((a, b) => a - b)
  const ranges: [first: number, last: number][] = []
  for (const row of sorted) {
    const range = ranges.at(-1)
    if (range && range[1] === row - 1) range[1] = row
    else ranges.push([row, row])
  }
  const text = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',')
  if (text === '') return refuse({ error: 'No row is chosen.', hint: 'Choose the rows that are to be run again.' })
  if (text.length <= longestWord) return text
  return refuse({ error: `${sorted.length} rows are chosen one by one.`, hint: 'Choose fewer, or run all of them.' })
}
