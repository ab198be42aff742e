import { columnOf, type Field, model, Type, types, valueAt } from '@headrace/runtime/sdk'

// A node is one file with one default export; its path beside the pipeline is its type. It is code with your rights.
// `headrace nodes test` shows with the examples below whether it keeps what every node promises.

const score: Field = { name: 'score', type: types.float64 }

/** Scores texts by the words in them: in place of this, load your model in `open` and call it in `infer`. */
export default model({
  title: 'Word score',
  description: 'Scores a text by the weights of its words.',
  config: Type.Object({
    column: Type.String({ format: 'column', description: 'The column of texts.' }),
    weights: Type.Record(Type.String(), Type.Number(), {
      description: 'What each word counts.',
      examples: [{ good: 1, bad: -1 }],
    }),
  }),
  summary: ({ column, weights }) => `${column}, ${Object.keys(weights).length} words`,
  examples: [
    {
      title: 'Good, bad, neither, nothing',
      config: { column: 'text', weights: { good: 1, bad: -1 } },
      input: [{ name: 'text', type: types.string }],
      rows: [{ text: 'good good' }, { text: 'a bad one' }, { text: 'hm' }, { text: null }],
      output: [
        { text: 'good good', score: 2 },
        { text: 'a bad one', score: -1 },
        { text: 'hm', score: 0 },
        { text: null, score: 0 },
      ],
    },
  ],
  columns({ input, config, report }) {
    if (input.field(config.column)?.type.kind !== 'string')
      report({ code: 'no-text', message: `there is no column of texts "${config.column}"`, setting: 'column' })
    const others = input.fields.map((field) => (field.name === score.name ? score : field))
    return input.field(score.name) ? others : [...others, score]
  },
  // The model lives apart from the workers and gets the rows of all of them merged. It is opened once for each session
  // that the plan gives it, each in a thread of its own: `sessions: 'one'` here says that it must be opened once only.
  resource: {
    key: ({ config }) => JSON.stringify(config),
    async open({ config }) {
      const weightOf = (word: string) => config.weights[word] ?? 0
      return {
        about: 'plain JavaScript',
        limits: { rows: 256, cost: 256 },
        async infer(batch) {
          const at = batch.schema.fields.findIndex(({ name }) => name === config.column)
          const scores = Array.from({ length: batch.rows }, (_, row) => {
            const words = String(valueAt(batch.column(at), row) ?? '').split(/\s+/)
            return words.reduce((sum, word) => sum + weightOf(word), 0)
          })
          return [[score, columnOf(batch.scope, score.type, scores)]]
        },
        async close() {},
      }
    },
  },
  async *run({ input, infer }) {
    for await (const batch of input) {
      const { batch: scored, failures } = await infer(batch)
      using answer = scored
      yield batch.reject(failures).with([[score, answer.column(0)]])
    }
  },
})
