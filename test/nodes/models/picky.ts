import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { columnOf, model, Type, types } from '@headrace/runtime/sdk'
import { fromClosedPort } from '../closedport.ts'

/** A model that does not open, never answers, or fails on one number, alone or among others. */
export default model({
  title: 'Picky',
  description: 'Doubles n, and fails as a test wants it.',
  config: Type.Object({
    poison: Type.Integer({ default: -1, description: 'The n that makes a call fail.' }),
    milliseconds: Type.Number({ default: 0, description: 'How long a call takes.' }),
    from: Type.Optional(Type.Integer({ description: 'Calls fail on every n from this one on.' })),
    calls: Type.Optional(Type.String({ description: 'A file that gets the rows of each call.' })),
    opened: Type.Optional(Type.String({ description: 'A file that gets a line for each session.' })),
    sessions: Type.Union([Type.Literal('one'), Type.Literal('several')], { default: 'several', description: 'Most.' }),
    how: Type.Union([Type.Literal('work'), Type.Literal('closed'), Type.Literal('silent'), Type.Literal('refused')], {
      default: 'work',
      description: 'whether it opens and answers',
    }),
  }),
  examples: [],
  columns: ({ input }) => [...input.fields, { name: 'twice', type: types.int64 }],
  resource: {
    key: ({ config }) => JSON.stringify(config),
    sessions: ({ config }) => config.sessions,
    open: async ({ config, resolve, threads }) => {
      if (config.opened) appendFileSync(resolve(config.opened), `${threads}\n`)
      if (config.how === 'closed') throw new Error('the model file is damaged')
      return {
        limits: { rows: 512, cost: 1e9 },
        about: 'picky',
        close: async () => {},
        infer: async (batch) => {
          if (config.milliseconds) await setTimeout(config.milliseconds)
          if (config.calls) appendFileSync(resolve(config.calls), `${batch.rows}\n`)
          if (config.how === 'refused') await fromClosedPort()
          if (config.how === 'silent') await new Promise(() => {})
          const numbers = Array.from({ length: batch.rows }, (_, row) => batch.row(row)['n'] as bigint)
          const { from } = config
          if (from !== undefined && numbers.some((n) => n >= from)) throw new Error('it fails on everything')
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
