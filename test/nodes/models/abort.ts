import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { columnOf, model, Type, types } from '@headrace/runtime/sdk'

/** A model whose native code some rows take down, and the process with it. */
export default model({
  title: 'Abort',
  description: 'Doubles n; some numbers end the process as native code would.',
  config: Type.Object({
    poison: Type.Array(Type.Integer(), { default: [], description: 'The numbers that end the process.' }),
    signal: Type.String({ default: 'SIGABRT', description: 'The signal that ends it.' }),
    rows: Type.Integer({ default: 512, description: 'Most rows of a call.' }),
    milliseconds: Type.Number({ default: 0, description: 'How long a call takes before it does anything.' }),
    calls: Type.String({ description: 'A file that gets the rows of each call, a line each.' }),
  }),
  examples: [],
  columns: ({ input }) => [...input.fields, { name: 'twice', type: types.int64 }],
  resource: {
    key: ({ config }) => JSON.stringify(config),
    open: async ({ config, resolve }) => ({
      limits: { rows: config.rows, cost: 1e9 },
      about: 'abort',
      close: async () => {},
      infer: async (batch) => {
        if (config.milliseconds) await setTimeout(config.milliseconds)
        const numbers = Array.from({ length: batch.rows }, (_, row) => batch.row(row)['n'] as bigint)
        const poisoned = numbers.some((n) => config.poison.includes(Number(n)))
        appendFileSync(resolve(config.calls), `${batch.rows}${poisoned ? ' crashes' : ''}\n`)
        if (poisoned) {
          // `process.abort` is refused in a worker; the signal that it sends is not.
          process.kill(process.pid, config.signal)
          await setTimeout(60_000)
        }
        const doubled = columnOf(
          batch.scope,
          types.int64,
          numbers.map((n) => n * 2n),
        )
        return [[{ name: 'twice', type: types.int64 }, doubled]]
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
