import { availableParallelism } from 'node:os'
import {
  type Column,
  type Failure,
  type Field,
  gather,
  HeadraceError,
  type Json,
  maskOf,
  nearest,
  type Report,
  type Schema,
  Type,
  transform,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { findColumn } from '../formats/find-column.ts'
import { indexOf } from '../formats/lookup/index.ts'
import { holdSide, mostBytes, readSide, type Side, type Version, versionOf } from '../formats/lookup/side.ts'
import { shortPath } from '../formats/summary.ts'
import { comparable, isKey } from '../formats/table/keys.ts'

const Pair = Type.Object(
  {
    column: Type.String({ format: 'column', description: 'The column of the rows.' }),
    file: Type.String({ description: 'The column of the file.' }),
  },
  { additionalProperties: false },
)

/** What the probe found. */
interface Found {
  readonly version: Version
  readonly fields: readonly Field[]
  readonly rows: number
  readonly bytes: number
}

/** Adds columns of a small file to the rows. */
export default transform({
  title: 'Lookup',
  description: 'Adds columns of a small file, which is held in memory, where its keys equal those of a row.',
  config: Type.Object({
    path: Type.String({
      format: 'path',
      minLength: 1,
      description:
        `A CSV, JSON, Arrow or Parquet file, read as its source would, of at most ${mostBytes >> 20} MB in memory. ` +
        'For more use a join.',
      examples: ['countries.csv'],
    }),
    keys: Type.Array(Type.Union([Type.String({ format: 'column' }), Pair]), {
      minItems: 1,
      description:
        'The columns that must be equal: a name that both have, or { column, file }. A null equals nothing. Of rows of ' +
        'the file with the same keys the first one counts.',
      examples: [['country'], [{ column: 'country', file: 'code' }]],
    }),
    columns: Type.Optional(
      Type.Array(Type.String(), {
        description: "The file's columns to add. Left out: all but its keys.",
        examples: [['name', 'continent']],
      }),
    ),
    missing: Type.Optional(
      Type.Union([Type.Literal('null'), Type.Literal('filter'), Type.Literal('reject')], {
        default: 'null',
        description: 'What becomes of a row that the file has no key for: it gets nulls, is left out, or is rejected.',
      }),
    ),
  }),
  summary: ({ path, keys }) =>
    `${shortPath(path)}, by ${keys.map((key) => (typeof key === 'string' ? key : `${key.column} = ${key.file}`)).join(', ')}`,
  detected: ({ probe }) => {
    const found = probe as unknown as Found | null
    return found
      ? { rows: String(found.rows), columns: found.fields.map(({ name }) => name).join(', ') }
      : ({} as Record<string, string>)
  },
  // Each worker holds it, with an index of about its size.
  footprint: ({ config, probe }) => ({
    name: `lookup ${config.path}`,
    bytes: ((probe as unknown as Found | null)?.bytes ?? 0) * 2 * availableParallelism(),
  }),
  examples: [
    {
      title: 'Names of countries',
      config: { path: 'countries.csv', keys: [{ column: 'country', file: 'code' }] },
      files: { 'countries.csv': 'code,name\nCH,Schweiz\nDE,Deutschland\n' },
      input: [
        { name: 'city', type: types.string },
        { name: 'country', type: types.string },
      ],
      rows: [
        { city: 'Zürich', country: 'CH' },
        { city: 'Atlantis', country: null },
        { city: 'Paris', country: 'FR' },
      ],
      output: [
        { city: 'Zürich', country: 'CH', name: 'Schweiz' },
        { city: 'Atlantis', country: null, name: null },
        { city: 'Paris', country: 'FR', name: null },
      ],
    },
    {
      title: 'Only rows that are known; others are rejected',
      config: { path: 'prices.ndjson', keys: ['id'], columns: ['price'], missing: 'reject' },
      files: { 'prices.ndjson': '{"id":1,"price":2.5,"note":"a"}\n{"id":2,"price":3.5,"note":"b"}\n' },
      input: [{ name: 'id', type: types.int64 }],
      rows: [{ id: 1n }, { id: 7n }],
      output: [{ id: 1n, price: 2.5 }],
      rejected: 1,
    },
  ],
  async probe({ config, node, folder, resolve, report, signal }) {
    try {
      const version = await versionOf(resolve(config.path))
      const { fields, rows, bytes } = await readSide(config.path, { node, folder, resolve, signal })
      const found: Found = { version, fields, rows, bytes }
      return found as unknown as Json // plain JSON without an index signature
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof HeadraceError) {
        const { code, message, hint } = error
        report({ code, message, setting: 'path', ...(hint && { hint }) })
      } else if (error instanceof Error && 'syscall' in error) {
        report({ code: 'missing-file', message: `${config.path} cannot be read: ${error.message}`, setting: 'path' })
      } else throw error
      return null
    }
  },
  columns: ({ input, config, probe, report }) => {
    // A cast: `probe` made it.
    const found = probe as unknown as Found | null
    return found ? [...input.fields, ...planOf(config, input, found.fields, report).added] : input.fields
  },
  reads: ({ config }) => config.keys.map((key) => (typeof key === 'string' ? key : key.column)),
  async *run({ input, config, probe, scope, signal, node, folder, resolve, count }) {
    const { version } = probe as unknown as Found // `probe` made it
    const side: Side = await holdSide(config.path, version, { node, folder, resolve, signal })
    const { keys, taken, added } = planOf(config, input.schema, side.fields, () => {})
    const { find } = indexOf(
      keys.map((key) => side.columns[key.file] as Column),
      keys.map((key) => key.type),
    )
    for await (const batch of input) {
      const asked = keys.map((key) => batch.column(key.column))
      const rows = new Int32Array(batch.rows)
      let missed = 0
      for (let row = 0; row < batch.rows; row++) if ((rows[row] = find(asked, row)) < 0) missed++
      if (missed) count('missing', missed)
      const found = missed && config.missing !== 'null' ? rows.filter((row) => row >= 0) : rows
      const kept = !missed
        ? batch
        : config.missing === 'filter'
          ? batch.where(maskOf(scope, batch.rows, (row) => (rows[row] as number) >= 0))
          : config.missing === 'reject'
            ? batch.reject(failuresOf(rows, config, keys))
            : batch
      yield kept.with(taken.map((place, i) => [added[i] as Field, gather(scope, side.columns[place] as Column, found)]))
    }
  },
})

type Config = {
  path: string
  keys: (string | { column: string; file: string })[]
  columns?: string[]
}

interface Key {
  readonly column: string
  readonly type: Field['type']
  readonly file: number
}

function failuresOf(rows: Int32Array, { path }: Config, keys: readonly Key[]): Failure[] {
  const [key] = keys
  const message = `${path} has no row for it`
  return [...rows].flatMap((found, row) =>
    found < 0 ? [{ row, code: 'no-match', message, ...(key && { column: key.column }) }] : [],
  )
}

function planOf(config: Config, input: Schema, fields: readonly Field[], report: Report) {
  const find = (name: string, setting: string): number => {
    const place = fields.findIndex((field) => field.name === name)
    if (place >= 0) return place
    const names = fields.map((field) => field.name)
    const meant = nearest(name, names)
    const hint = meant ? `Did you mean "${meant}"?` : `Its columns are ${names.join(', ')}.`
    report({ code: 'unknown-column', setting, message: `${config.path} has no column "${name}"`, hint })
    return -1
  }
  const keys = config.keys.flatMap((key, i): Key[] => {
    const pair = typeof key === 'string' ? { column: key, file: key } : key
    const at = (side: string) => (typeof key === 'string' ? `keys[${i}]` : `keys[${i}].${side}`)
    const own = findColumn(input, pair.column, at('column'), report)
    const file = find(pair.file, at('file'))
    const other = fields[file]
    if (!own || !other) return []
    if (!comparable(own.type, other.type)) {
      const message = `"${own.name}" is ${typeName(own.type)}, "${other.name}" of ${config.path} is ${typeName(other.type)}`
      const hint = isKey(own.type)
        ? `Cast "${own.name}" to ${typeName(other.type)} with a select before this node.`
        : 'Take another column.'
      report({ code: 'keys-differ', setting: `keys[${i}]`, message, hint })
    }
    return [{ column: own.name, type: own.type, file }]
  })
  const taken = (config.columns?.map((name, i) => find(name, `columns[${i}]`)) ?? fields.map((_, place) => place))
    .filter((place) => place >= 0)
    .filter((place) => config.columns || !keys.some((key) => key.file === place))
  const added = taken.map((place) => fields[place] as Field)
  const names = new Set(input.fields.map(({ name }) => name))
  for (const { name } of added) {
    if (names.has(name)) {
      report({
        code: 'duplicate-column',
        setting: config.columns ? 'columns' : 'path',
        message: `both the rows and ${config.path} have a column "${name}"`,
        hint: 'Name the columns to add without it, or rename the one of the rows with a select before this node.',
      })
    }
    names.add(name)
  }
  return { keys, taken, added }
}
