import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IdBuffer } from '../../nodes/formats/model/id-buffer.ts'
import { makeTokenizer } from '../../nodes/formats/model/tokenizer.ts'

const folder = join(import.meta.dirname, '../../../shared/data/tokenizer-conformance')
const present = existsSync(folder)
if (!present) console.log(`skipped: there is no folder ${folder}`)

interface Case {
  readonly family: string
  readonly name: string
  readonly text: string
  readonly text_pair?: string
  readonly ids: number[]
}

test.skipIf(!present)('bert-base-uncased gives the ids of every case', async () => {
  const vocabulary = readFileSync(join(folder, 'bert-base-uncased-vocab.txt'), 'utf8').trimEnd().split('\n')
  const cases = JSON.parse(readFileSync(join(folder, 'bert-cases.json'), 'utf8')) as Case[]
  expect(cases.length).toBe(30)
  const tokenizer = await makeTokenizer(bertTokenizer(vocabulary), { tokenizer_class: 'BertTokenizer' })
  for (const { name, text, text_pair, ids } of cases) {
    const got = text_pair === undefined ? tokenizer.encode(text).ids : tokenizer.encodePair(text, text_pair)
    expect([name, got]).toEqual([name, ids])
  }
})

test.skipIf(!present)('a text that is too long keeps its first tokens and both special ones', async () => {
  const vocabulary = readFileSync(join(folder, 'bert-base-uncased-vocab.txt'), 'utf8').trimEnd().split('\n')
  const id = (token: string) => vocabulary.indexOf(token)
  const definition = bertTokenizer(vocabulary)
  const cut = { ids: ['[CLS]', 'the', 'new', '[SEP]'].map(id), full: 6 }
  expect((await makeTokenizer(definition, {})).encode('the new york times', 4)).toEqual(cut)
  const left = { ids: ['[CLS]', 'york', 'times', '[SEP]'].map(id), full: 6 }
  expect((await makeTokenizer(definition, { truncation_side: 'left' })).encode('the new york times', 4)).toEqual(left)
})

test.skipIf(!present)('bytes get the ids of every case too', async () => {
  const vocabulary = readFileSync(join(folder, 'bert-base-uncased-vocab.txt'), 'utf8').trimEnd().split('\n')
  const cases = JSON.parse(readFileSync(join(folder, 'bert-cases.json'), 'utf8')) as Case[]
  const tokenizer = await makeTokenizer(bertTokenizer(vocabulary), { tokenizer_class: 'BertTokenizer' })
  for (const { name, text, text_pair, ids } of cases) {
    if (text_pair !== undefined) continue
    const [bytes, into] = [Buffer.from(text), new IdBuffer()]
    tokenizer.encodeBytes(bytes, 0, bytes.length, into)
    expect([name, [...into.values.subarray(0, into.length)]]).toEqual([name, ids])
  }
})

/** A tokenizer.json for a vocabulary of BERT's, lower case. */
function bertTokenizer(vocabulary: readonly string[]): Record<string, unknown> {
  const id = (token: string) => vocabulary.indexOf(token)
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  const end = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({ id: id(content), content, ...flags })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [end('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, end('[SEP]')],
      pair: [
        end('[CLS]'),
        { Sequence: { id: 'A', type_id: 0 } },
        end('[SEP]'),
        { Sequence: { id: 'B', type_id: 1 } },
        end('[SEP]'),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [id(token)], tokens: [token] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, i) => [token, i])),
    },
  }
}
