import { type Shrunk, shrink } from './shrink.ts'
import { type Outcome, simulate } from './simulate.ts'

export interface Found {
  readonly seeds: number
  readonly first: number
  readonly starts: number
  readonly events: number
  readonly splits: number
  readonly seconds: number
  /** Of the processor: less where other processes take turns. */
  readonly atWork: number
  readonly failures: readonly { readonly seed: number; readonly words: string }[]
}

export interface Search {
  /** How long new seeds are taken. */
  readonly seconds: number
  /** So many are taken however slow the machine is. */
  readonly least: number
  readonly first?: number
}

/** Takes seeds one after the other until the time is up; HEADRACE_SEED takes one alone and tells its story. */
export async function searchSeeds({ seconds, least, first = 1 }: Search): Promise<Found> {
  const only = process.env['HEADRACE_SEED']
  const started = performance.now()
  const before = process.cpuUsage()
  const failures: { seed: number; words: string }[] = []
  let [seeds, starts, events, splits] = [0, 0, 0, 0]
  const take = async (seed: number) => {
    const outcome = await simulate(seed, only ? { note: (line) => console.log(line) } : {})
    seeds++
    starts += outcome.starts
    events += outcome.events
    splits += outcome.splits
    if (outcome.wrong) failures.push({ seed, words: inWords(outcome, await shrink(outcome)) })
  }
  if (only) await take(Number(only))
  else
    for (let seed = first; failures.length < 3; seed++) {
      if (seeds >= least && performance.now() - started > seconds * 1000) break
      await take(seed)
    }
  const { user, system } = process.cpuUsage(before)
  const spent = { seconds: (performance.now() - started) / 1000, atWork: (user + system) / 1e6 }
  return { seeds, first, starts, events, splits, ...spent, failures }
}

function inWords({ seed, wrong }: Outcome, shrunk: Shrunk): string {
  return `seed ${seed}: ${wrong}\nAgain, with its story: HEADRACE_SEED=${seed} npm run simulate\nSmallest that still fails: ${shrunk.words}`
}

/** The counts of a search, in one line. */
export function report({ seeds, first, starts, events, splits, seconds, atWork }: Found): string {
  const each = (time: number) => ((time / Math.max(1, seeds)) * 1000).toFixed(1)
  return `simulated ${seeds} seeds from ${first} on in ${seconds.toFixed(0)} s (${each(seconds)} ms each, ${each(atWork)} of the processor's): ${starts} starts of a process, ${splits} parts, ${events} events`
}
