import {
  blanksAfter,
  codeAt,
  codeBefore,
  countPoints,
  isBlank,
  isBlankAt,
  isClosing,
  isFullStop,
  isIdeograph,
  isIdeographAt,
  isQuote,
  placeBefore,
  widthOf,
} from './characters.ts'
import { border } from './packer.ts'

/** Gets each word: its place in bytes and in code points, and the border before it. */
export type OnWord = (start: number, end: number, firstPoint: number, endPoint: number, rank: number) => void

/** A place in a text: byte and code point. */
export interface Place {
  readonly at: number
  readonly point: number
}

/**
 * Finds the words of `bytes[start..end)`, UTF-8, in one pass, all or those from a place on. A word longer than `longest`
 * code points is cut; Han and kana, which are written without blanks, are words of one character.
 */
export function eachWord(
  bytes: Uint8Array,
  start: number,
  end: number,
  longest: number,
  onWord: OnWord,
  from: Place = { at: start, point: 0 },
): void {
  let { at, point } = from
  let rank: number = border.paragraph
  while (at < end) {
    const before = at
    at = blanksAfter(bytes, at, end)
    if (at > before) {
      // Most often it is one blank.
      point += at - before === 1 ? 1 : countPoints(bytes, before, at)
      rank = borderBetween(bytes, start, before, at)
    }
    if (at >= end) return
    const word = at
    const first = point
    if ((bytes[at] as number) > 127) {
      let code = codeAt(bytes, at, end)
      if (isIdeograph(code)) {
        if (rank === border.inWord) rank = border.word
        at += widthOf(bytes[at] as number)
        point++
        // What cannot begin a line belongs to the character before it.
        for (; at < end; at += widthOf(bytes[at] as number), point++) {
          const next = codeAt(bytes, at, end)
          if (!isClosing(next)) break
          code = next
        }
        onWord(word, at, first, point, rank)
        rank = isFullStop(code) ? border.sentence : border.word
        continue
      }
    }
    while (at < end && point - first < longest) {
      // Most of a word is ASCII: a loop of its own, with nothing in it.
      const letters = at
      const until = Math.min(end, at + longest - (point - first))
      while (at < until && isLetter(bytes[at] as number)) at++
      point += at - letters
      if (at === until) continue
      const byte = bytes[at] as number
      if (isBlankAt(bytes, at, end) || isIdeographAt(bytes, at, end)) break
      at = Math.min(end, at + widthOf(byte))
      point++
    }
    onWord(word, at, first, point, rank)
    rank = border.inWord
  }
}

/** The border that white space is. */
export function borderBetween(bytes: Uint8Array, start: number, before: number, after: number): number {
  let lines = 0
  for (let at = before; at < after; at++) {
    const byte = bytes[at] as number
    if (byte === 10) lines++
    else if (byte === 12) lines = 2
    else if (byte === 0xe2) {
      const code = codeAt(bytes, at, after)
      if (code === 0x2028) lines++
      else if (code === 0x2029) lines = 2
    }
  }
  if (lines > 0) return lines > 1 ? border.paragraph : border.line
  return endsSentence(bytes, start, before) ? border.sentence : border.word
}

/** Where the word begins that ends at `end` or goes on there, at least `start`; -1 where it has an ideograph. */
export function wordStart(bytes: Uint8Array, start: number, end: number): number {
  let at = end
  while (at > start) {
    const byte = bytes[at - 1] as number
    if (byte > 127) {
      const before = placeBefore(bytes, start, at)
      if (isBlankAt(bytes, before, at)) break
      if (isIdeographAt(bytes, before, at)) return -1
      at = before
    } else if (byte > 32 || !isBlank(byte)) at--
    else break
  }
  return at
}

/** Where the word ends that goes on at `start`, at most `end`; -1 where it has an ideograph from there on. */
export function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && !isBlankAt(bytes, at, end)) {
    if (isIdeographAt(bytes, at, end)) return -1
    at += widthOf(bytes[at] as number)
  }
  return at
}

/** A character of a word that needs no second look. */
const isLetter = (byte: number): boolean => byte > 32 && byte < 128

/** Whether a sentence ends before `at`, quotes and brackets after the stop left aside. */
function endsSentence(bytes: Uint8Array, start: number, at: number): boolean {
  // Most words end with a letter.
  if (at > start && ((bytes[at - 1] as number) | 32) >= 97 && ((bytes[at - 1] as number) | 32) <= 122) return false
  let end = at
  for (let quotes = 0; end > start; quotes++) {
    const code = codeBefore(bytes, start, end)
    if (quotes === 4 || !isQuote(code)) return isStop(code)
    end -= code < 128 ? 1 : code < 0x800 ? 2 : 3
  }
  return false
}

/** Behind the quotes and brackets at `at` that may follow a full stop. */
export function quotesAfter(bytes: Uint8Array, at: number, end: number): number {
  let place = at
  for (let quotes = 0; quotes < 4 && place < end && isQuote(codeAt(bytes, place, end)); quotes++) {
    place += widthOf(bytes[place] as number)
  }
  return place
}

/** . ! ? … and the stops of Devanagari, Arabic and Chinese. */
const isStop = (code: number): boolean =>
  code === 46 || code === 33 || code === 63 || code === 0x2026 || code === 0x964 || code === 0x61f || isFullStop(code)
