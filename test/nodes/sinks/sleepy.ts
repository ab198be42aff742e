import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { sink, Type } from '@headrace/runtime/sdk'

/** A sink that takes its time, or fails as its surroundings would. */
export default sink({
  title: 'Sleepy',
  description: 'Counts rows, sleeping before each batch.',
  config: Type.Object({
    milliseconds: Type.Number({ default: 0, description: 'How long to sleep before a batch is taken.' }),
    commitMilliseconds: Type.Number({ default: 0, description: 'How long a commit takes.' }),
    failCommits: Type.Integer({
      default: 0,
      description: 'How many commits fail with a full disk before one goes well.',
    }),
    refuse: Type.Boolean({ default: false, description: 'Whether it refuses to be opened.' }),
    marker: Type.Optional(Type.String({ description: 'A file that is written when the first batch has come.' })),
  }),
  examples: [],
  async open({ config, resolve }) {
    const { HeadraceError } = await import('@headrace/runtime/sdk')
    if (config.refuse) throw new HeadraceError('refused', 'this output is refused')
    let rows = 0
    let failing = config.failCommits
    return {
      stageFolder: resolve('.'),
      async commit(receipts) {
        if (failing-- > 0) {
          throw new HeadraceError('ENOSPC', 'no space left on device', { fault: true })
        }
        if (config.commitMilliseconds) await setTimeout(config.commitMilliseconds)
        rows += receipts.reduce((sum, receipt) => sum + receipt.rows, 0)
        return { state: rows }
      },
      finish: async () => ({ path: resolve('.'), rows, bytes: 0 }),
      close: async () => {},
    }
  },
  async write({ input, config, resolve }) {
    let rows = 0
    for await (const batch of input) {
      if (config.marker) writeFileSync(resolve(config.marker), String(rows))
      if (config.milliseconds) await setTimeout(config.milliseconds)
      rows += batch.rows
    }
    return { rows, bytes: 0, files: [] }
  },
})
