import { type ColumnType, type Report, type Schema, Type, table, typeName, types } from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import {
  checkRows,
  findAll,
  keepOrigins,
  stagedFiles,
  whoColumns,
  withDatabase,
  writeOutput,
} from '../formats/table/gather.ts'
import { readOrigins } from '../formats/table/identities.ts'
import { batchesOf, whoOf, whoTypes } from '../formats/table/rows.ts'
import { stageRows } from '../formats/table/staging.ts'
import { plain, readStretches } from '../formats/table/stretches.ts'
import { withSums } from '../formats/table/sums.ts'

const Key = Type.Object(
  {
    column: Type.String({ format: 'column', description: 'A column of the input.' }),
    order: Type.Optional(
      Type.Union([Type.Literal('asc'), Type.Literal('desc')], {
        default: 'asc',
        description:
          'asc: from small to large, texts by their UTF-8 bytes, NaN behind all numbers. desc: the other way.',
      }),
    ),
    nulls: Type.Optional(
      Type.Union([Type.Literal('first'), Type.Literal('last')], {
        default: 'last',
        description: 'Where the rows stand that have none, whatever the order.',
      }),
    ),
  },
  { additionalProperties: false },
)

/** Puts all rows in order. */
export default table({
  title: 'Sort',
  description: 'Puts all rows in the order of one or more columns; equal ones stay in the order in which they came.',
  config: Type.Object({
    by: Type.Array(Type.Union([Type.String({ format: 'column' }), Key]), {
      minItems: 1,
      description: 'The columns to sort by, the most important one first: a name, or { column, order, nulls }.',
      examples: [['country', { column: 'population', order: 'desc' }]],
    }),
  }),
  summary: ({ by }) =>
    by.map((key) => (typeof key === 'string' ? key : `${key.column}${key.order === 'desc' ? ' ↓' : ''}`)).join(', '),
  footprint: () => ({ name: 'DuckDB', bytes: 190 << 20 }),
  examples: [
    {
      title: 'The largest cities of each country first',
      config: { by: ['country', { column: 'people', order: 'desc' }] },
      input: [
        { name: 'city', type: types.string },
        { name: 'country', type: types.string },
        { name: 'people', type: types.int64 },
      ],
      rows: [
        { city: 'Bern', country: 'CH', people: 134794n },
        { city: 'Berlin', country: 'DE', people: 3755251n },
        { city: 'Zürich', country: 'CH', people: 443037n },
        { city: 'Atlantis', country: null, people: null },
      ],
      output: [
        { city: 'Zürich', country: 'CH', people: 443037n },
        { city: 'Bern', country: 'CH', people: 134794n },
        { city: 'Berlin', country: 'DE', people: 3755251n },
        { city: 'Atlantis', country: null, people: null },
      ],
    },
    {
      title: 'Rows without a price first',
      config: { by: [{ column: 'price', nulls: 'first' }] },
      input: [{ name: 'price', type: types.float64 }],
      rows: [{ price: 2.5 }, { price: null }, { price: -1 }],
      output: [{ price: null }, { price: -1 }, { price: 2.5 }],
    },
  ],
  columns({ inputs, config, report }) {
    const input = inputs[''] as Schema
    keysOf(config, input, report)
    return input.fields
  },
  write: (context) =>
    stageRows(
      context,
      context.input.schema.fields.map((_, i) => i),
      'apart',
    ),
  gather: (context) =>
    withDatabase(context, async (database) => {
      const gathering = context.inputs[''] as (typeof context.inputs)['']
      const { schema } = gathering
      const staged = stagedFiles(gathering)
      const found = await findAll(database, context)
      if (staged.from === null) return { splits: [], found, filtered: nothing, data: null }
      const order = keysOf(context.config, schema, () => {}).map(
        ({ place, order, nulls }) => `${keyOf(place, schema)} ${order} NULLS ${nulls}`,
      )
      const own = schema.fields.map((_, i) => `c${i}`)
      const who = whoColumns(gathering)
      const sorted = `SELECT ${[...own, ...who.inside, 'h'].join(', ')} FROM ${staged.from} ORDER BY ${[...order, 'g'].join(', ')}`
      const query = `SELECT ${[...own, ...who.outside, 'h'].join(', ')} FROM (${sorted})`
      const splits = await withSums(database, await writeOutput(database, context, query, staged))
      checkRows(context.node, splits, staged.rows)
      const data = await keepOrigins(context.folder, gathering)
      return { splits, found, filtered: nothing, passed: true, data }
    }),
  async *read({ split, data, schema, scope, signal }) {
    const origins = await readOrigins(data as string) // `gather` put it there
    const columns = [...schema.fields.map(({ type }) => type), ...whoTypes(origins)]
    for await (const stretch of readStretches(split, columns, scope, signal)) {
      const own = stretch.columns.slice(0, schema.fields.length)
      yield* batchesOf(scope, schema, own, origins, whoOf(stretch.columns.slice(schema.fields.length).map(plain)))
    }
  },
})

/** DuckDB gives back a key as 0 that was -0: floats are sorted by a copy. */
function keyOf(place: number, schema: Schema): string {
  const type = schema.fields[place]?.type
  if (type?.kind !== 'float') return `c${place}`
  return type.bits === 64 ? `c${place} + 0` : `CAST(c${place} AS DOUBLE)`
}

const nothing = { rows: 0, sum: { a: 0, b: 0 } }

interface SortKey {
  readonly place: number
  readonly order: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
}

type Config = { by: (string | { column: string; order?: 'asc' | 'desc'; nulls?: 'first' | 'last' })[] }

function keysOf({ by }: Config, input: Schema, report: Report): SortKey[] {
  return by.flatMap((key, i) => {
    const { column, order = 'asc', nulls = 'last' } = typeof key === 'string' ? { column: key } : key
    const setting = typeof key === 'string' ? `by[${i}]` : `by[${i}].column`
    const field = findColumn(input, column, setting, report)
    if (!field) return []
    if (!isOrdered(field.type)) {
      report({
        code: 'no-order',
        setting,
        message: `column "${column}" is ${typeName(field.type)}, which has no order`,
        hint: 'Sort by another column, or make one of it with a derive before this node.',
      })
      return []
    }
    return [{ place: input.indexOf(column), order, nulls }]
  })
}

const isOrdered = ({ kind }: ColumnType): boolean => kind !== 'list' && kind !== 'fixed' && kind !== 'struct'
