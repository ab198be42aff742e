import type { Cell } from '../server/api/rows.ts'

/** How many different values there are, and how often each stands. */
export interface Distinct {
  /** `cell` is asked for once, when the value is new. */
  readonly add: (key: Key, cell: () => Cell) => void
  readonly count: () => number
  readonly exact: () => boolean
  /** Values that stand more than once, most first. */
  readonly commonest: (most: number) => { value: Cell; count: number }[]
}

export type Key = number | bigint | string | boolean

/** So many values are kept one by one; more are estimated. */
const kept = 4096
const registerBits = 12

/**
 * Counts values exactly up to 4,096 of them, then estimates with HyperLogLog (Flajolet et al. 2007; 4,096 registers,
 * a standard error of 1.6 %). The commonest are then among the first 4,096 values.
 */
export function distinctValues(): Distinct {
  const seen = new Map<Key, { readonly value: Cell; count: number }>()
  let registers: Uint8Array | null = null
  const mark = (into: Uint8Array, key: Key) => {
    const hash = hashOf(key)
    const register = hash >>> (32 - registerBits)
    const zeros = Math.min(32 - registerBits, Math.clz32(hash << registerBits)) + 1
    if (zeros > (into[register] as number)) into[register] = zeros
  }
  return {
    add(key, cell) {
      const known = seen.get(key)
      if (known) known.count++
      else if (registers) mark(registers, key)
      else if (seen.size < kept) seen.set(key, { value: cell(), count: 1 })
      else {
        registers = new Uint8Array(1 << registerBits)
        for (const one of seen.keys()) mark(registers, one)
        mark(registers, key)
      }
    },
    count: () => (registers ? Math.max(kept, estimate(registers)) : seen.size),
    exact: () => registers === null,
    commonest: (most) =>
      [...seen.values()]
        .filter(({ count }) => count > 1)
        .sort((a, b) => b.count - a.count)
        .slice(0, most)
        .map(({ value, count }) => ({ value, count })),
  }
}

function estimate(registers: Uint8Array): number {
  const m = registers.length
  let [sum, empty] = [0, 0]
  for (const register of registers) {
    sum += 2 ** -register
    if (register === 0) empty++
  }
  const raw = ((0.7213 / (1 + 1.079 / m)) * m * m) / sum
  return Math.round(raw <= 2.5 * m && empty ? m * Math.log(m / empty) : raw)
}

/** FNV-1a over the text of a value, its bits then mixed as in MurmurHash3: 32 bits. */
function hashOf(key: Key): number {
  const text = String(key)
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
