import type { IdBuffer } from './id-buffer.ts'

/** What a WordPiece model says of itself. */
export interface WordPieces {
  /** Ids by token. */
  readonly tokens: ReadonlyMap<string, number>
  /** What a token begins with that goes on inside a word. */
  readonly prefix: string
  readonly unknown: number
  /** A longer word is unknown, in characters. */
  readonly longestWord: number
}

/** Adds the ids of the ASCII word `bytes[start..end)` to `into`, each byte taken through `fold` first. */
export type SplitWord = (bytes: Uint8Array, start: number, end: number, fold: Uint8Array, into: IdBuffer) => void

/**
 * WordPiece for words of ASCII: from left to right the longest token that is in the vocabulary, and the unknown token
 * for the whole word where there is none. The vocabulary is a trie in flat arrays, its edges in a hash table, so that
 * a word costs a look-up a byte (and some, where it looks beyond a token's end).
 */
export function wordSplitter({ tokens, prefix, unknown, longestWord }: WordPieces): SplitWord {
  const ascii = [...tokens].filter(([token]) => /^[!-~]+$/.test(token))
  const letters = ascii.reduce((sum, [token]) => sum + token.length, prefix.length)
  const size = 1 << Math.ceil(Math.log2(letters * 2 + 2))
  // An edge's key is node * 128 + byte: never 0, since no byte is.
  const keys = new Int32Array(size)
  const targets = new Int32Array(size)
  const idOf = new Int32Array(letters + 1).fill(-1)
  let nodes = 1

  const placeOf = (key: number): number => {
    let place = Math.imul(key, 0x9e3779b1) >>> 8
    for (place &= size - 1; keys[place] !== 0 && keys[place] !== key; ) place = (place + 1) & (size - 1)
    return place
  }
  const nodeOf = (token: string): number => {
    let node = 0
    for (let i = 0; i < token.length; i++) {
      const key = node * 128 + token.charCodeAt(i)
      const place = placeOf(key)
      if (keys[place] === 0) {
        keys[place] = key
        targets[place] = nodes++
      }
      node = targets[place] as number
    }
    return node
  }
  for (const [token, id] of ascii) idOf[nodeOf(token)] = id
  const inside = nodeOf(prefix)

  return (bytes, start, end, fold, into) => {
    const first = into.length
    into.reserve(end - start)
    const out = into.values
    for (let at = start; at < end && end - start <= longestWord; ) {
      let node = at === start ? 0 : inside
      let found = -1
      let foundEnd = at
      for (let i = at; i < end; ) {
        const place = placeOf(node * 128 + (fold[bytes[i] as number] as number))
        if (keys[place] === 0) break
        node = targets[place] as number
        i++
        if ((idOf[node] as number) >= 0) {
          found = idOf[node] as number
          foundEnd = i
        }
      }
      if (found < 0) {
        into.length = first
        break
      }
      out[into.length++] = found
      at = foundEnd
    }
    if (into.length === first) out[into.length++] = unknown
  }
}
