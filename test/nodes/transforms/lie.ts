import { Batch, Type, transform } from '@headrace/runtime/sdk'

/** A node that breaks the books: tests show that the engine notices. */
export default transform({
  title: 'Lie',
  description: 'Drops, doubles or swaps rows behind the books.',
  config: Type.Object({
    how: Type.Union([Type.Literal('drop'), Type.Literal('double'), Type.Literal('swap'), Type.Literal('throw')], {
      description: 'drop the last row; double the first; drop one and double another; throw at the second row',
    }),
  }),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config }) {
    for await (const batch of input) {
      if (config.how === 'throw') throw new TypeError(`cannot read row ${batch.identity.text(1)}`)
      const keep = config.how === 'drop' ? batch.rows - 1 : batch.rows
      const rows = Int32Array.from({ length: keep }, (_, row) => (config.how === 'swap' && row === 1 ? 0 : row))
      const identity = batch.identity.take(rows)
      const columns = batch.columns.map((column) => ({ ...column, length: keep }))
      if (config.how === 'double') yield batch
      // The columns do not matter here: it is the identities that lie.
      yield new Batch(batch.scope, batch.schema, columns, identity)
    }
  },
})
