import { type Schema, Type, table } from '@headrace/runtime/sdk'
import { keepRows, readPart, rowsOf, sumOf, writeParts } from '../../engine/tables/kept.ts'

/** A join in JavaScript over a whole number, for tests. */
export default table({
  title: 'Match',
  description: 'Keeps the left rows whose number is among the right ones.',
  config: Type.Object({ column: Type.String({ format: 'column', description: 'The column.', default: 'n' }) }),
  examples: [],
  inputs: () => ['left', 'right'],
  columns: ({ inputs }) => inputs['left']?.fields ?? [],
  write: ({ input, splitIndex, stage }) => keepRows(input, splitIndex, stage('.ndjson')),
  async gather({ inputs, config, folder }) {
    const [left, right] = [await rowsOf(inputs['left'] as never), await rowsOf(inputs['right'] as never)]
    const lefts = new Set(left.map(({ values }) => values[config.column]))
    const rights = new Set(right.map(({ values }) => values[config.column]))
    const rows = left.filter(({ values }) => rights.has(values[config.column]))
    const lone = [
      ...left.filter(({ values }) => !rights.has(values[config.column])),
      ...right.filter(({ values }) => !lefts.has(values[config.column])),
    ]
    const found = { left: sumOf(left), right: sumOf(right) }
    return { splits: writeParts(folder, rows, 100), found, filtered: sumOf(lone), data: null }
  },
  read: ({ split, scope, schema }) => readPart(split, scope, schema as Schema),
})
