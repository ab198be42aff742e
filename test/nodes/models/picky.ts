import { setTimeout } from 'node:timers/promises'
import { columnOf, model, Type, types } from '@headrace/runtime/sdk'

/** A model that does not open, never answers, or fails on one number, alone or among others. */
export default model({
  title: 'Picky',
  description: 'Doubles n, and fails as a test wants it.',
  config: Type.Object({
    poison: Type.Integer({ default: -1, description: 'The n that makes a call fail.' }),
    milliseconds: Type.Number({ default: 0, description: 'How long a call takes.' }),
    how: Type.Union([Type.Literal('work'), Type.Literal('closed'), Type.Literal('silent')], {
      default: 'work',
      description: 'whether it opens and answers',
    }),
  }),
  examples: [],
  columns: ({ input }) => [...input.fields, { name: 'twice', type: types.int64 }],
  resource: {
    key: ({ config }) => JSON.stringify(config),
    open: async ({ config }) => {
      if (config.how === 'closed') throw new Error('the model file is damaged')
      return {
        limits: { rows: 512, cost: 1e9 },
        about: 'picky',
        close: async () => {},
        infer: async (batch) => {
          if (config.milliseconds) await setTimeout(config.milliseconds)
          if (config.how === 'silent') await new Promise(() => {})
          const numbers = Array.from({ length: batch.rows }, (_, row) => batch.row(row)['n'] as bigint)
          if (numbers.includes(BigInt(config.poison))) throw new Error(`poison among ${batch.rows} rows`)
          return [
            [
              { name: 'twice', type: types.int64 },
              columnOf(
                batch.scope,
                types.int64,
                numbers.map((n) => n * 2n),
              ),
            ],
          ]
        },
      }
    },
  },
  async *run({ input, infer }) {
    for await (const batch of input) {
      const { batch: answer, failures } = await infer(batch.project([{ column: 'n' }]))
      using doubled = answer
      yield batch.reject(failures).with([[{ name: 'twice', type: types.int64 }, doubled.column(0)]])
    }
  },
})
