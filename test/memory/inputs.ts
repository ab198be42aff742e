import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { keep } from '../bench/inputs/keep.ts'
import { randomFrom } from '../bench/inputs/random.ts'

/** Writes texts to a file one after the other, never more than a megabyte of small ones at once. */
async function writeAll(path: string, texts: Iterable<string | Buffer>): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 })
  let text = ''
  for (const one of texts) {
    if (typeof one === 'string') {
      text += one
      if (text.length < 1 << 20) continue
    }
    if (text && !file.write(text)) await once(file, 'drain')
    text = ''
    if (typeof one !== 'string' && !file.write(one)) await once(file, 'drain')
  }
  if (text) file.write(text)
  file.end()
  await finished(file)
}

/** NDJSON of made-up events: a number, a text, a number with decimals, a list. */
export function events(rows: number): Promise<string> {
  return keep(`events-${rows}.ndjson`, (path) =>
    writeAll(
      path,
      (function* () {
        const random = randomFrom(3)
        for (let row = 1; row <= rows; row++) {
          const value = Math.floor(random() * 1e6) / 100
          yield `{"id":${row},"kind":"kind ${row % 17}","value":${value},"tags":["a${row % 5}","b${row % 7}"]}\n`
        }
      })(),
    ),
  )
}

export const mixedSizes = { least: 1, most: 64 << 20 }

/**
 * Rows of very different size, the same bytes from the same seed: most of one byte to a few kilobytes, some of
 * megabytes, and each of the powers of two up to 64 MB at least once. CSV or NDJSON, with the columns n and text.
 */
export function mixed(format: 'csv' | 'ndjson', rows: number): Promise<string> {
  return keep(`mixed-${rows}.${format}`, (path) =>
    writeAll(
      path,
      (function* () {
        const random = randomFrom(11)
        const filler = Buffer.alloc(mixedSizes.most, 'abcdefghijklmno ')
        if (format === 'csv') yield 'n,text\n'
        for (let row = 1; row <= rows; row++) {
          const bytes = sizeOf(row, rows, random())
          const [before, after] = format === 'csv' ? [`${row},`, '\n'] : [`{"n":${row},"text":"`, '"}\n']
          yield before
          yield filler.subarray(0, bytes)
          yield after
        }
      })(),
    ),
  )
}

/** 1 byte to 4 KB as a rule; every so often a power of two up to 64 MB. */
function sizeOf(row: number, rows: number, random: number): number {
  const step = Math.max(1, Math.floor(rows / 54))
  if (row % step === 0) return 2 ** ((row / step) % 27)
  return Math.max(1, Math.floor(2 ** (random * 12)))
}
