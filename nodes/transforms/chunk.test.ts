import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { types } from '@headrace/runtime/sdk'
import { Bench, runCuts, runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import chunk from './chunk.ts'

const fields = [{ name: 'text', type: types.string }]
interface Piece {
  chunkIndex: number
  chunkStart: number
  chunkEnd: number
  text: string
}
const pieces = async (config: object, text: string) => {
  const ran = await runNode(chunk, { column: 'text', ...config }, { fields, rows: [{ text }] }, new Bench(folder))
  expect(ran.problems).toEqual([])
  return ran.rows as unknown as Piece[]
}

// A small WordPiece vocabulary: letters, and a few words.
const letters = [...'abcdefghijklmnopqrstuvwxyz'].flatMap((letter) => [letter, `##${letter}`])
const vocab = ['[UNK]', ...letters, 'the', 'head', '##race', 'runs', '.', ',', '!', '水']
const folder = mkdtempSync(join(tmpdir(), 'chunk-'))
writeFileSync(
  join(folder, 'tokenizer.json'),
  JSON.stringify({
    version: '1.0',
    added_tokens: [],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
    },
  }),
)

test('a piece ends at a paragraph, else a line, else a sentence, else a word, in the second half of its size', async () => {
  const cut = async (text: string) => (await pieces({ size: 20 }, text))[0]?.text
  expect(await cut('one two three.\n\nfour five six seven')).toBe('one two three.')
  expect(await cut('one. two three\nfour five six')).toBe('one. two three')
  expect(await cut('one two three. four five six')).toBe('one two three.')
  expect(await cut('one two three four five six')).toBe('one two three four')
  expect(await cut('a. b cccccccccccccc dddd')).toBe('a. b cccccccccccccc')
})

test('a word longer than the size is cut, never inside a character', async () => {
  const cut = await pieces({ size: 4 }, '🌊'.repeat(10))
  expect(cut.map(({ text }) => [...text].length)).toEqual([4, 4, 2])
  expect(cut.at(-1)).toMatchObject({ chunkIndex: 2, chunkStart: 8, chunkEnd: 10 })
})

test('Chinese and Japanese end at their own full stops', async () => {
  const cut = await pieces({ size: 10 }, '今日は晴れ。明日も晴れるでしょう。')
  expect(cut.map(({ text }) => text)).toEqual(['今日は晴れ。', '明日も晴れるでしょ', 'う。'])
})

test('the overlap begins on a word and is never longer than asked', async () => {
  const cut = await pieces({ size: 16, overlap: 6 }, 'aa bb cc dd ee ff gg hh ii')
  expect(cut.map(({ text }) => text)).toEqual(['aa bb cc dd ee', 'dd ee ff gg hh', 'gg hh ii'])
})

test('the whole text stays beside the pieces only under another name', async () => {
  const rows = [{ text: 'ab cd' }]
  const beside = await runNode(chunk, { column: 'text', size: 2, as: 'piece' }, { fields, rows })
  expect(beside.rows.map(({ text, piece }) => [text, piece])).toEqual([
    ['ab cd', 'ab'],
    ['ab cd', 'cd'],
  ])
})

test('a text whose pieces would carry it too often is a reject that says what to do', async () => {
  const text = 'word '.repeat(20_000)
  const ran = await runNode(
    chunk,
    { column: 'text', size: 10, as: 'piece' },
    { fields, rows: [{ text }, { text: 'a' }] },
  )
  expect(ran.rejected.map(({ code }) => code)).toEqual(['row-too-large'])
  expect(ran.rows).toMatchObject([{ piece: 'a' }])
})

test('sentences are those of Unicode', async () => {
  const cut = await pieces({ by: 'sentences', size: 1 }, 'It costs 3.14 euros.  Does it? Ja! 🌊 好。再见')
  expect(cut.map(({ text, chunkStart, chunkEnd }) => [text, chunkStart, chunkEnd])).toEqual([
    ['It costs 3.14 euros.', 0, 20],
    ['Does it?', 22, 30],
    ['Ja!', 31, 34],
    ['🌊 好。', 35, 39],
    ['再见', 39, 41],
  ])
})

test('no piece has more tokens than asked', async () => {
  const text = `The headrace runs, ${'supercalifragilistic'.repeat(4)} the head. 水水 runs!`
  const { Tokenizer } = await import('@huggingface/tokenizers')
  const { readFileSync } = await import('node:fs')
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')), {})
  for (const size of [4, 5, 9, 30]) {
    const cut = await pieces({ by: 'tokens', size, overlap: 2, tokenizer: '.' }, text)
    const counts = cut.map((piece) => tokenizer.encode(piece.text, { add_special_tokens: false }).ids.length)
    expect(Math.max(...counts)).toBeLessThanOrEqual(size)
    expect(cut.at(-1)?.chunkEnd).toBe([...text].length)
  }
})

test('wrong settings are problems under their fields', async () => {
  const wrong = async (config: object) =>
    (
      await runNode(
        chunk,
        config,
        { fields: [...fields, { name: 'n', type: types.int8 }], rows: [] },
        new Bench(folder),
      )
    ).problems.map(({ place, code }) => [place.setting, code])
  expect(await wrong({ column: 'txet' })).toEqual([['column', 'unknown-column']])
  expect(await wrong({ column: 'n' })).toEqual([['column', 'not-text']])
  expect(await wrong({ column: 'text', size: 10, overlap: 10 })).toEqual([['overlap', 'bad-overlap']])
  expect(await wrong({ column: 'text', by: 'tokens' })).toEqual([['tokenizer', 'no-tokenizer']])
  expect(await wrong({ column: 'text', by: 'tokens', tokenizer: 'nowhere' })).toEqual([['tokenizer', 'no-tokenizer']])
  expect(await wrong({ column: 'text', as: 'chunkEnd' })).toEqual([['as', 'duplicate-column']])
})

const parts = fc.constantFrom(
  ' ',
  '\n',
  '\n\n',
  '. ',
  'a',
  'word',
  '🌊',
  'é',
  '水',
  '。',
  'supercalifragilistic',
  '(',
  '!',
)
const anyText = fc.array(parts, { maxLength: 60 }).map((some) => some.join(''))

test('any text in pieces: within the size, at their places, in order, all of it, however the rows are cut', async () => {
  const config = fc.record({
    by: fc.constantFrom('characters' as const, 'sentences' as const, 'tokens' as const),
    size: fc.integer({ min: 2, max: 30 }),
    overlap: fc.integer({ min: 0, max: 12 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(anyText), { maxLength: 5 }), config, async (texts, { by, size, overlap }) => {
      const settings = { column: 'text', by, size, overlap: Math.min(overlap, size - 1), as: 'piece' }
      const input = { fields, rows: texts.map((text) => ({ text })) }
      const ran = await runCuts(chunk, by === 'tokens' ? { ...settings, tokenizer: '.' } : settings, input, { folder })
      expect(ran.rejected).toEqual([])
      const end = new Map<string, number>()
      for (const [i, row] of ran.rows.entries()) {
        const { text, piece, chunkStart, chunkEnd } = row as unknown as Piece & { piece: string }
        const points = [...text]
        expect(piece).toBe(points.slice(chunkStart, chunkEnd).join(''))
        expect(piece.trim()).toBe(piece)
        if (by === 'characters') expect(chunkEnd - chunkStart).toBeLessThanOrEqual(size)
        // Nothing but white space lies between a piece and the one before, and each goes beyond it.
        const parent = (ran.identities[i] as string).replace(/\.\d+$/, '')
        const before = end.get(parent) ?? 0
        expect(points.slice(before, chunkStart).join('').trim()).toBe('')
        expect(chunkEnd).toBeGreaterThan(before)
        end.set(parent, chunkEnd)
      }
      const missing = texts.flatMap((text, i) =>
        text ? [[...text].slice(end.get(`source:rows:${i + 1}`) ?? 0).join('')] : [],
      )
      expect(missing.join('').trim()).toBe('')
    }),
    { numRuns: 120 },
  )
})
