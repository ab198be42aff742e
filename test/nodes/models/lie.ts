import { existsSync } from 'node:fs'
import { columnOf, model, Type, types } from '@headrace/runtime/sdk'

/** How a model can lie about the rows that it is asked for. */
export const modelLies = ['short', 'long'] as const

/** A model that answers with a row less or more than it was asked for. */
export default model({
  title: 'Lie',
  description: 'Doubles n, and answers short or long.',
  config: Type.Object({
    how: Type.String({ description: 'short: a row less; long: a row more.' }),
    at: Type.Integer({ default: 31, description: 'It lies when it meets this n.' }),
    honest: Type.Optional(Type.String({ description: 'A file: where it exists, nothing is wrong.' })),
  }),
  examples: [],
  columns: ({ input }) => [...input.fields, { name: 'twice', type: types.int64 }],
  resource: {
    key: ({ config }) => JSON.stringify(config),
    open: async ({ config: { how, at, honest } }) => ({
      limits: { rows: 512, cost: 1e9 },
      about: 'a liar',
      close: async () => {},
      infer: async (batch) => {
        const numbers = Array.from({ length: batch.rows }, (_, row) => Number(batch.row(row)['n']))
        if (numbers.includes(at) && !(honest && existsSync(honest))) {
          if (how === 'short') numbers.pop()
          else numbers.push(0)
        }
        const twice = numbers.map((n) => BigInt(n) * 2n)
        return [[{ name: 'twice', type: types.int64 }, columnOf(batch.scope, types.int64, twice)]]
      },
    }),
  },
  async *run({ input, infer }) {
    for await (const batch of input) {
      const { batch: answer, failures } = await infer(batch.project([{ column: 'n' }]))
      using doubled = answer
      yield batch.reject(failures).with([[{ name: 'twice', type: types.int64 }, doubled.column(0)]])
    }
  },
})
