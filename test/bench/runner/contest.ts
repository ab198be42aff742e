import { ProcessFailed } from './process.ts'

/** One go of a contender: how long it took, and what came out of it, so that equal work can be shown. */
export interface Outcome {
  readonly seconds: number
  /** A digest of the result; contenders whose digests differ fail the benchmark. */
  readonly result: string
  /** Anything else that was measured: `peak` bytes, `cpu` seconds, … */
  readonly more?: { readonly [name: string]: number }
}

export interface Contender {
  readonly name: string
  readonly run: () => Promise<Outcome>
}

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** A contender after all rounds; its ratio is its time over the baseline's in the same round. */
export interface Standing {
  readonly name: string
  readonly seconds: Spread
  readonly ratio: Spread
  /** Seconds of each round. */
  readonly rounds: readonly number[]
  readonly more: { readonly [name: string]: Spread }
}

export interface Contest {
  readonly contenders: readonly Contender[]
  /** The contender that the others are compared with. */
  readonly baseline: string
  readonly repeats: number
  readonly warmups?: number
  /** For contenders that need what the one before them left: every round in the order given. */
  readonly inOrder?: boolean
}

/**
 * Lets contenders take turns, each round in another order, and compares within rounds: what disturbs one disturbs all.
 * One of the others whose process fails takes no further part, and is said to have none.
 */
export async function contest({
  contenders,
  baseline,
  repeats,
  warmups = 1,
  inOrder = false,
}: Contest): Promise<Standing[]> {
  const rounds: Map<string, Outcome>[] = []
  let expected: { readonly by: string; readonly result: string } | undefined
  let left = contenders
  for (let round = -warmups; round < repeats; round++) {
    const outcomes = new Map<string, Outcome>()
    const first = inOrder ? 0 : (round + warmups) % left.length
    for (const { name, run } of [...left.slice(first), ...left.slice(0, first)]) {
      const outcome = await run().catch((error: unknown) => {
        if (!(error instanceof ProcessFailed) || name === baseline || name.startsWith('Headrace')) throw error
        process.stderr.write(`  ${name} fails and takes no further part: ${error.message}\n`)
        return null
      })
      if (!outcome) {
        left = left.filter((one) => one.name !== name)
        continue
      }
      expected ??= { by: name, result: outcome.result }
      if (outcome.result !== expected.result) {
        throw new Error(
          `${name} came to ${outcome.result}, ${expected.by} to ${expected.result}: they do not do the same`,
        )
      }
      outcomes.set(name, outcome)
    }
    if (round >= 0) rounds.push(outcomes)
  }
  const of = (name: string) => rounds.map((outcomes) => outcomes.get(name) as Outcome)
  const base = of(baseline)
  return left.map(({ name }) => {
    const own = of(name)
    const measured = Object.keys(own[0]?.more ?? {})
    return {
      name,
      seconds: spread(own.map(({ seconds }) => seconds)),
      ratio: spread(own.map(({ seconds }, i) => seconds / (base[i] as Outcome).seconds)),
      rounds: own.map(({ seconds }) => seconds),
      more: Object.fromEntries(measured.map((key) => [key, spread(own.map(({ more }) => more?.[key] as number))])),
    }
  })
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  const median = sorted.length % 2 ? upper : ((sorted[middle - 1] as number) + upper) / 2
  return { median, least: sorted[0] as number, most: sorted.at(-1) as number }
}
