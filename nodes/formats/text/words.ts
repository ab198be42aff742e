import { border } from './packer.ts'

/** Gets each word: its place in code units and code points, and the border before it. */
export type OnWord = (start: number, end: number, firstPoint: number, endPoint: number, rank: number) => void

/**
 * Finds the words of a text in one pass. A word longer than `longest` is cut; Han and kana, which are written without
 * blanks, are words of one character.
 */
export function eachWord(text: string, longest: number, onWord: OnWord): void {
  let at = 0
  let point = 0
  let rank: number = border.paragraph
  while (at < text.length) {
    const before = at
    let lines = 0
    // Local variables only and one kind of character a loop: this is where chunking spends its time.
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (!isBlank(code)) break
      if (code === 10 || code === 0x2028) lines++
      else if (code === 12 || code === 0x2029) lines = 2
      at++
      point++
    }
    if (at > before) {
      if (lines > 0) rank = lines > 1 ? border.paragraph : border.line
      else rank = endsSentence(text, before - 1) ? border.sentence : border.word
    }
    if (at >= text.length) return
    const start = at
    const first = point
    const next = text.codePointAt(at) as number
    if (isIdeograph(next)) {
      if (rank === border.inWord) rank = border.word
      at += next > 0xffff ? 2 : 1
      point++
      // What cannot begin a line belongs to the character before it.
      for (; at < text.length && isClosing(text.charCodeAt(at)); at++) point++
      onWord(start, at, first, point, rank)
      rank = isFullStop(text.charCodeAt(at - 1)) ? border.sentence : border.word
      continue
    }
    while (at < text.length && point - first < longest) {
      const code = text.charCodeAt(at)
      if (code > 127) {
        if (isBlank(code)) break
        const whole = text.codePointAt(at) as number
        if (isIdeograph(whole)) break
        if (whole > 0xffff) at++
      } else if (code <= 32 && isBlank(code)) break
      at++
      point++
    }
    onWord(start, at, first, point, rank)
    rank = border.inWord
  }
}

/** White space as JavaScript's `trim` has it. */
function isBlank(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13)
  if (code < 0x1680) return code === 0xa0
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff ||
    code === 0x1680
  )
}

/** Han, hiragana and katakana, and their full stops and commas. */
const isIdeograph = (code: number): boolean =>
  code >= 0x3001 &&
  (code <= 0x30ff ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x20000 && code <= 0x3ffff))

const isFullStop = (code: number): boolean => code === 0x3002 || code === 0xff01 || code === 0xff1f || code === 0xff0e
/** Commas, stops, closing brackets and small kana marks. */
const isClosing = (code: number): boolean =>
  isFullStop(code) ||
  code === 0x3001 ||
  code === 0xff0c ||
  code === 0x300d ||
  code === 0x300f ||
  code === 0x30fc ||
  code === 0xff09

/** Whether a sentence ends with the character at `at`, quotes and brackets after the stop left aside. */
function endsSentence(text: string, at: number): boolean {
  let place = at
  let code = text.charCodeAt(place)
  while (place > 0 && place > at - 4 && isQuote(code)) code = text.charCodeAt(--place)
  // . ! ? … and the stops of Devanagari, Arabic and Chinese.
  return (
    code === 46 || code === 33 || code === 63 || code === 0x2026 || code === 0x964 || code === 0x61f || isFullStop(code)
  )
}

/** What may stand between a full stop and the blank: " ' ) ] } » ” ’ */
const isQuote = (code: number): boolean =>
  code === 34 ||
  code === 39 ||
  code === 41 ||
  code === 93 ||
  code === 125 ||
  code === 0xbb ||
  code === 0x201d ||
  code === 0x2019
