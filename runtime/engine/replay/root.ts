import { join } from 'node:path'
import type { ReplayQuestion } from '../../server/api/runs.ts'
import { letterLines } from '../deadletters-reader.ts'
import { type RunSummary, summarise } from '../runfolder.ts'
import { keyOf } from './settle.ts'

/** The run that first rejected the rows of a replay: it keeps them. */
export function rootOf(run: RunSummary): RunSummary {
  return run.run.replayOf === null ? run : rootOf(summarise(join(run.path, '..', run.run.replayOf)))
}

/**
 * What was asked of a replay's own rejected rows, in the places that they have in the file of the run that first
 * rejected them; null where none of them is there any more.
 */
export async function originalPlaces(
  { rows, raw = {}, values = {} }: ReplayQuestion,
  replay: string,
  original: string,
): Promise<ReplayQuestion | null> {
  const wanted = rows && new Set(rows)
  const own = new Map<string, number>()
  for await (const { index, text } of letterLines(replay)) if (wanted?.has(index) ?? true) own.set(keyOf(text), index)
  const found: [place: number, own: number][] = []
  for await (const { index, text } of letterLines(original)) {
    const at = own.get(keyOf(text))
    if (at !== undefined) found.push([index, at])
  }
  if (found.length === 0) return null
  const moved = <T>(given: { readonly [index: string]: T }) =>
    Object.fromEntries(found.flatMap(([place, at]) => (given[at] === undefined ? [] : [[String(place), given[at]]])))
  return { rows: found.map(([place]) => place), raw: moved(raw), values: moved(values) }
}
