import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Type, transform } from '@headrace/runtime/sdk'

/** Passes rows on, slowly. */
export default transform({
  title: 'Slow',
  description: 'Waits before each batch.',
  config: Type.Object({
    milliseconds: Type.Number({ default: 20, description: 'How long to wait before a batch.' }),
    hold: Type.Optional(Type.String({ description: 'A file: where it is gone, nothing is waited for.' })),
  }),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config }) {
    for await (const batch of input) {
      if (config.hold === undefined || existsSync(config.hold)) await setTimeout(config.milliseconds)
      yield batch
    }
  },
})
