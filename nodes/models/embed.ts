import { basename } from 'node:path'
import {
  Batch,
  type Column,
  columnOf,
  type Failure,
  Identity,
  model,
  Schema,
  type Scope,
  type Static,
  Type,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import { type EmbedProbe, probeEmbed } from '../formats/model/embed-probe.ts'
import { idsField, openEncoder, vectorType } from '../formats/model/embed-session.ts'
import { sessionBytes } from '../formats/model/fingerprint.ts'
import { IdBuffer, idsColumn } from '../formats/model/id-buffer.ts'
import { providerSetting, sessionsOn } from '../formats/model/provider.ts'
import { loadTokenizer } from '../formats/model/tokenizer.ts'
import { type Prepared, throughModel } from '../formats/model/window.ts'
import { shortPath, summaryOf } from '../formats/summary.ts'
import { isBlank, withPrefix } from '../formats/text/row-bytes.ts'

const settings = Type.Object({
  model: Type.String({
    format: 'folder',
    description: 'A folder with an ONNX encoder and its tokenizer, as sentence-transformers or optimum export it.',
    examples: ['../models/all-minilm-l6-v2'],
  }),
  file: Type.Optional(
    Type.String({
      description: "The ONNX file in that folder. Default: the folder's only .onnx file, also in its folder onnx.",
      examples: ['onnx/model_quantized.onnx'],
    }),
  ),
  column: Type.String({ format: 'column', description: 'The column of texts.', examples: ['text'] }),
  as: Type.String({ default: 'vector', description: 'The column that the vectors go to.' }),
  pooling: Type.Optional(
    Type.Union([Type.Literal('mean'), Type.Literal('cls'), Type.Literal('last'), Type.Literal('none')], {
      description:
        'How the vectors of the tokens become one: their mean, the first, the last; none keeps a list of them. Default: as the model folder says.',
    }),
  ),
  normalize: Type.Optional(
    Type.Boolean({ description: 'Whether vectors get the length 1. Default: as the model folder says.' }),
  ),
  prefix: Type.Optional(
    Type.String({
      description: 'Put in front of every text. Default: as the model folder says, else nothing.',
      examples: ['passage: '],
    }),
  ),
  queryPrefix: Type.Optional(
    Type.String({
      description: 'Put in front of a question by headrace search. Default: as the model folder says, else nothing.',
      examples: ['query: '],
    }),
  ),
  maxTokens: Type.Optional(
    Type.Integer({
      minimum: 3,
      description: 'The most tokens of a text, special tokens included. Default: as the model folder says.',
    }),
  ),
  truncate: Type.Boolean({
    default: true,
    description: 'Cuts texts that are longer than maxTokens and reports how many; false rejects them.',
  }),
  onEmpty: Type.Union([Type.Literal('reject'), Type.Literal('null'), Type.Literal('embed')], {
    default: 'reject',
    description: 'What becomes of a text that is null or only white space: rejected, a null vector, or embedded as "".',
  }),
  output: Type.Union([Type.Literal('float32'), Type.Literal('float16')], {
    default: 'float32',
    description: "The type of the vectors' numbers.",
  }),
  provider: providerSetting,
})

type Config = Static<typeof settings>

/** Most bytes of vectors in an output batch. */
const batchBytes = 2 << 20

/** Turns texts into vectors with a text encoder. */
export default model({
  title: 'Embed',
  description: 'Turns texts into vectors with an ONNX text encoder, its tokenizer and its pooling.',
  config: settings,
  summary: ({ column, model: folder }) => summaryOf(shortPath(folder), column),
  examples: [
    {
      title: 'Vectors of a column of texts',
      config: { model: '../models/all-minilm-l6-v2', column: 'text', provider: 'cpu' },
      input: [{ name: 'text', type: types.string }],
      rows: [{ text: 'a channel that feeds a turbine' }, { text: ' ' }, { text: 'Größe zählt' }],
      rejected: 1,
    },
    {
      title: 'Null vectors for empty texts, long ones rejected',
      config: {
        model: '../models/all-minilm-l6-v2',
        column: 'text',
        provider: 'cpu',
        maxTokens: 6,
        truncate: false,
        onEmpty: 'null',
      },
      input: [{ name: 'text', type: types.string }],
      rows: [{ text: null }, { text: 'one two three four five six seven' }],
      output: [{ text: null, vector: null }],
      rejected: 1,
    },
  ],
  probe: async (context) => await probeEmbed(context),
  columns: ({ input, config, probe, report }) => {
    const field = findColumn(input, config.column, 'column', report)
    if (field && field.type.kind !== 'string') {
      report({
        code: 'wrong-type',
        message: `The column "${config.column}" is ${typeName(field.type)}, not string.`,
        hint: 'Make a text of it with transforms/derive or transforms/select.',
        setting: 'column',
      })
    }
    const found = probe as EmbedProbe | null
    if (!found) return input.fields
    const vector = { name: config.as, type: vectorType(found.encoder) }
    const at = input.indexOf(config.as)
    return at < 0 ? [...input.fields, vector] : input.fields.with(at, vector)
  },
  origins: ({ config }) => ({ [config.as]: [config.column] }),
  detected: ({ probe }) => {
    const { encoder, maxTokens, prefix } = probe as EmbedProbe
    const { dimension, pooling, pooled, normalize } = encoder
    return {
      dimension: String(dimension),
      pooling: pooled ? 'done by the model' : pooling,
      length: normalize ? '1 (normalized)' : 'as it comes',
      'most tokens': String(maxTokens),
      ...(prefix && { prefix }),
    }
  },
  footprint: ({ probe }) => {
    const { encoder, modelBytes = 0 } = (probe ?? {}) as Partial<EmbedProbe>
    return { name: `model ${basename(encoder?.path ?? '')}`, ...sessionBytes(modelBytes) }
  },
  fingerprint: ({ config, probe }) => {
    const { encoder, hashes, prefix, maxTokens, lowerCase } = probe as EmbedProbe
    const { output, pooling, normalize, dimension } = encoder
    const numbers = { output, pooling, normalize, dimension, as: config.output }
    return { column: config.as, fingerprint: { ...hashes, ...numbers, prefix, maxTokens, lowerCase } }
  },
  resource: {
    key: ({ config, probe }) => `embed ${JSON.stringify([(probe as EmbedProbe).encoder, config.provider])}`,
    sessions: ({ config }) => sessionsOn(config.provider),
    open: async ({ config, probe, threads }) => {
      const { encoder, padIdUnknown, tokenizer, tokenizerConfig } = probe as EmbedProbe
      const padId = padIdUnknown ? (await loadTokenizer(tokenizer, tokenizerConfig)).padId : encoder.padId
      return await openEncoder({ ...encoder, padId }, config.provider, threads)
    },
  },
  query: async ({ probe, session, scope, texts }) => {
    const found = probe as EmbedProbe
    const tokenizer = await loadTokenizer(found.tokenizer, found.tokenizerConfig, found.lowerCase)
    const vectors: Float32Array[] = []
    for (const text of texts) {
      const { ids } = tokenizer.encode(found.queryPrefix + text, found.maxTokens)
      const column = columnOf(scope, idsField.type, [ids])
      const batch = new Batch(scope, new Schema([idsField]), [column], new Identity({ node: 'query', path: '' }, 1, 1))
      const [[, answer] = []] = await session.infer(batch)
      const items = answer?.children[0]?.values
      if (!items) throw new RangeError('the model gave no vector')
      vectors.push(items instanceof Uint16Array ? halves(items) : Float32Array.from(items as Float32Array))
    }
    return vectors
  },
  async *run(context) {
    const { config, scope } = context
    const found = context.probe as EmbedProbe
    const tokenizer = await loadTokenizer(found.tokenizer, found.tokenizerConfig, found.lowerCase)
    const texts = withPrefix(found.prefix)
    const ids = new IdBuffer()
    const type = vectorType(found.encoder)
    const tokens = type.kind === 'list' ? found.maxTokens : 1
    const rowBytes = found.encoder.dimension * tokens * (found.encoder.half ? 2 : 4)
    yield* throughModel(context, {
      sliceRows: Math.max(1, Math.min(256, Math.floor(batchBytes / rowBytes))),
      fields: [{ name: config.as, type }],
      prepare: (batch) => {
        ids.length = 0
        const encode = (column: Column, row: number) =>
          tokenizer.encodeBytes(...texts(column, row), ids, found.maxTokens)
        return tokenize(batch, config, found, encode, ids, scope, context.count)
      },
      results: (answer) => [[{ name: config.as, type }, answer.column(0)]],
    })
  },
})

/** Rejects what cannot be embedded and makes the model's request of the rest: a list of token ids a row. */
function tokenize(
  batch: Batch,
  config: Config,
  found: EmbedProbe,
  encode: (texts: Column, row: number) => number,
  ids: IdBuffer,
  scope: Scope,
  count: (name: string, rows: number) => void,
): Prepared {
  const texts = batch.column(config.column)
  const failures: Failure[] = []
  const asked: number[] = []
  const ends: number[] = []
  const left: number[] = []
  let truncated = 0
  for (let row = 0; row < batch.rows; row++) {
    if (config.onEmpty !== 'embed' && isBlank(texts, row)) {
      if (config.onEmpty === 'null') left.push(row)
      else failures.push({ row, code: 'empty-text', message: 'The text is empty.', column: config.column })
      continue
    }
    const full = encode(texts, row)
    if (full > found.maxTokens && !config.truncate) {
      const message = `The text has ${full} tokens; maxTokens is ${found.maxTokens}.`
      failures.push({ row, code: 'too-long', message, column: config.column })
      ids.length = ends.at(-1) ?? 0
      continue
    }
    if (full > found.maxTokens) truncated++
    asked.push(row)
    ends.push(ids.length)
    left.push(row)
  }
  if (truncated) count('truncated', truncated)
  const places = left.length === asked.length ? null : placesIn(left, asked)
  return {
    batch: batch.reject(failures),
    request: [[idsField, idsColumn(scope, ids, ends)]],
    rows: places,
    costs: Uint32Array.from(ends, (end, i) => end - (ends[i - 1] ?? 0)),
  }
}

/** Where each asked row stands among those that are left. */
function placesIn(left: readonly number[], asked: readonly number[]): Int32Array {
  const place = new Map(left.map((row, i) => [row, i]))
  return Int32Array.from(asked, (row) => place.get(row) as number)
}

const halves = (bits: Uint16Array): Float32Array => Float32Array.from(new Float16Array(Uint16Array.from(bits).buffer))
