/** With more pairs of equal items nothing is looked for: each list is one that says nothing but the same. */
const mostPairs = 4_000_000

/**
 * The longest common subsequence of two lists, as pairs of places. Hunt and Szymanski's way (1977): quick where most
 * items are unlike one another, as edges and lines are.
 */
export function commonSubsequence(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const places = Map.groupBy(b.keys(), (at) => b[at] as string)
  if (a.reduce((sum, item) => sum + (places.get(item)?.length ?? 0), 0) > mostPairs) return []
  interface Link {
    readonly at: readonly [number, number]
    readonly before: Link | undefined
  }
  /** By length, the chain that ends at the earliest place of `b`. */
  const chains: Link[] = []
  for (const [i, item] of a.entries()) {
    for (const j of places.get(item)?.toReversed() ?? []) {
      const length = firstFrom(chains, ({ at }) => at[1] >= j)
      chains[length] = { at: [i, j], before: chains[length - 1] }
    }
  }
  const pairs: (readonly [number, number])[] = []
  for (let link = chains.at(-1); link; link = link.before) pairs.unshift(link.at)
  return pairs
}

/** The first place of a sorted list from which on something holds. */
function firstFrom<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(list[middle] as T)) high = middle
    else low = middle + 1
  }
  return low
}
