import { type Column, columnsIn, Type, transform, types } from '@headrace/runtime/sdk'
import { evaluate } from '../formats/expression-rows.ts'

/** Keeps the rows for which an expression is true; the others count as filtered. */
export default transform({
  title: 'Filter',
  description: 'Keeps the rows for which an expression is true; the others count as filtered.',
  config: Type.Object({
    where: Type.String({
      format: 'expression',
      description: 'A row stays when this is true. A null counts as false.',
      examples: ['price > 100.0 && lang == "de"'],
    }),
  }),
  summary: ({ where }) => where,
  examples: [
    {
      title: 'Dear books in German',
      config: { where: 'price > 100.0 && lang == "de"' },
      input: [
        { name: 'price', type: types.float64 },
        { name: 'lang', type: types.string },
      ],
      rows: [
        { price: 120.5, lang: 'de' },
        { price: 99, lang: 'de' },
        { price: 300, lang: 'français' },
        { price: null, lang: 'de' },
      ],
      output: [{ price: 120.5, lang: 'de' }],
      rejected: 0,
    },
    {
      title: 'A row on which the expression fails is a reject',
      config: { where: '10 % n == 0' },
      input: [{ name: 'n', type: types.int64 }],
      rows: [{ n: 5n }, { n: 0n }, { n: 3n }],
      output: [{ n: 5n }],
      rejected: 1,
    },
  ],
  columns: ({ input, config, expression }) => {
    expression(config.where, input, 'bool', 'where')
    return input.fields
  },
  reads: ({ config }) => columnsIn(config.where).map(({ name }) => name),
  async *run({ input, config, expression }) {
    const where = expression(config.where, input.schema, 'bool')
    for await (const batch of input) {
      const { batch: rows, columns } = evaluate(batch, [where])
      yield rows.where(columns[0] as Column)
    }
  },
})
