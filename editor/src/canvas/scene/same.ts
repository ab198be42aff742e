/** Whether two plain values say the same: what is drawn from them need not be drawn again. */
export function same(a: unknown, b: unknown): boolean {
  // A NaN is what it was, else whoever draws it would draw it for ever.
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => same(one, b[i]))
  }
  // Called for every card and edge at every change: no lists of keys are made.
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const key in left) if (!(key in right) || !same(left[key], right[key])) return false
  for (const key in right) if (!(key in left)) return false
  return true
}

/** Keeps the objects of before where nothing about them changed, and the whole list where nothing changed at all. */
export function keepSame<T extends { readonly id: string }>(before: readonly T[], after: readonly T[]): readonly T[] {
  const known = new Map(before.map((one) => [one.id, one]))
  const kept = after.map((one) => {
    const old = known.get(one.id)
    return old && same(old, one) ? old : one
  })
  return kept.length === before.length && kept.every((one, i) => one === before[i]) ? before : kept
}
