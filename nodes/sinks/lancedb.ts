import {
  type Batch,
  type Failure,
  type Field,
  fixed,
  isValid,
  nearest,
  Schema,
  sink,
  Type,
  typeName,
  types,
} from '@headrace/runtime/sdk'
import { writeArrowPart } from '../formats/ipc/part.ts'
import { connectTo, tableExists } from '../formats/lancedb/connect.ts'
import { findByKey } from '../formats/lancedb/find.ts'
import { columnDifference, columnsOf } from '../formats/lancedb/schema.ts'
import { nearestRows } from '../formats/lancedb/search.ts'
import { addsTo, alreadyThere, keyColumns, openStore } from '../formats/lancedb/store.ts'
import { splitReceipt } from '../formats/output.ts'
import { summaryOf } from '../formats/summary.ts'

const config = Type.Object({
  path: Type.String({
    format: 'folder',
    minLength: 1,
    description: 'The folder of the database; it is made where there is none.',
    examples: ['out/emoji.lance'],
  }),
  table: Type.String({
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$',
    description: 'The name of the table: letters, digits, "_", "-" and ".".',
    examples: ['emoji'],
  }),
  key: Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      format: 'columns',
      description:
        'The column, or several, that tell rows apart: a row replaces the stored one with its key. Without it rows are added.',
      examples: ['id', ['file', 'chunkIndex']],
    }),
  ),
  replaceBy: Type.Optional(
    Type.String({
      format: 'column',
      minLength: 1,
      description:
        'The column that says which document a row is of, such as its path: when rows of a document are stored, those that the table had of it before the run go. An existing table is then added to, unless ifExists is "replace". A row with null there is rejected.',
      examples: ['path'],
    }),
  ),
  index: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('auto')], {
      default: 'none',
      description:
        'Whether vectors get an index at the end, which makes searches in many rows quick. "auto" from 256 rows on.',
    }),
  ),
  ifExists: Type.Optional(
    Type.Union([Type.Literal('fail'), Type.Literal('replace'), Type.Literal('append')], {
      default: 'fail',
      description:
        'What to do where the table exists: stop before the run, put a new one in its place when that is complete, or add to it (with a key: update it). With replaceBy it is always added to, unless this is "replace".',
    }),
  ),
})

/** Stores rows with their vectors in a LanceDB table on this machine. */
export default sink({
  title: 'LanceDB',
  description:
    'Stores rows with their vectors in a LanceDB table, a folder on this machine; rows with a key are updated.',
  config,
  summary: ({ table, key, replaceBy }) =>
    summaryOf(table, key && `key ${[key].flat().join(', ')}`, replaceBy && `replaces by ${replaceBy}`),
  examples: [
    {
      title: 'Of a key that comes twice the last row is stored',
      config: { path: 'out/store.lance', table: 'words', key: 'id' },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'vector', type: fixed(types.float32, 2) },
      ],
      rows: [
        { id: 1n, vector: [1, 0] },
        { id: 1n, vector: [0, 1] },
        { id: null, vector: [1, 1] },
      ],
      rejected: 1,
    },
  ],
  group: { rows: 1_000_000, bytes: 64 << 20, seconds: 5 },
  // LanceDB itself, and a commit of 64 MB four to five times over: as read, as handed over, as it is written.
  footprint: () => ({ name: 'LanceDB', bytes: (155 + 290) << 20, copies: 4 }),

  async probe({ config: settings, resolve, report }) {
    const database = resolve(settings.path)
    if (!(await tableExists(database, settings.table))) return null
    const adds = addsTo(settings)
    if (!adds && settings.ifExists !== 'replace') {
      const { code, message, hint } = alreadyThere(database, settings.table)
      report({ code, message, ...(hint && { hint }), setting: 'table' })
    }
    if (!adds) return null
    const connection = await connectTo(database)
    try {
      const { fields } = await columnsOf(await connection.openTable(settings.table))
      return { columns: JSON.parse(JSON.stringify(fields)) }
    } finally {
      connection.close()
    }
  },

  columns({ config: settings, input, probe, report }) {
    const { replaceBy } = settings
    const named = keyColumns(settings.key).map((name) => ({ name, setting: 'key' }))
    for (const { name, setting } of [...named, ...(replaceBy ? [{ name: replaceBy, setting: 'replaceBy' }] : [])]) {
      if (input.field(name)) continue
      const known = input.fields.map((field) => field.name)
      const near = nearest(name, known)
      report({
        code: 'unknown-column',
        setting,
        column: name,
        message: `There is no column "${name}"; there are ${known.join(', ')}.`,
        ...(near && { hint: `Did you mean "${near}"?` }),
      })
    }
    const type = replaceBy && input.field(replaceBy)?.type
    if (type && ((type.kind !== 'string' && type.kind !== 'int') || replaceBy.includes('`'))) {
      report({
        code: 'bad-replace-by',
        setting: 'replaceBy',
        column: replaceBy,
        message: replaceBy.includes('`')
          ? `Rows cannot be replaced by "${replaceBy}": the name has a backtick.`
          : `Rows cannot be replaced by "${replaceBy}", which is ${typeName(type)}: only text or whole numbers name a document.`,
        hint: replaceBy.includes('`')
          ? 'Rename it with transforms/select.'
          : "Take the column that names the rows' document, such as the path of its file.",
      })
    }
    for (const { name } of input.fields) {
      if (!name.includes('.') && !reserved.has(name)) continue
      report({
        code: 'bad-name',
        message: `LanceDB cannot store a column named "${name}": ${reserved.has(name) ? 'it has a column of its own by that name' : 'the name has a dot'}.`,
        hint: 'Rename it with transforms/select.',
      })
    }
    // A cast: `probe` gave it, or null.
    const existing = (probe as { columns: Field[] } | null)?.columns
    const difference = existing && columnDifference(new Schema(existing), input)
    if (difference) {
      report({
        code: 'columns-differ',
        setting: 'table',
        message: `The table "${settings.table}" ${difference}.`,
        hint: 'Pick and cast columns with transforms/select, or choose another table.',
      })
    }
  },

  replaces: ({ key, replaceBy }) => (replaceBy ? { column: replaceBy } : keyColumns(key).length ? 'row' : null),

  open: openStore,

  async write({ config: settings, input, splitIndex, stage, disk }) {
    const file = stage('.arrow')
    const { replaceBy } = settings
    const key = keyColumns(settings.key)
    const needed = replaceBy && !key.includes(replaceBy) ? [...key, replaceBy] : key
    const { rows, bytes } = await writeArrowPart(disk, file, input, (batch) =>
      batch.reject(nullKeys(batch, needed, key)),
    )
    return splitReceipt(splitIndex, rows, bytes, file)
  },

  find: ({ config: settings, resolve, row }) =>
    findByKey(resolve(settings.path), settings.table, keyColumns(settings.key), row),

  search: ({ config: settings, resolve, ...question }) => nearestRows(resolve(settings.path), settings.table, question),
})

const reserved = new Set(['_rowid', '_rowaddr', '_distance', '_score'])

/** A row without a key, or of no document, would be inserted anew by every run. */
function nullKeys(batch: Batch, needed: readonly string[], key: readonly string[]): Failure[] {
  const failures: Failure[] = []
  const columns = needed.map((name) => batch.column(name))
  if (columns.every((column) => column.nulls === 0)) return failures
  for (let row = 0; row < batch.rows; row++) {
    const at = columns.findIndex((column) => !isValid(column, row))
    if (at < 0) continue
    const column = needed[at] as string
    const message = key.includes(column)
      ? `The key "${column}" is null.`
      : `"${column}" is null: the row is of no document that it could replace.`
    failures.push({ row, code: 'null-key', message, column })
  }
  return failures
}
