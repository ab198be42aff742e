import { border } from './packer.ts'

/** Gets each word: its place in code units and code points, and the border before it. */
export type OnWord = (start: number, end: number, firstPoint: number, endPoint: number, rank: number) => void

/**
 * Finds the words of a text in one pass. A word longer than `longest` is cut; Han and kana, which are written without
 * blanks, are words of one character.
 */
export function eachWord(text: string, longest: number, onWord: OnWord): void {
  let point = 0
  let start = -1
  let startPoint = 0
  let rank: number = border.paragraph
  let last = 0
  let lines = 0
  const flush = (end: number) => {
    if (start < 0) return
    onWord(start, end, startPoint, point, rank)
    start = -1
    rank = border.inWord
  }
  for (let at = 0; at < text.length; point++) {
    const code = text.codePointAt(at) as number
    const width = code > 0xffff ? 2 : 1
    if (isBlank(code)) {
      flush(at)
      if (code === 10 || code === 0x2028) lines++
      if (code === 12 || code === 0x2029) lines = 2
      rank =
        lines > 1
          ? border.paragraph
          : lines === 1
            ? border.line
            : endsSentence(text, last)
              ? border.sentence
              : border.word
      at += width
      continue
    }
    lines = 0
    if (isIdeograph(code)) {
      flush(at)
      if (rank === border.inWord) rank = border.word
      start = at
      startPoint = point
      last = at
      at += width
      point++
      // What cannot begin a line belongs to the character before it.
      while (at < text.length && isClosing(text.charCodeAt(at))) {
        last = at++
        point++
      }
      flush(at)
      rank = isFullStop(text.charCodeAt(last)) ? border.sentence : border.word
      point--
      continue
    }
    if (start >= 0 && point - startPoint >= longest) flush(at)
    if (start < 0) {
      start = at
      startPoint = point
    }
    last = at
    at += width
  }
  flush(text.length)
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
  while (place > 0 && place > at - 4 && '"\')]}»”’'.includes(text[place] as string)) place--
  const code = text.charCodeAt(place)
  // . ! ? … and the stops of Devanagari, Arabic and Chinese.
  return (
    code === 46 || code === 33 || code === 63 || code === 0x2026 || code === 0x964 || code === 0x61f || isFullStop(code)
  )
}
