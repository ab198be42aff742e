import { Batch, Type, table, types } from '@headrace/runtime/sdk'
import { name } from '../formats/table/database.ts'
import { findAll, stagedFiles, withDatabase, writeOutput } from '../formats/table/gather.ts'
import { describeQuery, type QueryColumns, tableName, viewOf } from '../formats/table/query.ts'
import { ownIdentity } from '../formats/table/rows.ts'
import { sqlType } from '../formats/table/sqltypes.ts'
import { stageRows } from '../formats/table/staging.ts'
import { readStretches } from '../formats/table/stretches.ts'

/** Asks all rows of its inputs a question in SQL. */
export default table({
  title: 'SQL',
  description:
    'Runs a query over all rows of its inputs, in DuckDB. An edge to "query.orders" is the table orders, one without a name the table input.',
  config: Type.Object({
    query: Type.String({
      format: 'sql',
      minLength: 1,
      description:
        "One SELECT, in DuckDB's SQL. It reads its inputs only: no files, no network. Without ORDER BY its rows come " +
        'in the order of the source where nothing is grouped or joined, else in any order.',
      examples: [
        'SELECT country, count(*) AS cities FROM input GROUP BY country ORDER BY cities DESC',
        'SELECT o.*, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id',
      ],
    }),
  }),
  summary: ({ query }) => query.replace(/\s+/g, ' ').trim().slice(0, 80),
  footprint: () => ({ name: 'DuckDB', bytes: 190 << 20 }),
  examples: [
    {
      title: 'Cities by country',
      config: { query: 'SELECT country, count(*) AS cities FROM input GROUP BY country ORDER BY country' },
      input: [
        { name: 'city', type: types.string },
        { name: 'country', type: types.string },
      ],
      rows: [
        { city: 'Zürich', country: 'CH' },
        { city: 'Berlin', country: 'DE' },
        { city: 'Bern', country: 'CH' },
      ],
      output: [
        { country: 'CH', cities: 2n },
        { country: 'DE', cities: 1n },
      ],
    },
    {
      title: 'Orders with the names of their customers',
      config: { query: 'SELECT o.id, c.name FROM orders o JOIN customers c ON o.customer = c.id ORDER BY o.id' },
      inputs: {
        orders: {
          columns: [
            { name: 'id', type: types.int64 },
            { name: 'customer', type: types.int64 },
          ],
          rows: [
            { id: 1n, customer: 7n },
            { id: 2n, customer: 8n },
          ],
        },
        customers: {
          columns: [
            { name: 'id', type: types.int64 },
            { name: 'name', type: types.string },
          ],
          rows: [{ id: 7n, name: 'Zoë' }],
        },
      },
      output: [{ id: 1n, name: 'Zoë' }],
    },
  ],
  inputs: () => null,
  ofSome: 'its query sees the rows of those files alone',
  describe: ({ config, inputs, signal }) => describeQuery(config.query, inputs, signal),
  columns({ described, report }) {
    // A cast: `describe` made it.
    const { columns, unnamed } = described as unknown as QueryColumns
    for (const column of unnamed) {
      report({
        severity: 'warning',
        code: 'unnamed-column',
        setting: 'query',
        message: `a column of the result is called "${column}"`,
        hint: 'Give it a name with AS.',
      })
    }
    return columns
  },
  write: (context) =>
    stageRows(
      context,
      context.input.schema.fields.map((_, i) => i),
      'plain',
    ),
  gather: (context) =>
    withDatabase(context, async (database) => {
      const found = await findAll(database, context)
      let rows = 0
      let bytes = 0
      for (const [input, gathering] of Object.entries(context.inputs)) {
        const staged = stagedFiles(gathering)
        rows += staged.rows
        bytes += staged.bytes
        await database.run(viewOf(tableName(input), gathering.schema.fields, staged.from))
      }
      // The query was found to be one SELECT at the check; as a view it can be nothing else.
      const places = context.output.fields.map((_, i) => `c${i}`)
      await database.run(`CREATE VIEW ${name(result)}(${places.join(', ')}) AS ${context.config.query}`)
      const columns = context.output.fields.map(({ type }, i) => `CAST(c${i} AS ${sqlType(type)}) AS c${i}`)
      const query = `SELECT ${columns.join(', ')} FROM ${name(result)}`
      const splits = await writeOutput(database, context, query, { rows, bytes })
      return { splits, found, filtered: { rows: 0, sum: { a: 0, b: 0 } }, data: null }
    }),
  async *read({ split, schema, scope, node, signal }) {
    const columns = schema.fields.map(({ type }) => type)
    for await (const { rows, first, columns: built } of readStretches(split, columns, scope, signal, 'plain')) {
      yield new Batch(scope, schema, built, ownIdentity(node, rows, first + 1))
    }
  },
})

/** Not to be met in a query by chance. */
const result = '\u0001result'
