/** A seed for one column: FNV-1a over its characters, mixed with the run's seed. */
export function columnSeed(seed: number, column: string): number {
  let hash = Math.imul(seed | 0, 0x9e3779b1) ^ 0x811c9dc5
  for (let i = 0; i < column.length; i++) hash = Math.imul(hash ^ column.charCodeAt(i), 0x01000193)
  return mix(hash)
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the result. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * The `draw`-th random number of a row, 32 bits. A function of seed, row and draw alone: rows are the same however
 * they are split, and no row needs the one before it.
 */
export function random(seed: number, row: number, draw: number): number {
  const low = Math.imul(row | 0, 0x9e3779b1) ^ Math.imul((row / 2 ** 32) | 0, 0x27d4eb2f)
  return mix(mix(seed ^ low) ^ Math.imul(draw + 1, 0x165667b1)) >>> 0
}

/** A number from 0 up to 1, without 1, with 53 random bits. */
export function unit(seed: number, row: number, draw: number): number {
  return ((random(seed, row, 2 * draw) >>> 5) * 67_108_864 + (random(seed, row, 2 * draw + 1) >>> 6)) / 2 ** 53
}

/** A normal number, mean 0, deviation 1 (Box and Muller 1958). */
export function normal(seed: number, row: number, draw: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - unit(seed, row, 2 * draw)))
  return radius * Math.cos(2 * Math.PI * unit(seed, row, 2 * draw + 1))
}
