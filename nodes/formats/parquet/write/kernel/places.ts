/** So many values are entered in a dictionary at once. */
export const mostValues = 4096
/** Bytes of a dictionary at most: a larger one no longer saves what it costs. */
export const mostBytes = 4 << 20

const page = 1 << 16

/** Fixed places in the kernel's memory. What no row group has reached is not resident. */
export const places = {
  /** How many entries there are, and the bytes of their values. */
  size: 0,
  bytes: 4,
  /** The least and the greatest number so far. */
  least: 8,
  greatest: 16,
  /** The same of floats, some of each side by side. */
  leastFloats: 32,
  greatestFloats: 48,
  /** 32 bytes of 1s, then as many of 0s. */
  masks: 64,
  codes: 128,
  offsets: 128 + mostValues * 4,
  /** The differences of a block. */
  differences: 192 + mostValues * 8,
  /** Of each entry its hash, and where its text ends in `found`, behind a 0. */
  hashes: page,
  ends: page + mostBytes,
  /** The entries' values; also what is written of a page. */
  found: page + 2 * mostBytes,
  /** The values that are read, 32 bytes at once and so up to 32 too many. */
  window: page + 3 * mostBytes + 64,
  slots: page + 4 * mostBytes + 128,
} as const
