import { type Column, columnsIn, type Field, Type, transform, types } from '@headrace/runtime/sdk'
import { evaluate } from '../formats/expression-rows.ts'
import { piecesFields } from '../formats/pieces.ts'

/** Computes columns from expressions. */
export default transform({
  title: 'Derive',
  description: 'Computes columns from expressions over the columns that come in.',
  config: Type.Object({
    columns: Type.Record(Type.String(), Type.String({ format: 'expression' }), {
      description:
        'New columns by name. Each expression sees the columns that come in, not its neighbours; a name that exists is replaced.',
      examples: [{ text: 'name + ": " + keywords' }],
    }),
  }),
  summary: ({ columns }) => {
    const [first, ...more] = Object.entries(columns)
    return first && more.length === 0 ? first.join(' = ') : Object.keys(columns).join(', ')
  },
  examples: [
    {
      title: 'A text to embed, and a price with tax',
      config: { columns: { text: 'name + ": " + keywords', price: 'price * 1.5' } },
      input: [
        { name: 'name', type: types.string },
        { name: 'keywords', type: types.string },
        { name: 'price', type: types.float64 },
      ],
      rows: [
        { name: 'Käse', keywords: 'food', price: 2 },
        { name: 'milk', keywords: null, price: null },
      ],
      output: [
        { name: 'Käse', keywords: 'food', price: 3, text: 'Käse: food' },
        { name: 'milk', keywords: null, price: null, text: null },
      ],
      rejected: 0,
    },
    {
      title: 'Two columns swapped: expressions see what came in',
      config: { columns: { a: 'b', b: 'a' } },
      input: [
        { name: 'a', type: types.int64 },
        { name: 'b', type: types.int64 },
      ],
      rows: [{ a: 1n, b: 2n }],
      output: [{ a: 2n, b: 1n }],
    },
  ],
  columns: ({ input, config, expression, report }) => {
    const entries = Object.entries(config.columns)
    if (entries.length === 0) {
      report({
        code: 'no-columns',
        setting: 'columns',
        message: 'no column is derived',
        hint: 'Name a column and its expression.',
      })
    }
    const derived = entries.map(([name, text]): Field => {
      if (name === '') report({ code: 'no-name', setting: 'columns', message: 'a column has no name' })
      return { name, type: expression(text, input, undefined, `columns.${name}`) ?? types.null }
    })
    return piecesFields(input.fields, derived)
  },
  origins: ({ config }) =>
    Object.fromEntries(
      Object.entries(config.columns).map(([name, text]) => [name, columnsIn(text).map((column) => column.name)]),
    ),
  reads: ({ config }) => Object.values(config.columns).flatMap((text) => columnsIn(text).map(({ name }) => name)),
  async *run({ input, config, expression }) {
    const names = Object.keys(config.columns)
    const expressions = Object.values(config.columns).map((text) => expression(text, input.schema))
    for await (const batch of input) {
      const { batch: rows, columns } = evaluate(batch, expressions)
      yield rows.with(
        columns.map((column, i): [Field, Column] => [{ name: names[i] as string, type: column.type }, column]),
      )
    }
  },
})
