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

/** Lets contenders take turns, each round in another order, and compares within rounds: what disturbs one disturbs all. */
export async function contest({
  contenders,
  baseline,
  repeats,
  warmups = 1,
  inOrder = false,
}: Contest): Promise<Standing[]> {
  const rounds: Map<string, Outcome>[] = []
  let expected: { readonly by: string; readonly result: string } | undefined
  for (let round = -warmups; round < repeats; round++) {
    const outcomes = new Map<string, Outcome>()
    for (let turn = 0; turn < contenders.length; turn++) {
      const first = inOrder ? 0 : round + warmups
      const { name, run } = contenders[(first + turn) % contenders.length] as Contender
      const outcome = await run()
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
  return contenders.map(({ name }) => {
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
