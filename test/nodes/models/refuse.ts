import { existsSync } from 'node:fs'
import { columnOf, model, Type, types } from '@headrace/runtime/sdk'
import { refuseSettings } from '../transforms/refuse.ts'

/** A model that fails on some rows, until it is told to take them. */
export default model({
  title: 'Refuse',
  description: 'Fails on some rows.',
  config: Type.Object(refuseSettings),
  examples: [],
  columns: ({ input }) => input.fields,
  resource: {
    key: ({ config }) => JSON.stringify(config),
    open: async ({ config: { rest, honest } }) => ({
      limits: { rows: 512, cost: 1e9 },
      about: 'refuse',
      close: async () => {},
      infer: async (batch) => {
        const numbers = Array.from({ length: batch.rows }, (_, row) => Number(batch.row(row)['n']))
        if (!(honest && existsSync(honest)) && numbers.some((n) => n % 4 === rest)) throw new Error('no "such" rows')
        return [[{ name: 'n', type: types.int64 }, columnOf(batch.scope, types.int64, numbers.map(BigInt))]]
      },
    }),
  },
  async *run({ input, infer }) {
    for await (const batch of input) {
      const { batch: answer, failures } = await infer(batch.project([{ column: 'n' }]))
      answer.release()
      yield batch.reject(failures)
    }
  },
})
