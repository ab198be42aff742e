import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byCharacters, type Chunking } from './chunks.ts'
import { type OnPiece, Packer } from './packer.ts'
import { eachWord } from './words.ts'

const parts = fc.constantFrom(
  ...[' ', ' ', ' ', '  ', '\n', '\n\n', '\r\n', '\f', '. ', '." ', ') ', '!” ', '? ', '\u00a0', '\u2028', '\u3000'],
  ...['a', 'bc', 'word', 'Headrace', 'éa', 'œuvre', 'y\u0301', '🌊', 'Привет', '각', '’s', '…', 'x'.repeat(33)],
  ...['1.5', '.', '"', '\0', '؟ ', '। ', 'é'.repeat(70)],
)
const ideographs = fc.constantFrom('水', '。', '、', 'カタ', '𠀀', '！')
const textOf = (part: fc.Arbitrary<string>) =>
  fc.array(part, { maxLength: 120, size: 'max' }).map((some) => some.join(''))
const text = fc.oneof(textOf(parts), textOf(fc.oneof({ arbitrary: parts, weight: 12 }, ideographs)))

/** Every word given to a packer, which `byCharacters` does only where it must. */
function wordByWord(bytes: Uint8Array, start: number, end: number, { size, overlap }: Chunking, onPiece: OnPiece) {
  const pack = new Packer({ size, overlap })
  pack.begin(onPiece)
  eachWord(bytes, start, end, Math.min(size, 32), (from, to, first, past, rank) =>
    pack.add(from, to, first, past, first, past, rank),
  )
  pack.end()
}

test('pieces by characters are those that a packer makes of all words', () => {
  const chunking = fc.tuple(fc.integer({ min: 1, max: 80 }), fc.nat(60))
  fc.assert(
    fc.property(text, chunking, (some, [size, most]) => {
      const bytes = Buffer.from(`x.${some}y z`)
      const [start, end] = [2, bytes.length - 3]
      const settings = { size, overlap: Math.min(most, size - 1) }
      const [found, expected]: [number[][], number[][]] = [[], []]
      byCharacters(settings)(bytes, start, end, (...piece) => found.push(piece))
      wordByWord(bytes, start, end, settings, (...piece) => expected.push(piece))
      expect(found).toEqual(expected)
    }),
    { numRuns: 1000 },
  )
})

test('a chunker keeps nothing of the text before', () => {
  const cut = byCharacters({ size: 6, overlap: 3 })
  const piecesOf = (some: string) => {
    const [bytes, pieces] = [Buffer.from(some), [] as string[]]
    cut(bytes, 0, bytes.length, (start, end) => pieces.push(bytes.toString('utf8', start, end)))
    return pieces
  }
  expect(piecesOf('水水水水水水水水')).toEqual(['水水水水水水', '水水水水水'])
  expect(piecesOf('a b c d e')).toEqual(['a b c', 'b c d', 'c d e'])
  expect(piecesOf('  ')).toEqual([])
  expect(piecesOf('a')).toEqual(['a'])
})
