/** A row that is expected and one that was found, by their places; one of them alone is missing, or too many. */
export interface Pair {
  readonly expected?: number
  readonly found?: number
  readonly same: boolean
}

/** How two lists of rows are compared: whether two rows are the same, and how many of their values are. */
export interface Likeness {
  readonly same: (expected: number, found: number) => boolean
  readonly alike: (expected: number, found: number) => number
}

/** With more pairs than these nothing is looked for between the first and the last difference. */
const mostPairs = 1_000_000

/** Finds out which row is which: the most that are the same, in order; what lies between them by likeness. */
export function inOrder(expected: number, found: number, likeness: Likeness): Pair[] {
  const { same } = likeness
  let head = 0
  while (head < expected && head < found && same(head, head)) head++
  let tail = 0
  while (tail < Math.min(expected, found) - head && same(expected - 1 - tail, found - 1 - tail)) tail++
  const pairs: Pair[] = range(0, head).map((at) => ({ expected: at, found: at, same: true }))
  let [e, f] = [head, head]
  for (const [toE, toF] of [
    ...sameBetween([head, expected - tail], [head, found - tail], same),
    [expected - tail, found - tail] as const,
  ]) {
    pairs.push(...unlike(range(e, toE), range(f, toF), likeness, true))
    if (toE < expected - tail && toF < found - tail) pairs.push({ expected: toE, found: toF, same: true })
    ;[e, f] = [toE + 1, toF + 1]
  }
  return [
    ...pairs,
    ...range(0, tail).map((at) => ({ expected: expected - tail + at, found: found - tail + at, same: true })),
  ]
}

/** Pairs rows in any order: the same ones first, the others by likeness. */
export function inAnyOrder(expected: number, found: number, likeness: Likeness): Pair[] {
  const left = new Set(range(0, found))
  const alone: number[] = []
  const pairs: Pair[] = []
  for (let at = 0; at < expected; at++) {
    const match = [...left].find((one) => likeness.same(at, one))
    if (match === undefined) alone.push(at)
    else {
      left.delete(match)
      pairs.push({ expected: at, found: match, same: true })
    }
  }
  return [...pairs, ...unlike(alone, [...left], likeness, false)]
}

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

type Range = readonly [from: number, to: number]

/** The longest common subsequence of two ranges, as pairs of places. */
function sameBetween([e, endE]: Range, [f, endF]: Range, same: Likeness['same']): (readonly [number, number])[] {
  const [rows, columns] = [endE - e, endF - f]
  if (rows <= 0 || columns <= 0 || rows * columns > mostPairs) return []
  const width = columns + 1
  // Row by row from the end: how many are the same from there on.
  const longest = new Uint32Array((rows + 1) * width)
  const at = (i: number, j: number) => longest[i * width + j] as number
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      longest[i * width + j] = same(e + i, f + j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < rows && j < columns; )
    if (same(e + i, f + j)) pairs.push([e + i++, f + j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  return pairs
}

/** Pairs rows that are not the same: as many as there are on both sides in turn, else those that share most values. */
function unlike(expected: readonly number[], found: readonly number[], likeness: Likeness, ordered: boolean): Pair[] {
  if (ordered && expected.length === found.length)
    return expected.map((one, i) => ({ expected: one, found: found[i] as number, same: false }))
  const pairs: Pair[] = []
  let left = [...found]
  for (const one of expected) {
    const scores = left.map((at) => likeness.alike(one, at))
    const best = scores.indexOf(Math.max(0, ...scores))
    if (best < 0 || scores[best] === 0) {
      pairs.push({ expected: one, same: false })
      continue
    }
    if (ordered) pairs.push(...left.slice(0, best).map((at) => ({ found: at, same: false })))
    pairs.push({ expected: one, found: left[best] as number, same: false })
    left = ordered ? left.slice(best + 1) : left.toSpliced(best, 1)
  }
  return [...pairs, ...left.map((at) => ({ found: at, same: false }))]
}
