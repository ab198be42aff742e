import type { Bug } from './bugs.ts'
import { simulate } from './simulate.ts'

/** The first seed that shows a planted bug; null where none of so many does. */
export async function hunt(bug: Bug, seeds: number): Promise<{ readonly seed: number; readonly wrong: string } | null> {
  for (let seed = 1; seed <= seeds; seed++) {
    const { wrong } = await simulate(seed, { parts: bug.parts })
    if (wrong) return { seed, wrong: wrong.split('\n', 1)[0] as string }
  }
  return null
}
