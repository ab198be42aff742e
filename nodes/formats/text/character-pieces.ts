import { isAscii } from 'node:buffer'
import { blanksAfter, blanksBefore, countPoints, isBlankAt, isIdeographAt, placeBefore, widthOf } from './characters.ts'
import { border, type OnPiece } from './packer.ts'
import { borderBetween, type Place, quotesAfter, wordEnd, wordStart } from './words.ts'

/** What is left of a text: where the next piece begins, and where the last one ended (its last byte, exclusive). */
export interface Rest {
  readonly head: Place
  readonly done: number
}

/** Gives the pieces of `bytes[start..end)` as far as it can; what is left for a packer, or null. */
export type FindPieces = (bytes: Uint8Array, start: number, end: number, onPiece: OnPiece) => Rest | null

/**
 * Finds the pieces that a packer would make of a text's words, `longest` code points at most, without looking at most
 * of them: from where `size` ends it goes back to the best border, and no further than the middle. Texts with Han or
 * kana, whose every character is a word, and rare cases (a word that is cut lies in the overlap) it leaves alone.
 */
export function pieceFinder(size: number, overlap: number, longest: number): FindPieces {
  const least = Math.ceil(Math.max(size / 2, overlap + 1))

  return (bytes, start, textEnd, onPiece) => {
    const end = blanksBefore(bytes, start, textEnd)
    const ascii = isAscii(bytes.subarray(start, end))
    /** Where so many code points are over. */
    const ahead = (from: number, points: number): number => {
      if (ascii) return Math.min(end, from + points)
      let at = from
      for (let left = points; at < end && left > 0; left--) at += widthOf(bytes[at] as number)
      return Math.min(at, end)
    }
    const pointsOf = (from: number, to: number): number => (ascii ? to - from : countPoints(bytes, from, to))

    let head = blanksAfter(bytes, start, end)
    let point = pointsOf(start, head)
    let done = start
    for (;;) {
      if (head >= end) return null
      const middle = ahead(head, least)
      const limit = ahead(middle, size - least)
      if (limit >= end) {
        if (end > done) onPiece(head, end, point, point + pointsOf(head, end))
        return null
      }
      const cut = cutBefore(bytes, start, head, Math.max(middle, done + 1), limit, end)
      if (cut <= done) return { head: { at: head, point }, done }
      const past = point + (ascii ? cut - head : size - countPoints(bytes, cut, limit))
      let next = blanksAfter(bytes, cut, end)
      if (overlap > 0) next = overlapping(bytes, head, cut, next)
      if (next < 0) return { head: { at: head, point }, done }
      onPiece(head, cut, point, past)
      done = cut
      point = next < cut ? past - pointsOf(next, cut) : past + pointsOf(cut, next)
      head = next
    }
  }

  /** Where to end a piece from `head`: the best border from `floor` to `limit`, else the last one; -1 where unsure. */
  function cutBefore(
    bytes: Uint8Array,
    start: number,
    head: number,
    floor: number,
    limit: number,
    end: number,
  ): number {
    let at = limit
    let after = limit
    let best = -1
    let rank = -1
    if (isBlankAt(bytes, limit, end)) after = blanksAfter(bytes, limit, end)
    else if (isIdeographAt(bytes, limit, end)) return -1
    else {
      at = after = wordStart(bytes, head, limit)
      if (at < 0) return -1
      // The limit lies in a word: where it is longer than the longest, its parts are words.
      const parts = at < limit ? Math.floor(countPoints(bytes, at, limit) / longest) : 0
      if (parts > 0) {
        best = at
        rank = border.inWord
        for (let points = parts * longest; points > 0; points--) best += widthOf(bytes[best] as number)
      }
    }
    const before = blanksBefore(bytes, head, at)
    if (before > head && (best < 0 || before >= floor)) {
      best = before
      rank = borderBetween(bytes, start, before, after)
    }
    return rank === border.paragraph ? best : better(bytes, start, floor, best, rank, end)
  }

  /** A better border than the one of `rank` at `best`, from `floor` on: behind a line or a sentence; -1 where unsure. */
  function better(
    bytes: Uint8Array,
    start: number,
    floor: number,
    last: number,
    rankOfLast: number,
    end: number,
  ): number {
    let [best, rank] = [last, rankOfLast]
    let least = rank < border.sentence ? mayEndSentence : mayEndLine
    // A sentence that ends at `floor` has its stop up to four quotes before.
    const first = Math.max(start, floor - 16)
    for (let at = last - 1; at >= first; at--) {
      if ((marks[bytes[at] as number] as number) < least) continue
      if (isIdeographAt(bytes, at, end)) return -1
      const blank = isBlankAt(bytes, at, end)
      const before = blank ? blanksBefore(bytes, start, at) : quotesAfter(bytes, at + widthOf(bytes[at] as number), end)
      if (before < floor) {
        if (blank) break
        continue
      }
      if (blank) at = before
      else if (before >= last || !isBlankAt(bytes, before, end)) continue
      const here = borderBetween(bytes, start, before, blanksAfter(bytes, before, end))
      if (here <= rank) continue
      best = before
      rank = here
      if (rank === border.paragraph) break
      least = mayEndLine
    }
    return best
  }

  /** Where the next piece begins so that it shares at most the overlap with this one; -1 where words there are cut. */
  function overlapping(bytes: Uint8Array, head: number, cut: number, next: number): number {
    let at = cut
    for (let points = overlap; at > head && points > 0; points--) at = placeBefore(bytes, head, at)
    at = Math.max(at, head + widthOf(bytes[head] as number))
    const word = wordStart(bytes, head, at)
    if (word < 0) return -1
    if (word < at) {
      const past = wordEnd(bytes, at, cut)
      if (past < 0 || countPoints(bytes, word, past) > longest) return -1
      at = past
    }
    at = blanksAfter(bytes, at, cut)
    return at < cut ? at : next
  }
}

const mayEndSentence = 1
const mayEndLine = 2

/**
 * What a byte may mean, read backwards: nothing, a sentence's end, or a line's end (or a character that has to be looked
 * at, of which this is the first byte: ideographs are from E3 80 81 on, U+2028 is E2 80 A8).
 */
const marks = new Uint8Array(256)
for (const byte of [0x2e, 0x21, 0x3f, 0xd8, 0xe0]) marks[byte] = mayEndSentence
for (const byte of [0x0a, 0x0c, 0xef]) marks[byte] = mayEndLine
marks.fill(mayEndLine, 0xe2, 0xea)
marks.fill(mayEndLine, 0xf0)
