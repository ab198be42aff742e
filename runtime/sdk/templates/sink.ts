import { existsSync } from 'node:fs'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sink, Type, types, valueAt } from '@headrace/runtime/sdk'

// A node is one file with one default export; its path beside the pipeline is its type. It is code with your rights.
// `headrace nodes test` shows with the examples below whether it keeps what every node promises.

/** What is stored so far, kept by the run: an interrupted one goes on from here. */
interface Stored {
  readonly files: readonly string[]
  readonly rows: number
}

/** Writes rows as a list in Markdown. */
export default sink({
  title: 'Markdown list',
  description: 'Writes one column of texts as a list in Markdown, in the order of the source.',
  config: Type.Object({
    path: Type.String({ format: 'path', minLength: 1, description: 'The file to write.', examples: ['out/list.md'] }),
    column: Type.String({ format: 'column', description: 'The column of texts.' }),
  }),
  summary: ({ path }) => path,
  examples: [
    {
      title: 'Two names',
      config: { path: 'list.md', column: 'name' },
      input: [{ name: 'name', type: types.string }],
      rows: [{ name: 'Ada' }, { name: 'Grace' }],
    },
  ],
  columns({ input, config, report }) {
    if (input.field(config.column)?.type.kind !== 'string')
      report({ code: 'no-text', message: `there is no column of texts "${config.column}"`, setting: 'column' })
  },
  // Workers write parts of the input side by side to files of their own, which nobody sees. If this throws, or `commit`
  // does, it is called with halves of the rows until the row at fault is alone, and rejected: do all of them or none.
  async write({ input, config, stage }) {
    const at = input.schema.fields.findIndex(({ name }) => name === config.column)
    const path = stage('.md')
    const file = await open(path, 'w')
    let rows = 0
    let bytes = 0
    try {
      for await (const batch of input) {
        const texts = Array.from({ length: batch.rows }, (_, row) => String(valueAt(batch.column(at), row) ?? ''))
        const lines = texts.map((text) => `- ${text.replaceAll('\n', ' ')}\n`).join('')
        bytes += (await file.write(lines)).bytesWritten
        rows += batch.rows
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return { rows, bytes, files: [path] }
  },
  // One call at a time, in the order of the source.
  async open({ config, resolve, resumed }) {
    const path = resolve(config.path)
    // The run gives back what `commit` returned last.
    let stored = (resumed as unknown as Stored | null) ?? { files: [], rows: 0 }
    return {
      stageFolder: dirname(path),
      async commit(receipts) {
        const rows = receipts.reduce((sum, receipt) => sum + receipt.rows, stored.rows)
        stored = { files: [...stored.files, ...receipts.flatMap(({ files }) => files)], rows }
        return { state: { ...stored } }
      },
      // A file appears under its name when it is whole. After a crash in here all of it is done again.
      async finish() {
        const staged = stored.files.filter((file) => existsSync(file))
        if (staged.length || !existsSync(path)) {
          const whole = `${path}.tmp`
          await writeFile(whole, '')
          for (const file of stored.files) await writeFile(whole, await readFile(file), { flag: 'a' })
          await rename(whole, path)
          for (const file of staged) await rm(file)
        }
        return { path, rows: stored.rows, bytes: (await stat(path)).size }
      },
      async close() {},
    }
  },
})
