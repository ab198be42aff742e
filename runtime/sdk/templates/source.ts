import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { columnOf, type Field, source, Type, types } from '@headrace/runtime/sdk'

// A node is one file with one default export; its path beside the pipeline is its type. It is code with your rights.
// `headrace nodes test` shows with the examples below whether it keeps what every node promises.

const columns: Field[] = [
  { name: 'name', type: types.string },
  { name: 'value', type: types.string },
]

const batchRows = 4096

/** Reads lines of the form name=value. */
export default source({
  title: 'Names and values',
  description: 'Reads a text file with one name=value a line; another line is rejected.',
  config: Type.Object({
    path: Type.String({ format: 'path', minLength: 1, description: 'The file.', examples: ['settings.txt'] }),
  }),
  summary: ({ path }) => path,
  examples: [
    {
      title: 'Two settings and a line that is none',
      config: { path: 'settings.txt' },
      files: { 'settings.txt': 'colour=red\nhello\nsize=12\n' },
      output: [
        { name: 'colour', value: 'red' },
        { name: 'size', value: '12' },
      ],
      rejected: 1,
    },
  ],
  // The only look at files before a run: the columns, and which files there are in which version.
  async probe({ config, resolve, report }) {
    const about = await stat(resolve(config.path)).catch(() => null)
    if (!about) report({ code: 'no-files', message: `there is no file "${config.path}"`, setting: 'path' })
    const files = about ? [{ path: config.path, size: about.size, modified: Math.round(about.mtimeMs) }] : []
    return { columns, files }
  },
  // Pieces that workers read side by side, each of which can be read again. Here the whole file is one.
  async splits({ probe }) {
    return probe.files.map(({ path, size }) => ({ parts: [{ path, start: 0, end: size, firstRow: 1 }], bytes: size }))
  },
  async *read({ split, resolve, batch, reject, scope }) {
    for (const { path } of split.parts) {
      const rows: { readonly number: number; readonly name: string; readonly value: string }[] = []
      // A row's number is its place in its file, rejected ones counted: so that it can be found again.
      let number = 0
      const taken = () => {
        const column = (values: readonly string[]) => columnOf(scope, types.string, values)
        const some = rows.splice(0)
        const numbers = Float64Array.from(some, (row) => row.number)
        const texts = [column(some.map(({ name }) => name)), column(some.map(({ value }) => value))]
        return batch(path, numbers, some.length, texts)
      }
      for await (const line of createInterface({ input: createReadStream(resolve(path)), crlfDelay: Infinity })) {
        number++
        const [, name, value] = /^([^=]+)=(.*)$/.exec(line) ?? []
        if (name !== undefined && value !== undefined) rows.push({ number, name, value })
        else
          reject({ path, row: number, line: number, raw: line, code: 'no-value', message: 'there is no = in the line' })
        if (rows.length >= batchRows) yield taken()
      }
      if (rows.length) yield taken()
    }
  },
})
