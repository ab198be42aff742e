import { Tokenizer } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdBuffer } from './id-buffer.ts'
import { makeTokenizer } from './tokenizer.ts'

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDE0123456789éßσςжا水火'].flatMap((letter) => [letter, `##${letter}`])
const marks = [...'!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~“”…']
const pieces = ['the', 'head', '##race', '##rac', 'run', '##s', 'un', '##believ', '##able', 'caf', '##e', 'cafe']
const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...marks, ...letters, ...pieces]
const idOf = (token: string) => vocabulary.indexOf(token)
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((content) => ({
  id: idOf(content),
  content,
  special: true,
  normalized: false,
}))
const end = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
const template = {
  type: 'TemplateProcessing',
  single: [end('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, end('[SEP]')],
  pair: [end('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, end('[SEP]'), { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: Object.fromEntries(['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }])),
}
const bert = { clean_text: true, handle_chinese_chars: true, strip_accents: null as boolean | null, lowercase: true }

function definition(normalizer: Partial<typeof bert> = {}, more: readonly object[] = [], parts: object = {}) {
  return {
    version: '1.0',
    added_tokens: [...special, ...more] as { content: string }[],
    normalizer: { type: 'BertNormalizer', ...bert, ...normalizer },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: template,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 20,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
    ...parts,
  }
}

type Definition = ReturnType<typeof definition>
const made = async (of: Definition, config = {}, lowerCase = false) => {
  const tokenizer = await makeTokenizer(of, config, lowerCase)
  return (text: string, most?: number) => {
    const bytes = Buffer.from(`~${text}~`)
    const ids = new IdBuffer()
    ids.push([7])
    const full = tokenizer.encodeBytes(bytes, 1, bytes.length - 1, ids, most)
    expect(ids.values[0]).toBe(7)
    return { ids: [...ids.values.subarray(1, ids.length)], full }
  }
}

const character = fc.oneof(
  fc.constantFrom(...'  \t\n\r\v\f\0\u0085\u00a0\u2028\u3000\ufeff\u200b\u00ad'),
  fc.constantFrom(...'[]#.\'"<>-“”…'),
  fc.constantFrom(...'éÉßσςΣİIıÅǺ̈ا水火豈あ가각ǅﬁ𠀀🌊\ufffd'),
)
const word = fc.oneof(
  fc.constantFrom(
    'the',
    'Headrace',
    'unbelievable',
    'runs',
    'cafe',
    'Café',
    'ΟΔΟΣ',
    '[MASK]',
    '[mask]',
    '[CLS]',
    '[SE',
    '<x>',
  ),
  fc.constantFrom('Foo', 'foo', 'a'.repeat(20), 'b'.repeat(21), '水the', 'x'.repeat(90), 'é'.repeat(40)),
  fc.string({ unit: 'grapheme-ascii', maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  character,
)
const text = fc.array(word, { maxLength: 20 }).map((parts) => parts.join(''))
const spaced = fc.array(word, { maxLength: 20 }).map((parts) => parts.join(' '))

const added = [
  [],
  [{ id: idOf('the'), content: '<x>', special: false, normalized: true }],
  [{ id: idOf('run'), content: 'foo', special: false, normalized: false, lstrip: true, rstrip: true }],
  [{ id: idOf('run'), content: 'Foo', special: false }],
  [{ id: idOf('run'), content: '水', special: false, normalized: false }],
  [{ id: idOf('run'), content: 'a b', special: false, normalized: false }],
]

test('bytes get the ids that the library gives for the text', async () => {
  for (const clean_text of [true, false]) {
    for (const [lowercase, strip_accents] of [
      [true, null],
      [true, false],
      [false, true],
      [false, null],
    ] as const) {
      for (const [i, more] of added.entries()) {
        const of = definition({ clean_text, lowercase, strip_accents, handle_chinese_chars: i % 2 === 0 }, more)
        const library = new Tokenizer(of, {})
        const encode = await made(of)
        fc.assert(
          fc.property(fc.oneof(text, spaced), (some) => {
            const { ids } = library.encode(some)
            expect([some, encode(some)]).toEqual([some, { ids, full: ids.length }])
          }),
          { numRuns: 60 },
        )
      }
    }
  }
})

test('a long text is cut on its side, and words in lower case are as if written so', async () => {
  for (const truncation_side of ['right', 'left']) {
    const of = definition({ lowercase: false })
    const tokenizer = await makeTokenizer(of, { truncation_side }, true)
    const encode = await made(of, { truncation_side }, true)
    fc.assert(
      fc.property(spaced, fc.integer({ min: 0, max: 12 }), (some, most) => {
        expect(encode(some, most)).toEqual(tokenizer.encode(some, most))
        expect(encode(some)).toEqual(tokenizer.encode(some.toLowerCase()))
      }),
    )
  }
})

test('more words than are remembered', async () => {
  const of = definition()
  const library = new Tokenizer(of, {})
  const encode = await made(of)
  for (let i = 0; i < 150_000; i += 10) {
    const some = Array.from({ length: 10 }, (_, k) => `a${(i + k) * 7919}`).join(' ')
    const { ids } = encode(some)
    if (i % 5000 === 0) expect(ids).toEqual(library.encode(some).ids)
  }
  expect(encode('the headrace').ids).toEqual(library.encode('the headrace').ids)
})

test('other tokenizers and post-processors are left to the library', async () => {
  const others = [
    definition({}, [], { pre_tokenizer: { type: 'Whitespace' } }),
    definition({}, [], { normalizer: null }),
    definition({}, [], { post_processor: null }),
    definition({}, [], { post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] } }),
  ]
  for (const of of others) {
    const library = new Tokenizer(of, {})
    const encode = await made(of)
    for (const some of ['the headrace runs', '', 'Café [MASK] 水', 'x']) {
      expect(encode(some).ids).toEqual(library.encode(some).ids)
    }
  }
})
