import { isAscii } from 'node:buffer'
import { decodeText, HeadraceError } from '@headrace/runtime/sdk'
import { pieceFinder } from './character-pieces.ts'
import { countPoints, placeBefore, widthOf } from './characters.ts'
import { border, type OnPiece, Packer } from './packer.ts'
import type { TokenCounter } from './token-counter.ts'
import { eachWord } from './words.ts'

export interface Chunking {
  readonly size: number
  readonly overlap: number
}

/** Cuts a text, given as UTF-8, into pieces. */
export type Chunker = (bytes: Uint8Array, start: number, end: number, onPiece: OnPiece) => void

/** Pieces of at most `size` characters (code points), ending at a paragraph, line, sentence or word where one is near. */
export function byCharacters({ size, overlap }: Chunking): Chunker {
  const longest = Math.min(size, 32)
  const find = pieceFinder(size, overlap, longest)
  const pack = new Packer({ size, overlap })
  const add = (start: number, end: number, firstPoint: number, endPoint: number, rank: number) =>
    pack.add(start, end, firstPoint, endPoint, firstPoint, endPoint, rank)
  return (bytes, start, end, onPiece) => {
    const rest = find(bytes, start, end, onPiece)
    if (!rest) return
    pack.begin(onPiece, rest.done)
    eachWord(bytes, start, end, longest, add, rest.head)
    pack.end()
  }
}

/** Pieces of `size` sentences, as Unicode's segmentation finds them. */
export function bySentences({ size, overlap }: Chunking): Chunker {
  // A fixed language: the machine's own would give other pieces elsewhere.
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
  const pack = new Packer({ size, overlap })
  return (bytes, from, to, onPiece) => {
    pack.begin(onPiece)
    const ascii = isAscii(bytes.subarray(from, to))
    const bytesOf = (text: string): number => (ascii ? text.length : Buffer.byteLength(text))
    const pointsOf = (start: number, end: number): number => (ascii ? end - start : countPoints(bytes, start, end))
    let at = from
    let point = 0
    let count = 0
    for (const { segment } of segmenter.segment(decodeText(bytes, from, to))) {
      const core = segment.trim()
      const next = at + bytesOf(segment)
      if (core !== '') {
        const blanks = segment.indexOf(core)
        const start = blanks ? at + bytesOf(segment.slice(0, blanks)) : at
        const end = start + bytesOf(core)
        const firstPoint = point + pointsOf(at, start)
        pack.add(start, end, firstPoint, firstPoint + pointsOf(start, end), count, ++count, border.sentence)
      }
      point += pointsOf(at, next)
      at = next
    }
    pack.end()
  }
}

/**
 * Pieces of at most `size` tokens. Words are counted one by one; where that is only an estimate (words that were cut,
 * tokens that reach across blanks) the piece is counted whole and shortened.
 */
export function byTokens({ size, overlap }: Chunking, { count, additive }: TokenCounter): Chunker {
  let bytes: Uint8Array = new Uint8Array()
  let total = 0
  let before = 0
  let wordsCut = false
  const measure = (start: number, end: number, estimate: number, units: number): number => {
    const tokens = additive && !wordsCut ? estimate : count(bytes, start, end)
    if (tokens > size && units === 1) throw tooLong(decodeText(bytes, start, end), tokens, size)
    return tokens
  }
  const pack = new Packer({ size, overlap, measure })
  const add = (start: number, end: number, firstPoint: number, endPoint: number, rank: number): void => {
    if (rank === border.inWord) wordsCut = true
    // A blank before a word is part of its first token in most byte-level vocabularies.
    const tokens = count(bytes, additive || start === before ? start : placeBefore(bytes, before, start), end)
    before = end
    if (tokens <= size || endPoint - firstPoint === 1) {
      pack.add(start, end, firstPoint, endPoint, total, (total += tokens), rank)
      return
    }
    wordsCut = true
    for (let at = start, point = firstPoint; at < end; point++) {
      const past = Math.min(end, at + widthOf(bytes[at] as number))
      const own = count(bytes, at, past)
      pack.add(at, past, point, point + 1, total, (total += own), at === start ? rank : border.inWord)
      at = past
    }
  }
  return (text, start, end, onPiece) => {
    bytes = text
    total = 0
    before = start
    wordsCut = false
    pack.begin(onPiece)
    eachWord(text, start, end, 32, add)
    pack.end()
  }
}

const tooLong = (text: string, tokens: number, size: number) =>
  new HeadraceError(
    'piece-too-long',
    `"${text.slice(0, 40)}" alone has ${tokens} tokens, more than the size of ${size}`,
    {
      hint: 'Make size larger.',
    },
  )
