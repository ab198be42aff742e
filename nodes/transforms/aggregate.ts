import {
  Batch,
  type Column,
  type Field,
  type Gathering,
  isValid,
  type Json,
  type Report,
  type Schema,
  Type,
  table,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { scalarWriter, TextBuffer } from '@headrace/runtime/text'
import { findColumn } from '../formats/find-column.ts'
import { type Aggregate, functionHelp, readAggregate } from '../formats/table/aggregates.ts'
import { findAll, stagedFiles, withDatabase, writeOutput } from '../formats/table/gather.ts'
import { isKey } from '../formats/table/keys.ts'
import { ownIdentity } from '../formats/table/rows.ts'
import { emptyRows } from '../formats/table/sqltypes.ts'
import { stageRows } from '../formats/table/staging.ts'
import { plain, readStretches } from '../formats/table/stretches.ts'

/** Makes one row of each group of rows. */
export default table({
  title: 'Aggregate',
  description:
    'Makes one row of each group: counts, sums, means and more. Groups come in the order in which they first appear.',
  config: Type.Object({
    by: Type.Optional(
      Type.Array(Type.String({ format: 'column' }), {
        default: [],
        description: 'The columns in which the rows of a group agree; nulls are one group. None: one row of all rows.',
        examples: [['country'], ['year', 'month']],
      }),
    ),
    columns: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        default: {},
        description:
          `The columns that are added, and what each is: ${functionHelp}. A name with commas or brackets is written in ` +
          'double quotes. Nulls are left out; where nothing is left the result is null, a count 0. Whole numbers are ' +
          'added exactly; a sum over 64 bits stops the run.',
        examples: [{ rows: 'count()', total: 'sum(price)', cities: 'join(city, "; ")' }],
      }),
    ),
  }),
  summary: ({ by = [], columns = {} }) =>
    [by.length ? `by ${by.join(', ')}` : 'of all rows', ...Object.keys(columns)].join(', '),
  footprint: () => ({ name: 'DuckDB', bytes: 190 << 20 }),
  examples: [
    {
      title: 'Cities and people of each country',
      config: { by: ['country'], columns: { cities: 'count()', people: 'sum(people)', first: 'first(city)' } },
      input: [
        { name: 'city', type: types.string },
        { name: 'country', type: types.string },
        { name: 'people', type: types.int32 },
      ],
      rows: [
        { city: 'Zürich', country: 'CH', people: 443037 },
        { city: 'Berlin', country: 'DE', people: 3755251 },
        { city: 'Bern', country: 'CH', people: null },
      ],
      output: [
        { country: 'CH', cities: 2n, people: 443037n, first: 'Zürich' },
        { country: 'DE', cities: 1n, people: 3755251n, first: 'Berlin' },
      ],
    },
    {
      title: 'One row of all rows',
      config: { columns: { rows: 'count()', middle: 'median(price)' } },
      input: [{ name: 'price', type: types.float64 }],
      rows: [{ price: 1 }, { price: 4 }, { price: null }],
      output: [{ rows: 3n, middle: 2.5 }],
    },
  ],
  ofSome: 'its groups are of the rows of those files alone, beside the groups that are stored',
  columns: ({ inputs, config, report }) => groupsOf(config, inputs[''] as Schema, report).fields,
  origins: ({ inputs, config }) => {
    const input = inputs[''] as Schema
    const { aggregates } = groupsOf(config, input, () => {})
    return Object.fromEntries(
      aggregates.map(({ name, of }) => [name, of === null ? [] : [input.fields[of]?.name as string]]),
    )
  },
  reads: ({ config, input }) => usedPlaces(config, input).map((place) => input.fields[place]?.name as string),
  // Only what the groups are made of is staged.
  write: (context) => stageRows(context, usedPlaces(context.config, context.input.schema), 'apart'),
  gather: (context) => {
    const gathering = context.inputs[''] as Gathering
    const used = usedPlaces(context.config, gathering.schema)
    const { by, aggregates } = groupsOf(context.config, gathering.schema, () => {}, used)
    const threads = aggregates.some((one) => one.ordered) ? 1 : context.threads
    const work = withDatabase(
      context,
      async (database) => {
        const staged = stagedFiles(gathering)
        const found = await findAll(database, context)
        const from = staged.from ?? emptyRows(used.map((place) => gathering.schema.fields[place] as Field))
        const groups = by.map((place) => `c${used.indexOf(place)}`)
        const columns = [...groups, ...aggregates.map(({ sql }) => sql)].map((sql, i) => `${sql} AS a${i}`)
        const grouped = groups.length ? `GROUP BY ${groups.join(', ')} ORDER BY min(g)` : ''
        const query = `SELECT ${columns.join(', ')} FROM ${from} ${grouped}`
        const splits = await writeOutput(database, context, query, staged)
        return { splits, found, filtered: { rows: 0, sum: { a: 0, b: 0 } }, data: by.length as Json }
      },
      threads,
    )
    return work
  },
  async *read({ split, schema, scope, node, signal, data }) {
    const keys = schema.fields.slice(0, data as number) // `gather` put it there
    const columns = schema.fields.map(({ type }) => type)
    for await (const { rows, first, columns: built } of readStretches(split, columns, scope, signal)) {
      yield new Batch(
        scope,
        schema,
        built,
        ownIdentity(node, rows, first + 1, keys.length ? namesOf(keys, built.map(plain)) : undefined),
      )
    }
  },
})

type Config = { by?: string[]; columns?: Record<string, string> }

interface Groups {
  /** Places of the columns by which rows are grouped. */
  readonly by: readonly number[]
  readonly aggregates: readonly Aggregate[]
  readonly fields: Field[]
}

/** What leaves; `used`: the input's columns that are staged, which are called by their place there. */
function groupsOf({ by = [], columns = {} }: Config, input: Schema, report: Report, used?: readonly number[]): Groups {
  const keys = by.flatMap((column, i) => {
    const setting = `by[${i}]`
    const field = findColumn(input, column, setting, report)
    if (!field) return []
    if (!isKey(field.type)) {
      const message = `column "${column}" is ${typeName(field.type)}, by which rows cannot be grouped`
      report({ code: 'no-key', setting, message, hint: 'Group by another column.' })
      return []
    }
    if (by.indexOf(column) < i) {
      report({ code: 'duplicate-column', setting, message: `"${column}" is named twice` })
      return []
    }
    return [{ field, place: input.indexOf(column) }]
  })
  const aggregates = Object.entries(columns).flatMap(([name, written]) => {
    if (keys.some(({ field }) => field.name === name)) {
      const message = `a column is called "${name}", by which rows are grouped`
      report({ code: 'duplicate-column', setting: `columns.${name}`, message, hint: 'Give it another name.' })
    }
    const made = readAggregate(name, written, input, report, used)
    return made ? [made] : []
  })
  if (keys.length === 0 && Object.keys(columns).length === 0 && by.length === 0) {
    report({
      code: 'no-columns',
      setting: 'columns',
      message: 'no column would leave',
      hint: 'Name some in "by" or "columns".',
    })
  }
  const fields = [...keys.map(({ field }) => field), ...aggregates.map(({ name, type }) => ({ name, type }))]
  return { by: keys.map(({ place }) => place), aggregates, fields }
}

function usedPlaces(config: Config, input: Schema): number[] {
  const { by, aggregates } = groupsOf(config, input, () => {})
  return [...new Set([...by, ...aggregates.flatMap(({ of }) => (of === null ? [] : [of]))])].sort((a, b) => a - b)
}

const mostOfName = 200

/** What each group is called: `country=de, year=2024`. */
function namesOf(keys: readonly Field[], columns: readonly Column[]): string[] {
  const writers = keys.map(({ name, type }, i) => ({ name, type, column: columns[i] as Column }))
  const writes = writers.map(({ type, column }) => {
    if (type.kind === 'string' || type.kind === 'binary' || type.kind === 'null') return textOf(column)
    const write = scalarWriter(column)
    return (out: TextBuffer, row: number) => write(out, row)
  })
  const out = new TextBuffer()
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => {
    out.clear()
    writers.forEach(({ name, column }, i) => {
      out.copy(Buffer.from(`${i ? ', ' : ''}${name}=`))
      if (isValid(column, row)) writes[i]?.(out, row)
      else out.ascii('null')
    })
    const name = out.written.toString()
    return name.length > mostOfName ? `${name.slice(0, mostOfName - 1)}…` : name
  })
}

function textOf(column: Column) {
  const { offsets, values } = column
  return (out: TextBuffer, row: number) => out.copy(values as Uint8Array, offsets?.[row], offsets?.[row + 1])
}
