import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { types } from '@headrace/runtime/sdk'
import { Bench, runNode } from '@headrace/runtime/testing'
import { tinyModel } from '../../../nodes/formats/model/tiny-model.ts'
import { loadTokenizer } from '../../../nodes/formats/model/tokenizer.ts'
import embed from '../../../nodes/models/embed.ts'
import onnx from '../../../nodes/models/onnx.ts'
import { endingOf, refusedBy } from '../engine/judge.ts'
import type { Target } from '../engine/target.ts'

const wordPiece = {
  version: '1.0',
  truncation: null,
  padding: { pad_id: 0, strategy: 'BatchLongest' },
  added_tokens: [
    { id: 2, content: '[CLS]', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  ],
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
    single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] } },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, hello: 3, world: 4, a: 5, '##b': 6, '1': 7 },
  },
}
const bpe = {
  ...wordPiece,
  normalizer: {
    type: 'Sequence',
    normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: 'aa+' }, content: 'b' }],
  },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: '\\p{L}+|\\s+' }, behavior: 'Isolated', invert: false },
      { type: 'ByteLevel', add_prefix_space: false },
    ],
  },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: { h: 0, e: 1, he: 2, a: 3 }, merges: ['h e'], byte_fallback: true, unk_token: null },
}
const unigram = {
  ...wordPiece,
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['▁a', -1.5],
      ['a', -2],
    ],
  },
}
const sides = {
  'config.json': { model_type: 'bert', hidden_size: 4, max_position_embeddings: 16, pad_token_id: 0 },
  'tokenizer_config.json': {
    model_max_length: 16,
    pad_token: '[PAD]',
    truncation_side: 'right',
    tokenizer_class: 'BertTokenizer',
  },
  'sentence_bert_config.json': { max_seq_length: 12, do_lower_case: false },
  'modules.json': [
    { idx: 0, type: 'sentence_transformers.models.Transformer', path: '' },
    { idx: 1, type: 'x.Pooling', path: '1_Pooling' },
    { idx: 2, type: 'x.Normalize', path: '2' },
  ],
  '1_Pooling/config.json': { word_embedding_dimension: 4, pooling_mode_mean_tokens: true },
  'config_sentence_transformers.json': { prompts: { query: 'q: ', document: 'd: ' }, default_prompt_name: null },
}
const encoder = () =>
  tinyModel({
    inputs: [{ name: 'input_ids', type: 'int64', dims: ['b', 's'] }],
    outputs: [{ name: 'last_hidden_state', type: 'float32', dims: ['b', 's', 4] }],
    nodes: [],
  })

const texts = ['', 'hello world', `${'a'.repeat(200)}!`, 'ä 😀 1', 'Hello\u0000']

/** The files beside a model: tokenizer.json, config.json and their kin. One object with a key for each file. */
export const modelTarget: Target = {
  about: 'the files beside an embedding model: tokenizer, configurations',
  form: 'json',
  short: 80,
  together: 4,
  seeds: () => [wordPiece, bpe, unigram].map((tokenizer) => JSON.stringify({ ...sides, 'tokenizer.json': tokenizer })),
  words: [
    'BPE',
    'WordPiece',
    'Unigram',
    'WordLevel',
    'Sequence',
    'NFKD',
    'Precompiled',
    'Replace',
    'Split',
    'ByteLevel',
    'Metaspace',
    'RobertaProcessing',
    'Regex',
    'String',
    'aa+',
    '(',
    '[CLS]',
    'type',
    'vocab',
    'merges',
    'pattern',
    '../..',
    'cls',
    'none',
  ],
  async open(folder) {
    return {
      async feed(input) {
        const model = join(folder, 'model')
        rmSync(model, { recursive: true, force: true })
        mkdirSync(join(model, '1_Pooling'), { recursive: true })
        writeFileSync(join(model, 'model.onnx'), encoder())
        for (const [name, text] of filesIn(input)) writeFileSync(join(model, name), text)
        const bench = new Bench(folder)
        try {
          const config = { model: 'model', column: 'text', as: 'vector', output: 'float32', provider: 'cpu' } as never
          const probe = await embed.probe?.(bench.probeContext(config))
          if (bench.problems.length || !probe) return refusedBy(bench.problems)
          const { tokenizer, tokenizerConfig } = probe as { tokenizer: string; tokenizerConfig: string | null }
          const { encode } = await loadTokenizer(tokenizer, tokenizerConfig)
          for (const text of texts) encode(text, 12)
          return 'a tokenizer'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}

/** The files that an input makes: one of the known names each; a value that is no JSON is written as it is. */
function filesIn(input: Buffer): [name: string, text: string | Buffer][] {
  try {
    const value = JSON.parse(input.toString('utf8')) as unknown
    if (typeof value !== 'object' || value === null) return [['tokenizer.json', input]]
    return Object.entries(value)
      .filter(([name]) => name in sides || name === 'tokenizer.json')
      .map(([name, file]) => [name, JSON.stringify(file)])
  } catch {
    return [['tokenizer.json', input]]
  }
}

/** ONNX files: what a check reads of them, and ONNX Runtime opening them. */
export const onnxTarget: Target = {
  about: 'ONNX files',
  form: 'bytes',
  short: 40,
  together: 4,
  seeds: () => [
    tinyModel({
      inputs: [{ name: 'x', type: 'float32', dims: ['n', 2] }],
      outputs: [{ name: 'y', type: 'float32', dims: ['n', 2] }],
      nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
    }),
    tinyModel({
      inputs: [{ name: 'x', type: 'string', dims: ['n'] }],
      outputs: [{ name: 'y', type: 'string', dims: ['n'] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      external: { w: 'weights.bin' },
    }),
    encoder(),
  ],
  words: [
    '\x3a',
    '\x12',
    '\x0a\x01x',
    '\xff\xff\xff\xff\x0f',
    '../../etc/passwd',
    'location',
    'Loop',
    'If',
    'Reshape',
    'Tile',
  ],
  async open(folder) {
    const path = join(folder, 'm.onnx')
    mkdirSync(dirname(path), { recursive: true })
    const fields = [
      { name: 'a', type: types.float32 },
      { name: 'b', type: types.float32 },
    ]
    return {
      async feed(input) {
        writeFileSync(path, input)
        const settings = { model: path, inputs: { x: ['a', 'b'] }, provider: 'cpu' }
        try {
          const ran = await runNode(onnx, settings, { fields, rows: [{ a: 1, b: 2 }] }, new Bench(folder))
          if (ran.problems.some(({ severity }) => severity === 'error')) return refusedBy(ran.problems)
          return ran.rejected.length ? 'rows rejected' : 'rows'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}
