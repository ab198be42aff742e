import { HeadraceError, Type, transform } from '@headrace/runtime/sdk'

/** A node that says its secret wherever it can: tests show that nobody hears it. */
export default transform({
  title: 'Leak',
  description: 'Says its secret in its log, its rejected rows and its errors.',
  config: Type.Object({
    key: Type.String({ format: 'secret', description: 'The secret.' }),
    fail: Type.Boolean({ default: false, description: 'Whether it fails.' }),
  }),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config: { key, fail }, log }) {
    for (const level of ['debug', 'info', 'warn'] as const) log(level, `the key is ${key}`)
    for await (const batch of input) {
      yield batch.reject([{ row: 0, code: 'odd', message: `401 for https://x/?key=${key}&again=${key}` }])
      if (fail)
        throw new HeadraceError('refused', `wrong key ${key}`, {
          hint: `Is ${key} right?`,
          place: { file: `/tmp/${key}` },
          cause: new Error(`401: ${key}`),
        })
    }
  },
})
