import { HeadraceError } from '@headrace/runtime/sdk'
import { border, packer, type Unit } from './packer.ts'
import { eachWord } from './words.ts'

export interface Chunking {
  readonly size: number
  readonly overlap: number
}

/** Gets a piece: its place in the string's code units, and in code points. */
export type OnPiece = (start: number, end: number, firstPoint: number, endPoint: number) => void
/** Cuts a text into pieces. */
export type Chunker = (text: string, onPiece: OnPiece) => void

const emitTo = (onPiece: OnPiece) => (first: Unit, last: Unit) =>
  onPiece(first.start, last.end, first.firstPoint, last.endPoint)

/** Pieces of at most `size` characters (code points), ending at a paragraph, line, sentence or word where one is near. */
export function byCharacters({ size, overlap }: Chunking): Chunker {
  const longest = Math.min(size, 32)
  return (text, onPiece) => {
    const pack = packer({ size, overlap, emit: emitTo(onPiece) })
    eachWord(text, longest, (start, end, firstPoint, endPoint, rank) => {
      pack.add({ start, end, firstPoint, endPoint, from: firstPoint, to: endPoint }, rank)
    })
    pack.end()
  }
}

/** Pieces of `size` sentences, as Unicode's segmentation finds them. */
export function bySentences({ size, overlap }: Chunking): Chunker {
  // A fixed language: the machine's own would give other pieces elsewhere.
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
  return (text, onPiece) => {
    const pack = packer({ size, overlap, emit: emitTo(onPiece) })
    const pointsOf = hasPairs(text) ? countPoints : (from: number, to: number) => to - from
    let count = 0
    let at = 0
    let point = 0
    for (const { segment, index } of segmenter.segment(text)) {
      const core = segment.trim()
      if (core === '') continue
      const start = index + segment.indexOf(core)
      const end = start + core.length
      const firstPoint = point + pointsOf(at, start, text)
      const endPoint = firstPoint + pointsOf(start, end, text)
      pack.add({ start, end, firstPoint, endPoint, from: count, to: ++count }, border.sentence)
      at = end
      point = endPoint
    }
    pack.end()
  }
}

/** How many tokens a text has for a model. */
export interface TokenCounter {
  readonly count: (text: string) => number
  /** Whether a text's tokens are those of its words, one after the other. */
  readonly additive: boolean
}

/**
 * Pieces of at most `size` tokens. Words are counted one by one, with a memory of those that came before; where that
 * is only an estimate (words that were cut, tokens that reach across blanks) the piece is counted whole and shortened.
 */
export function byTokens({ size, overlap }: Chunking, tokens: TokenCounter): Chunker {
  const countWord = remembered(tokens.count)
  return (text, onPiece) => {
    let total = 0
    let before = 0
    let wordsCut = false
    const add = (start: number, end: number, firstPoint: number, endPoint: number, rank: number) => {
      if (rank === border.inWord) wordsCut = true
      // A blank before a word is part of its first token in most byte-level vocabularies.
      const count = countWord(text.slice(tokens.additive ? start : Math.max(before, start - 1), end))
      before = end
      if (count > size && end - start > 1) return addCharacters(start, end, firstPoint, rank)
      pack.add({ start, end, firstPoint, endPoint, from: total, to: (total += count) }, rank)
    }
    const addCharacters = (start: number, end: number, firstPoint: number, rank: number) => {
      wordsCut = true
      let point = firstPoint
      for (let at = start; at < end; point++) {
        const width = (text.codePointAt(at) as number) > 0xffff ? 2 : 1
        const count = countWord(text.slice(at, at + width))
        const unit = {
          start: at,
          end: at + width,
          firstPoint: point,
          endPoint: point + 1,
          from: total,
          to: (total += count),
        }
        pack.add(unit, at === start ? rank : border.inWord)
        at += width
      }
    }
    const measure = (first: Unit, last: Unit): number => {
      const sure = tokens.additive && !wordsCut
      const count = sure ? last.to - first.from : tokens.count(text.slice(first.start, last.end))
      if (count > size && first === last) throw tooLong(text.slice(first.start, last.end), count, size)
      return count
    }
    const pack = packer({ size, overlap, emit: emitTo(onPiece), measure })
    eachWord(text, 32, add)
    pack.end()
  }
}

const tooLong = (text: string, count: number, size: number) =>
  new HeadraceError(
    'piece-too-long',
    `"${text.slice(0, 40)}" alone has ${count} tokens, more than the size of ${size}`,
    {
      hint: 'Make size larger.',
    },
  )

/** Most texts are made of the same words: their counts are kept until there are too many. */
function remembered(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>()
  return (text) => {
    let tokens = known.get(text)
    if (tokens === undefined) {
      if (known.size >= 200_000) known.clear()
      known.set(text, (tokens = count(text)))
    }
    return tokens
  }
}

const hasPairs = (text: string): boolean => /[\ud800-\udbff]/.test(text)

function countPoints(from: number, to: number, text = ''): number {
  let points = 0
  for (let at = from; at < to; points++) at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1
  return points
}
