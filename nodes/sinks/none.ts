import { sink, Type, types } from '@headrace/runtime/sdk'

/** Counts rows and discards them: to time a pipeline or to try one out. */
export default sink({
  title: 'None',
  description: 'Counts rows and discards them: to time a pipeline or to try one out.',
  config: Type.Object({}),
  summary: () => 'counts rows, keeps none',
  examples: [
    {
      title: 'Rows go nowhere',
      config: {},
      input: [{ name: 'name', type: types.string }],
      rows: [{ name: 'Ada' }, { name: 'Grace' }],
    },
  ],
  async open({ resolve, resumed }) {
    let rows = typeof resumed === 'number' ? resumed : 0
    return {
      stageFolder: resolve('.'),
      async commit(receipts) {
        for (const receipt of receipts) rows += receipt.rows
        return { state: rows }
      },
      finish: async () => ({ path: '', rows, bytes: 0 }),
      async close() {},
    }
  },
  async write({ input }) {
    let rows = 0
    for await (const batch of input) rows += batch.rows
    return { rows, bytes: 0, files: [] }
  },
})
