import { Type, transform } from '@headrace/runtime/sdk'

/** A node that takes its worker down: by leaving, or by an error that nobody awaits. */
export default transform({
  title: 'Die',
  description: 'Ends its worker at the first batch.',
  config: Type.Object({
    how: Type.Union([Type.Literal('exit'), Type.Literal('stray'), Type.Literal('signal')], {
      description: 'exit the thread, throw in a timer, or end the process as native code would',
    }),
  }),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config }) {
    for await (const batch of input) {
      if (config.how === 'exit') process.exit(7)
      if (config.how === 'signal') process.kill(process.pid, 'SIGBUS')
      await new Promise(() => {
        setTimeout(() => {
          throw new Error('nobody awaits me')
        }, 1)
      })
      yield batch
    }
  },
})
