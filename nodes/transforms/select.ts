import {
  type ColumnType,
  type Field,
  gather,
  nearest,
  parseType,
  type Report,
  type Schema,
  Type,
  transform,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { castBetween, castColumn } from '../formats/cast/cast.ts'
import { firstOfEachRow, rowsWithout } from '../formats/failures.ts'
import { findColumn } from '../formats/find-column.ts'

const Entry = Type.Object(
  {
    column: Type.String({ format: 'column', description: 'A column of the input.' }),
    as: Type.Optional(Type.String({ description: 'Its new name.' })),
    type: Type.Optional(
      Type.String({
        format: 'type',
        description:
          'Its new type: int64, decimal(10, 2), list<string>, float32[384] and so on. A value that has no place in ' +
          'the new type (a text that is no number, a number out of range, a float with a fraction for an int) is a reject.',
        examples: ['int32', 'date', 'decimal(10, 2)', 'float32[384]'],
      }),
    ),
  },
  { additionalProperties: false },
)

interface Pick {
  readonly column: string
  readonly as: string
  readonly type: ColumnType
  /** Undefined where the type stays. */
  readonly to?: ColumnType
}

/** Picks columns, renames, casts and reorders them. */
export default transform({
  title: 'Select',
  description: 'Picks columns in an order, renames them and casts them to other types.',
  config: Type.Object({
    columns: Type.Optional(
      Type.Array(Type.Union([Type.String({ format: 'column' }), Entry]), {
        default: [],
        description: 'The columns that leave, in order: a name, or { column, as, type } to rename or cast.',
        examples: [['id', { column: 'price', as: 'euro', type: 'decimal(10, 2)' }]],
      }),
    ),
    rest: Type.Optional(
      Type.Union([Type.Literal('drop'), Type.Literal('keep')], {
        default: 'drop',
        description: 'What becomes of the columns that are not named: keep puts them after the named ones.',
      }),
    ),
    drop: Type.Optional(
      Type.Array(Type.String({ format: 'column' }), {
        default: [],
        description: 'With rest: keep, the columns that are left out all the same.',
      }),
    ),
  }),
  summary: ({ columns = [], rest, drop = [] }) => {
    const named = columns.map((entry) =>
      typeof entry === 'string' || entry.as === undefined
        ? `${typeof entry === 'string' ? entry : entry.column}`
        : `${entry.column} → ${entry.as}`,
    )
    if (rest !== 'keep') return named.join(', ') || 'no columns'
    const others = drop.length ? `all but ${drop.join(', ')}` : 'all others'
    return named.length ? `${named.join(', ')}, ${others}` : others
  },
  examples: [
    {
      title: 'Numbers that came as text',
      config: {
        columns: [
          { column: 'city', as: 'name' },
          { column: 'lat', type: 'float64' },
        ],
      },
      input: [
        { name: 'lat', type: types.string },
        { name: 'city', type: types.string },
        { name: 'country', type: types.string },
      ],
      rows: [
        { lat: '42.5', city: 'Andorra la Vella', country: 'AD' },
        { lat: 'north', city: 'Århus', country: 'DK' },
        { lat: null, city: null, country: 'DE' },
      ],
      output: [
        { name: 'Andorra la Vella', lat: 42.5 },
        { name: null, lat: null },
      ],
      rejected: 1,
    },
    {
      title: 'One column first, one left out',
      config: { columns: ['id'], rest: 'keep', drop: ['secret'] },
      input: [
        { name: 'name', type: types.string },
        { name: 'secret', type: types.string },
        { name: 'id', type: types.int64 },
      ],
      rows: [{ name: 'Zoë', secret: 'x', id: 7n }],
      output: [{ id: 7n, name: 'Zoë' }],
    },
  ],
  columns: ({ input, config, report }) =>
    picksOf(input, config, report).map(({ as, type, to }) => ({ name: as, type: to ?? type })),
  origins: ({ input, config }) =>
    Object.fromEntries(picksOf(input, config, () => {}).map(({ column, as }) => [as, [column]])),
  reads: ({ config: { columns = [], drop = [] } }) => [
    ...columns.map((entry) => (typeof entry === 'string' ? entry : entry.column)),
    ...drop,
  ],
  async *run({ input, config, scope }) {
    const picks = picksOf(input.schema, config, () => {})
    const casts = picks.flatMap(({ column, as, type, to }) => {
      const cast = to && castBetween(type, to)
      return cast ? [{ column, field: { name: as, type: to }, cast }] : []
    })
    for await (const batch of input) {
      const casted = casts.map(({ column, field, cast }) =>
        castColumn(scope, cast, batch.column(column), column, field.type),
      )
      const failures = firstOfEachRow(casted.flatMap((one) => one.failures))
      const kept = failures.length ? rowsWithout(batch.rows, failures) : null
      const columns = casted.map(({ column }, i): [Field, typeof column] => [
        casts[i]?.field as Field,
        kept ? gather(scope, column, kept) : column,
      ])
      yield batch.reject(failures).project(picks).with(columns)
    }
  },
})

type Config = {
  columns?: (string | { column: string; as?: string; type?: string })[]
  rest?: 'drop' | 'keep'
  drop?: string[]
}

/** What leaves, in order; problems are reported under their settings. */
function picksOf(input: Schema, config: Config, report: Report): Pick[] {
  const { columns = [], rest = 'drop', drop = [] } = config
  const picks: Pick[] = []
  columns.forEach((entry, i) => {
    const { column, as = column, type } = typeof entry === 'string' ? { column: entry } : entry
    const setting = typeof entry === 'string' ? `columns[${i}]` : `columns[${i}].column`
    const field = findColumn(input, column, setting, report)
    if (!field) return
    const to = type === undefined ? undefined : parseType(type)
    if (to === null) {
      report({
        code: 'unknown-type',
        setting: `columns[${i}].type`,
        message: `"${type}" is no type`,
        ...typeHint(type ?? ''),
      })
    } else if (to && !castBetween(field.type, to)) {
      report({
        code: 'no-cast',
        setting: `columns[${i}].type`,
        message: `column "${column}" is ${typeName(field.type)}, which cannot become ${typeName(to)}`,
      })
    }
    if (picks.some((other) => other.as === as)) {
      report({
        code: 'duplicate-column',
        setting: `columns[${i}]`,
        message: `two columns would be called "${as}"`,
        hint: 'Give one of them another name with "as".',
      })
    } else picks.push({ column, as, type: field.type, ...(to && { to }) })
  })
  for (const [i, column] of drop.entries()) findColumn(input, column, `drop[${i}]`, report)
  const named = new Set([...drop, ...columns.map((entry) => (typeof entry === 'string' ? entry : entry.column))])
  if (rest === 'keep') addRest(input, named, picks, report)
  else if (drop.length) {
    report({
      code: 'unused-setting',
      severity: 'warning',
      setting: 'drop',
      message: 'drop has no effect: columns that are not named leave anyway',
      hint: 'Set rest to "keep".',
    })
  }
  if (picks.length === 0 && columns.length === 0) {
    report({
      code: 'no-columns',
      setting: 'columns',
      message: 'no column is left',
      hint: 'Name columns, or set rest to "keep".',
    })
  }
  return picks
}

function addRest(input: Schema, named: ReadonlySet<string>, picks: Pick[], report: Report): void {
  const taken = new Set(picks.map(({ as }) => as))
  for (const { name, type } of input.fields) {
    if (named.has(name)) continue
    if (!taken.has(name)) picks.push({ column: name, as: name, type })
    else {
      report({
        code: 'duplicate-column',
        setting: 'columns',
        message: `a column is renamed to "${name}", and the input's own "${name}" is kept too`,
        hint: `Put "${name}" into drop, or choose another name.`,
      })
    }
  }
}

function typeHint(type: string): { hint: string } {
  const meant = nearest(type, Object.keys(types))
  return {
    hint: meant
      ? `Did you mean "${meant}"?`
      : 'Types are written like int64, decimal(10, 2), list<string>, float32[384].',
  }
}
