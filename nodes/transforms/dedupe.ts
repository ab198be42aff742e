import { type Gathering, type Report, type Schema, Type, table, types } from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import { placeType, stagedFiles, withDatabase } from '../formats/table/gather.ts'
import { gatherPicks, readPicks } from '../formats/table/picks.ts'
import { stageRows } from '../formats/table/staging.ts'

/** Keeps the first row of each key. */
export default table({
  title: 'Dedupe',
  description: 'Keeps the first row of each key, in the order of the source; the others count as filtered.',
  config: Type.Object({
    key: Type.Optional(
      Type.Union([Type.String({ format: 'column' }), Type.Array(Type.String({ format: 'column' }), { minItems: 1 })], {
        description:
          'The column, or columns, in which two rows must agree to be the same. Left out: all of them. Two nulls are ' +
          'the same, two NaN too; texts differ with their case.',
        examples: ['email', ['country', 'city']],
      }),
    ),
  }),
  summary: ({ key }) => (key === undefined ? 'by all columns' : `by ${[key].flat().join(', ')}`),
  footprint: () => ({ name: 'DuckDB', bytes: 190 << 20 }),
  examples: [
    {
      title: 'One row an address',
      config: { key: 'email' },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'email', type: types.string },
      ],
      rows: [
        { id: 1n, email: 'anna@example.com' },
        { id: 2n, email: null },
        { id: 3n, email: 'anna@example.com' },
        { id: 4n, email: 'Anna@example.com' },
        { id: 5n, email: null },
      ],
      output: [
        { id: 1n, email: 'anna@example.com' },
        { id: 2n, email: null },
        { id: 4n, email: 'Anna@example.com' },
      ],
    },
    {
      title: 'Rows that are the same in all columns',
      config: {},
      input: [{ name: 'city', type: types.string }],
      rows: [{ city: 'Zürich' }, { city: 'Bern' }, { city: 'Zürich' }],
      output: [{ city: 'Zürich' }, { city: 'Bern' }],
    },
  ],
  ofSome: 'a row whose key is stored already is not seen to be one',
  columns({ inputs, config, report }) {
    const input = inputs[''] as Schema
    keyPlaces(config.key, input, report)
    return input.fields
  },
  write: (context) =>
    stageRows(
      context,
      context.input.schema.fields.map((_, i) => i),
      'apart',
    ),
  gather: (context) =>
    withDatabase(context, (database) => {
      const gathering = context.inputs[''] as Gathering
      const keys = keyPlaces(context.config.key, gathering.schema, () => {}).map((place) => `c${place}`)
      const { rows, from } = stagedFiles(gathering)
      const place = placeType(rows)
      // The smallest place and, of the same row, its hash, in one number.
      const first = `min((g::${place === 'UINTEGER' ? 'UBIGINT' : 'HUGEINT'} << 32) | h)`
      const groups = `SELECT ${first} AS k FROM ${from} GROUP BY ${keys.join(', ') || "''"}`
      const picked = `(k >> 32)::${place} AS g, (k & 4294967295)::UINTEGER AS h`
      return gatherPicks(database, context, gathering, `SELECT ${picked} FROM (${groups}) ORDER BY k`)
    }),
  read: readPicks,
})

function keyPlaces(key: string | string[] | undefined, input: Schema, report: Report): number[] {
  if (key === undefined) return input.fields.map((_, i) => i)
  const list = [key].flat()
  return list.flatMap((column, i) => {
    const field = findColumn(input, column, typeof key === 'string' ? 'key' : `key[${i}]`, report)
    return field ? [input.indexOf(column)] : []
  })
}
