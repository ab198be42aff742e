/** Rounds to three digits behind the point. */
export const roundedTo = (number: number): number => Math.round(number * 1000) / 1000

/** The middle one of numbers; null where there are none. */
export const middleOf = (numbers: readonly number[]): number | null =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? null
