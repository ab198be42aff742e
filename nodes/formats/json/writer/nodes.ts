/** How the writer's kernel finds a column: 32-bit words in its memory, addresses where not said otherwise. */
export const node = {
  kind: 0,
  /** What comes before its values: `,"name":`, and its bytes. */
  key: 4,
  keyLength: 8,
  /** Bits, 1 = not null; 0 where no value is. */
  validity: 12,
  values: 16,
  /** Of texts and lists. */
  offsets: 20,
  /** list: its items; object: its first field, the others follow. */
  inner: 24,
  /** object: how many fields it has. */
  fields: 28,
  size: 32,
} as const

export const kinds = { bool: 1, int64: 2, int32: 3, float64: 4, string: 5, list: 6, struct: 7 } as const
