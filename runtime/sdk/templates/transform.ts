import { columnOf, type Field, Type, transform, types, valueAt } from '@headrace/runtime/sdk'

// A node is one file with one default export; its path beside the pipeline is its type. It is code with your rights.
// `headrace nodes test` shows with the examples below whether it keeps what every node promises.

/** Adds to each row its price with VAT. */
export default transform({
  title: 'Price with VAT',
  description: 'Adds the price with VAT to each row; a negative price is rejected.',
  // The settings: from here come the form in the page, the check of the file, and the help.
  config: Type.Object({
    column: Type.String({ format: 'column', description: 'The column of net prices.', examples: ['price'] }),
    rate: Type.Number({ minimum: 0, maximum: 1, default: 0.19, description: 'The rate: 0.19 is 19 %.' }),
    into: Type.String({ minLength: 1, default: 'gross', description: 'The name of the new column.' }),
  }),
  summary: ({ column, rate }) => `${column} + ${Math.round(rate * 100)} %`,
  examples: [
    {
      title: 'A price, none, and one that cannot be',
      config: { column: 'price', rate: 0.25 },
      input: [{ name: 'price', type: types.float64 }],
      rows: [{ price: 10 }, { price: null }, { price: -1 }],
      output: [
        { price: 10, gross: 12.5 },
        { price: null, gross: null },
      ],
      rejected: 1,
    },
  ],
  // The columns that leave, known before a run. What is reported here shows up under its setting.
  columns({ input, config, report }) {
    const { column, into } = config
    const kind = input.field(column)?.type.kind
    if (kind !== 'float' && kind !== 'int')
      report({ code: 'no-number', message: `there is no column of numbers "${column}"`, setting: 'column' })
    const others = input.fields.map((field) => (field.name === into ? gross(into) : field))
    return input.field(into) ? others : [...others, gross(into)]
  },
  // The columns that it looks at: sources leave out what nobody reads. Without this all are read.
  reads: ({ config }) => [config.column],
  // Rows come in batches of a few thousand. Batches never change: `reject` and `with` make new ones. What stands before
  // the loop is done once for each part of the input, what stands after it at its end.
  async *run({ input, config, scope }) {
    const { column, rate, into } = config
    const at = input.schema.fields.findIndex(({ name }) => name === column)
    for await (const all of input) {
      const failures = []
      for (let row = 0; row < all.rows; row++) {
        const price = valueAt(all.column(at), row)
        if (price !== null && Number(price) < 0)
          failures.push({ row, code: 'negative-price', message: `the price ${price} is negative`, column })
      }
      const batch = all.reject(failures)
      const prices = Array.from({ length: batch.rows }, (_, row) => valueAt(batch.column(at), row))
      const values = prices.map((price) => (price === null ? null : Number(price) * (1 + rate)))
      yield batch.with([[gross(into), columnOf(scope, types.float64, values)]])
    }
  },
})

const gross = (name: string): Field => ({ name, type: types.float64 })
