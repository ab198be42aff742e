import { type Column, type ColumnType, gather, isValid, Type, transform, typeName, types } from '@headrace/runtime/sdk'
import { itemsOf } from '../formats/cast/nested.ts'
import { findColumn } from '../formats/find-column.ts'
import { explodeRows, piecesFields, piecesPerBatch } from '../formats/pieces.ts'

/** Makes a row of each item of a list. */
export default transform({
  title: 'Explode',
  description: 'Makes a row of each item of a list; the other columns are repeated.',
  config: Type.Object({
    column: Type.String({
      format: 'column',
      description: 'A list or fixed-size list; it becomes a column of its items.',
    }),
    keepEmpty: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether a row whose list is empty or null stays, as one row with a null; else it counts as filtered.',
      }),
    ),
  }),
  summary: ({ column }) => `a row for each of ${column}`,
  examples: [
    {
      title: 'A row for each keyword',
      config: { column: 'keywords' },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'keywords', type: { kind: 'list', item: types.string } },
      ],
      rows: [
        { id: 1n, keywords: ['face', 'größe', null] },
        { id: 2n, keywords: [] },
        { id: 3n, keywords: null },
        { id: 4n, keywords: ['cat'] },
      ],
      output: [
        { id: 1n, keywords: 'face' },
        { id: 1n, keywords: 'größe' },
        { id: 1n, keywords: null },
        { id: 4n, keywords: 'cat' },
      ],
      rejected: 0,
    },
    {
      title: 'Rows without items stay',
      config: { column: 'scores', keepEmpty: true },
      input: [{ name: 'scores', type: { kind: 'list', item: types.float64 } }],
      rows: [{ scores: [1.5, 2] }, { scores: [] }, { scores: null }],
      output: [{ scores: 1.5 }, { scores: 2 }, { scores: null }, { scores: null }],
    },
  ],
  columns: ({ input, config, report }) => {
    const field = findColumn(input, config.column, 'column', report)
    const item = field && itemType(field.type)
    if (field && !item) {
      report({
        code: 'not-a-list',
        setting: 'column',
        message: `column "${field.name}" is ${typeName(field.type)}, not a list`,
      })
    }
    return item ? piecesFields(input.fields, [{ name: config.column, type: item }]) : input.fields
  },
  reads: ({ config }) => [config.column],
  async *run({ input, config }) {
    const field = {
      name: config.column,
      type: itemType(input.schema.field(config.column)?.type ?? types.null) ?? types.null,
    }
    for await (const batch of input) {
      using kept = batch.keep()
      const column = kept.column(config.column)
      const most = piecesPerBatch(kept, new Set([config.column]))
      for (let start = 0; start < kept.rows || start === 0; ) {
        const { end, parents, items } = itemsFrom(column, start, most, config.keepEmpty ?? false)
        const child = column.children[0] as Column
        const rows = start === 0 && end === kept.rows ? kept : kept.slice(start, end)
        yield explodeRows(rows, parents, [[field, gather(kept.scope, child, items)]])
        start = Math.max(end, 1)
      }
    }
  },
})

function itemType(type: ColumnType): ColumnType | null {
  return type.kind === 'list' || type.kind === 'fixed' ? type.item : null
}

/** The rows from `start` whose items fill one batch: each item's row, from `start`, and its place in the child, -1 for a null. */
function itemsFrom(
  column: Column,
  start: number,
  most: number,
  keepEmpty: boolean,
): { end: number; parents: Int32Array; items: Int32Array } {
  const countOf = (row: number): number => {
    const [from, to] = isValid(column, row) ? itemsOf(column, row) : [0, 0]
    return from === to && keepEmpty ? 1 : to - from
  }
  let end = start
  let total = 0
  while (end < column.length && (end === start || total + countOf(end) <= most)) total += countOf(end++)
  const parents = new Int32Array(total)
  const items = new Int32Array(total).fill(-1)
  let piece = 0
  for (let row = start; row < end; row++) {
    const [from, to] = isValid(column, row) ? itemsOf(column, row) : [0, 0]
    if (from === to && keepEmpty) parents[piece++] = row - start
    for (let item = from; item < to; item++) {
      parents[piece] = row - start
      items[piece++] = item
    }
  }
  return { end, parents, items }
}
