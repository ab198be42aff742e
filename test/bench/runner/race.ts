import { rmSync } from 'node:fs'
import { type Contender, contest, type Spread, type Standing } from './contest.ts'
import type { Setting } from './measure.ts'
import { megabytes, ratio, seconds } from './print.ts'
import type { Ended } from './process.ts'

/** A whole process that does the work of a benchmark, and what it leaves. */
export interface Racer {
  readonly name: string
  readonly start: () => Promise<Ended>
  /** Digest of what it wrote. */
  readonly result: () => Promise<string>
  /** Removed before each go. */
  readonly leaves: readonly string[]
}

/** Lets whole processes take turns at the same work, and compares what they wrote. */
export async function race(
  { quick, repeats, say }: Setting,
  baseline: string,
  racers: readonly Racer[],
): Promise<Standing[]> {
  const contenders = racers.map(
    ({ name, start, result, leaves }): Contender => ({
      name,
      run: async () => {
        for (const path of leaves) rmSync(path, { recursive: true, force: true })
        const { seconds: taken, peak, cpu } = await start()
        say(`${name}: ${taken.toFixed(2)} s`)
        return { seconds: taken, result: await result(), more: { peak, cpu } }
      },
    }),
  )
  return await contest({ baseline, repeats: repeats ?? (quick ? 2 : 5), contenders })
}

/** The heads of what `raceCells` gives, behind the name. */
export const raceHead = (baseline: string): string[] => ['time', `against ${baseline}`, 'processor time', 'peak memory']

/** A standing's cells behind its name. */
export function raceCells({ seconds: taken, ratio: against, more: { peak, cpu } }: Standing): string[] {
  const known = (spread: Spread | undefined, print: (of: Spread) => string) => (spread?.median ? print(spread) : '')
  return [seconds(taken), ratio(against), known(cpu, seconds), known(peak, megabytes)]
}
