/**
 * How the kernel finds what it reads into: a node for each value of the plan, 32-bit words in its memory. A node's
 * values are gathered as they come, a null with the value 0.
 */
export const node = {
  kind: 0,
  /** How many values it has. */
  count: 4,
  /** Values that it has room for; the nodes below an object share their object's. */
  room: 8,
  /** A byte a value: 1, or 0 for null. */
  present: 12,
  /**
   * int64 and float64: 8 bytes a value; bool: one; texts: where each begins and ends, 4 bytes each; list: where the
   * items of each end, 4 bytes, the first 0.
   */
  values: 16,
  /** list: the node of its items; object: its fields. */
  inner: 20,
  /** object: how many fields it has, and the number of the object that is read. */
  fields: 24,
  object: 28,
  size: 32,
} as const

/** A field of an object: its name with the closing quote, its node, and the object that had it last. */
export const field = { name: 0, length: 4, node: 8, object: 12, size: 16 } as const

/** A number that takes more than one operation: its node, its place there, where its text begins and ends. */
export const late = { node: 0, place: 4, start: 8, end: 12, size: 16 } as const

export const kinds = { skipped: 0, bool: 1, int64: 2, float64: 3, string: 4, text: 5, list: 6, struct: 7 } as const
