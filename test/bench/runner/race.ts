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

/**
 * Lets whole processes take turns at the same work, and compares what they wrote. With `quarters`, the same racers with
 * a quarter of the rows, each goes over these too in its turn: what three quarters of the rows take without starting
 * and ending is `more.steady`.
 */
export async function race(
  { quick, repeats, say }: Pick<Setting, 'quick' | 'repeats' | 'say'>,
  baseline: string,
  racers: readonly Racer[],
  quarters: readonly Racer[] = [],
): Promise<Standing[]> {
  const contenders = racers.map((racer, i): Contender => {
    const quarter = quarters[i]
    return {
      name: racer.name,
      run: async () => {
        const whole = await go(racer)
        const part = quarter && (await go(quarter))
        say(`${racer.name}: ${whole.seconds.toFixed(2)} s${part ? `, a quarter ${part.seconds.toFixed(2)} s` : ''}`)
        const { peak, cpu } = whole
        const steady = part && { steady: Math.max(0, whole.seconds - part.seconds) }
        return {
          seconds: whole.seconds,
          result: part ? `${whole.result}; a quarter: ${part.result}` : whole.result,
          more: { peak, cpu, ...steady },
        }
      },
    }
  })
  return await contest({ baseline, repeats: repeats ?? (quick ? 2 : 5), contenders })
}

/** Runs a racer once, from nothing. */
export async function go({ start, result, leaves }: Racer): Promise<Ended & { result: string }> {
  for (const path of leaves) rmSync(path, { recursive: true, force: true })
  const ended = await start()
  return { ...ended, result: await result() }
}

/** The heads of what `raceCells` gives, behind the name. */
export const raceHead = (baseline: string): string[] => ['time', `against ${baseline}`, 'processor time', 'peak memory']

/** A standing's cells behind its name. */
export function raceCells({ seconds: taken, ratio: against, more: { peak, cpu } }: Standing): string[] {
  const known = (spread: Spread | undefined, print: (of: Spread) => string) => (spread?.median ? print(spread) : '')
  return [seconds(taken), ratio(against), known(cpu, seconds), known(peak, megabytes)]
}

/** Millions of rows a second between a quarter of the rows and all: the speed without starting and ending. */
export function steadyCell({ more: { steady } }: Standing, rows: number): string {
  if (!steady) return ''
  const speed = (time: number) => ((rows * 0.75) / time / 1e6).toFixed(2)
  return steady.least > 0 ? `${speed(steady.median)} (${speed(steady.most)}–${speed(steady.least)}) M/s` : 'too short'
}
