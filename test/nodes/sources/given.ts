import { readFileSync, statSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { batchOf, type Field, Identity, source, Type } from '@headrace/runtime/sdk'

/** Rows of any types, as a test has put them into a file. */
export interface Given {
  readonly fields: readonly Field[]
  readonly rows: readonly Record<string, unknown>[]
}

const given = (path: string): Given => deserialize(readFileSync(path)) as Given // as a test wrote it

/** Gives rows that a test has written with `node:v8`: every type, without a format in between. */
export default source({
  title: 'Given',
  description: 'Rows of any types.',
  config: Type.Object({ path: Type.String({ format: 'path', description: 'The file.' }) }),
  examples: [],
  probe: async ({ config: { path }, resolve }) => {
    const { size, mtimeMs } = statSync(resolve(path))
    return { columns: given(resolve(path)).fields, files: [{ path, size, modified: Math.round(mtimeMs) }] }
  },
  splits: async ({ config, resolve }) => {
    const { rows } = given(resolve(config.path))
    return [{ parts: [{ path: config.path, start: 0, end: rows.length, firstRow: 1 }], rows: rows.length, bytes: 1000 }]
  },
  async *read({ config, resolve, scope, node }) {
    const { fields, rows } = given(resolve(config.path))
    yield batchOf(scope, fields, rows, new Identity({ node, path: config.path }, rows.length, 1))
  },
})
