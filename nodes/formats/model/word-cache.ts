import type { IdBuffer } from './id-buffer.ts'

/** Words longer than this are not kept. */
const longestWord = 64
const mostWords = 1 << 16
const slotCount = mostWords * 2
const mostKeyBytes = mostWords * 10
const mostIds = mostWords * 4

/**
 * Token ids of words that came before: a hash table with open addressing over the words' bytes, in flat typed arrays.
 * Bytes go through `fold` first, so that words that mean the same share an entry. When full it is emptied: 3.5 MB.
 */
export class WordCache {
  /** A slot: hash, length of the word and number of ids, place of the word, its only id or the place of its ids. */
  readonly #slots = new Int32Array(slotCount * 4)
  readonly #keys = new Uint8Array(mostKeyBytes)
  readonly #ids = new Int32Array(mostIds)
  readonly #fold: Uint8Array
  #words = 0
  #keyEnd = 0
  #idsEnd = 0

  constructor(fold: Uint8Array) {
    this.#fold = fold
  }

  /** Adds the ids of the word `bytes[start..end)`, whose folded bytes `hash` is of, to `into`; false if it is unknown. */
  copy(bytes: Uint8Array, start: number, end: number, hash: number, into: IdBuffer): boolean {
    const [slots, keys, fold] = [this.#slots, this.#keys, this.#fold]
    const length = end - start
    for (let slot = slotOf(hash); ; slot = (slot + 4) & (slotCount * 4 - 1)) {
      const sizes = slots[slot + 1] as number
      if (sizes === 0) return false
      if (slots[slot] !== hash || (sizes & 0xff) !== length) continue
      const key = slots[slot + 2] as number
      let same = 0
      while (same < length && keys[key + same] === fold[bytes[start + same] as number]) same++
      if (same < length) continue
      const count = sizes >> 8
      const found = slots[slot + 3] as number
      const out = into.values
      if (count === 1) out[into.length++] = found
      else for (let i = 0; i < count; i++) out[into.length++] = this.#ids[found + i] as number
      return true
    }
  }

  /** Keeps the ids that `from` has at `first` and behind for a word that `copy` does not know. */
  keep(bytes: Uint8Array, start: number, end: number, hash: number, from: IdBuffer, first: number): void {
    const [length, count] = [end - start, from.length - first]
    if (length > longestWord || count > longestWord) return
    if (this.#words === mostWords || this.#keyEnd + length > mostKeyBytes || this.#idsEnd + count > mostIds)
      this.#empty()
    const slots = this.#slots
    let slot = slotOf(hash)
    while (slots[slot + 1] !== 0) slot = (slot + 4) & (slotCount * 4 - 1)
    slots[slot] = hash
    slots[slot + 1] = length | (count << 8)
    slots[slot + 2] = this.#keyEnd
    for (let i = start; i < end; i++) this.#keys[this.#keyEnd++] = this.#fold[bytes[i] as number] as number
    slots[slot + 3] = count === 1 ? (from.values[first] as number) : this.#idsEnd
    if (count !== 1) for (let i = first; i < from.length; i++) this.#ids[this.#idsEnd++] = from.values[i] as number
    this.#words++
  }

  #empty(): void {
    this.#slots.fill(0)
    this.#words = this.#keyEnd = this.#idsEnd = 0
  }
}

/** The low bits of a product depend on few bits of the word: the high ones are mixed in. */
const slotOf = (hash: number): number => ((hash ^ (hash >>> 15)) & (slotCount - 1)) * 4

/** FNV-1a, a byte a step: `hash = (hash ^ byte) * hashFactor`. */
export const hashSeed = 0x811c9dc5 | 0
export const hashFactor = 0x01000193
