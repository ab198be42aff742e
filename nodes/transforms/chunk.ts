import {
  type Column,
  type Failure,
  type Field,
  HeadraceError,
  Type,
  transform,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import { explodeRows, piecesFields, piecesPerBatch } from '../formats/pieces.ts'
import { summaryOf } from '../formats/summary.ts'
import { byCharacters, bySentences, byTokens } from '../formats/text/chunks.ts'
import { pieceCollector, placeFields } from '../formats/text/piece-columns.ts'
import { openTokenCounter } from '../formats/text/token-counter.ts'

const defaultSize = { characters: 1000, sentences: 5, tokens: 256 } as const

/** Cuts texts into pieces, each a row of its own. */
export default transform({
  title: 'Chunk',
  description: 'Cuts a text into pieces of a size that a model takes, each a row with its place in the text.',
  config: Type.Object({
    column: Type.String({
      format: 'column',
      description: 'The text. A row whose text is null or blank counts as filtered.',
    }),
    by: Type.Optional(
      Type.Union([Type.Literal('characters'), Type.Literal('sentences'), Type.Literal('tokens')], {
        default: 'characters',
        description:
          'What size and overlap count. Pieces by characters and tokens end at a paragraph, a line, a sentence or a ' +
          'word, the best that lies in the second half of the size.',
      }),
    ),
    size: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'The most that a piece has: 1000 characters (Unicode code points), 5 sentences or 256 tokens where it is not ' +
          "given. A model's own marks around a text ([CLS], [SEP]) are not counted.",
        examples: [500],
      }),
    ),
    overlap: Type.Optional(
      Type.Integer({ minimum: 0, default: 0, description: 'The most of its predecessor that a piece begins with.' }),
    ),
    tokenizer: Type.Optional(
      Type.String({
        format: 'tokenizer',
        description: 'By tokens: the folder of the model that will read the pieces, or its tokenizer.json.',
        examples: ['models/all-minilm-l6-v2'],
      }),
    ),
    as: Type.Optional(
      Type.String({
        description:
          'The column that gets the pieces. Left out: the text itself is replaced by its piece. Under another name ' +
          'every piece also carries the whole text.',
      }),
    ),
  }),
  summary: ({ column, by = 'characters', size }) => summaryOf(column, `${size ?? defaultSize[by]} ${by}`),
  examples: [
    {
      title: 'Pieces of at most 24 characters, cut between words',
      config: { column: 'text', size: 24 },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'text', type: types.string },
      ],
      rows: [
        { id: 1n, text: 'A headrace is a channel. It feeds a turbine 🌊.' },
        { id: 2n, text: '  ' },
        { id: 3n, text: null },
        { id: 4n, text: 'Kurz.' },
      ],
      output: [
        { id: 1n, text: 'A headrace is a channel.', chunkIndex: 0, chunkStart: 0, chunkEnd: 24 },
        { id: 1n, text: 'It feeds a turbine 🌊.', chunkIndex: 1, chunkStart: 25, chunkEnd: 46 },
        { id: 4n, text: 'Kurz.', chunkIndex: 0, chunkStart: 0, chunkEnd: 5 },
      ],
      rejected: 0,
    },
    {
      title: 'Two sentences a piece, one shared with the piece before',
      config: { column: 'text', by: 'sentences', size: 2, overlap: 1, as: 'piece' },
      input: [{ name: 'text', type: types.string }],
      rows: [{ text: 'One. Two! Three?' }],
      output: [
        { text: 'One. Two! Three?', piece: 'One. Two!', chunkIndex: 0, chunkStart: 0, chunkEnd: 9 },
        { text: 'One. Two! Three?', piece: 'Two! Three?', chunkIndex: 1, chunkStart: 5, chunkEnd: 16 },
      ],
    },
  ],
  probe: async ({ config, resolve, report }) => {
    if (config.by !== 'tokens' || config.tokenizer === undefined) return null
    try {
      await openTokenCounter(resolve(config.tokenizer))
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error
      report({
        code: error.code,
        setting: 'tokenizer',
        message: error.message,
        ...(error.hint && { hint: error.hint }),
      })
    }
    return null
  },
  columns: ({ input, config, report }) => {
    const { column, by = 'characters', size = defaultSize[by], overlap = 0, tokenizer, as = column } = config
    const field = findColumn(input, column, 'column', report)
    if (field && field.type.kind !== 'string') {
      report({
        code: 'not-text',
        setting: 'column',
        message: `column "${column}" is ${typeName(field.type)}, not string`,
      })
    }
    if (overlap >= size) {
      report({
        code: 'bad-overlap',
        setting: 'overlap',
        message: `an overlap of ${overlap} leaves no room in a size of ${size}`,
        hint: 'Make overlap smaller than size; a tenth to a fifth of it is usual.',
      })
    }
    if (by === 'tokens' && tokenizer === undefined) {
      report({
        code: 'no-tokenizer',
        setting: 'tokenizer',
        message: 'tokens are counted by a tokenizer, and none is named',
      })
    }
    if (by !== 'tokens' && tokenizer !== undefined) {
      report({
        code: 'unused-setting',
        severity: 'warning',
        setting: 'tokenizer',
        message: `by ${by} no tokenizer is used`,
      })
    }
    if (placeFields.some(({ name }) => name === as)) {
      report({
        code: 'duplicate-column',
        setting: 'as',
        message: `"${as}" is the name of a column that chunk adds itself`,
      })
    }
    return piecesFields(input.fields, [{ name: as, type: types.string }, ...placeFields])
  },
  origins: ({ config: { column, as = column } }) =>
    Object.fromEntries([as, ...placeFields.map(({ name }) => name)].map((name) => [name, [column]])),
  reads: ({ config }) => [config.column],
  async *run({ input, config, scope, resolve }) {
    const { column: name, by = 'characters', size = defaultSize[by], overlap = 0, as = name } = config
    const chunker =
      by === 'tokens'
        ? byTokens({ size, overlap }, await openTokenCounter(resolve(config.tokenizer ?? '')))
        : (by === 'sentences' ? bySentences : byCharacters)({ size, overlap })
    const pieces = pieceCollector(chunker, as !== name)
    for await (const batch of input) {
      using whole = batch.keep()
      const most = piecesPerBatch(whole, new Set([as]))
      const column = whole.column(name)
      let failures: Failure[] = []
      for (let start = 0, row = 0; row < whole.rows || row === 0; row++) {
        const failure = row < whole.rows ? pieces.add(column, row) : null
        if (failure) failures.push({ ...failure, row: row - start, column: name })
        const end = Math.min(row + 1, whole.rows)
        if (pieces.pieces < most && pieces.bytes < batchBytes && end < whole.rows) continue
        const { parents, text, places } = pieces.take(scope, column)
        const rows = start === 0 && end === whole.rows ? whole : whole.slice(start, end)
        yield explodeRows(rows.reject(failures), parents, [
          [{ name: as, type: types.string }, text],
          ...places.map((place, i): [Field, Column] => [placeFields[i] as Field, place]),
        ])
        failures = []
        start = end
      }
    }
  },
})

/** A batch is full with so much text. */
const batchBytes = 2 << 20
