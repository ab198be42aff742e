import { existsSync } from 'node:fs'
import { columnOf, type Split, source, Type, types } from '@headrace/runtime/sdk'

/** How a source can lie about its rows where it has counted them before; each of them is caught. */
export const sourceLies = ['drop', 'double', 'swap', 'invent'] as const

/** Numbers in parts of a few rows: an honest source of several parts, or one that breaks the books. */
export default source({
  title: 'Lie',
  description: 'Numbers from 1, in parts of a few rows.',
  config: Type.Object({
    rows: Type.Integer({ default: 60, description: 'How many.' }),
    part: Type.Integer({ default: 10, description: 'Rows of a part.' }),
    how: Type.String({ default: 'none', description: 'drop, double, swap, invent; none: it is honest.' }),
    at: Type.Integer({ default: 31, description: 'It lies when it meets this n.' }),
    honest: Type.Optional(Type.String({ description: 'A file: where it exists, nothing is wrong.' })),
  }),
  examples: [],
  probe: async () => ({
    columns: [
      { name: 'n', type: types.int64 },
      { name: 'text', type: types.string },
    ],
    files: [],
  }),
  async splits({ config: { rows, part } }) {
    const splits: Split[] = []
    for (let start = 0; start < rows; start += part) {
      const end = Math.min(rows, start + part)
      splits.push({ parts: [{ path: 'lies', start, end, firstRow: start + 1 }], rows: end - start, bytes: 100 })
    }
    return splits
  },
  async *read({ split, batch, scope, config: { how, at, honest } }) {
    const lies = !(honest && existsSync(honest))
    for (const { path, start, end } of split.parts) {
      for (let first = start + 1; first <= end; first += 5) {
        const numbers = Array.from({ length: Math.min(5, end - first + 1) }, (_, i) => first + i)
        const row = lies ? numbers.indexOf(at) : -1
        const given = [...numbers]
        if (row >= 0 && how === 'drop') given.splice(row, 1)
        if (row >= 0 && how === 'double') given.push(at)
        if (row >= 0 && how === 'swap') given[row] = at + 1
        if (row >= 0 && how === 'invent') given[row] = at + 1_000_000
        const columns = [
          columnOf(scope, types.int64, given.map(BigInt)),
          columnOf(
            scope,
            types.string,
            given.map((n) => `text ${n}`),
          ),
        ]
        yield batch(path, Float64Array.from(given), given.length, columns)
      }
    }
  },
})
