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
  types,
} from '@headrace/runtime/sdk'
import { writeArrowPart } from '../formats/ipc/part.ts'
import { connectTo, tableExists } from '../formats/lancedb/connect.ts'
import { columnDifference, columnsOf } from '../formats/lancedb/schema.ts'
import { nearestRows } from '../formats/lancedb/search.ts'
import { alreadyThere, keyColumns, openStore } from '../formats/lancedb/store.ts'
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
        'What to do where the table exists: stop before the run, put a new one in its place when that is complete, or add to it (with a key: update it).',
    }),
  ),
})

/** Stores rows with their vectors in a LanceDB table on this machine. */
export default sink({
  title: 'LanceDB',
  description:
    'Stores rows with their vectors in a LanceDB table, a folder on this machine; rows with a key are updated.',
  config,
  summary: ({ table, key }) => summaryOf(table, key && `key ${[key].flat().join(', ')}`),
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
  group: { rows: 50_000, bytes: 64 << 20, seconds: 5 },
  footprint: () => ({ name: 'LanceDB', bytes: 155 << 20 }),

  async probe({ config: settings, resolve, report }) {
    const database = resolve(settings.path)
    if (!(await tableExists(database, settings.table))) return null
    if ((settings.ifExists ?? 'fail') === 'fail') {
      const { code, message, hint } = alreadyThere(database, settings.table)
      report({ code, message, ...(hint && { hint }), setting: 'table' })
    }
    if (settings.ifExists !== 'append') return null
    const connection = await connectTo(database)
    try {
      const { fields } = await columnsOf(await connection.openTable(settings.table))
      return { columns: JSON.parse(JSON.stringify(fields)) }
    } finally {
      connection.close()
    }
  },

  columns({ config: settings, input, probe, report }) {
    for (const name of keyColumns(settings.key)) {
      if (input.field(name)) continue
      const known = input.fields.map((field) => field.name)
      const near = nearest(name, known)
      report({
        code: 'unknown-column',
        setting: 'key',
        column: name,
        message: `There is no column "${name}"; there are ${known.join(', ')}.`,
        ...(near && { hint: `Did you mean "${near}"?` }),
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

  open: openStore,

  async write({ config: settings, input, splitIndex, stage }) {
    const file = stage('.arrow')
    const key = keyColumns(settings.key)
    const { rows, bytes } = await writeArrowPart(file, input, (batch) => batch.reject(nullKeys(batch, key)))
    return splitReceipt(splitIndex, rows, bytes, file)
  },

  search: ({ config: settings, resolve, ...question }) => nearestRows(resolve(settings.path), settings.table, question),
})

const reserved = new Set(['_rowid', '_rowaddr', '_distance', '_score'])

/** A null key would be inserted anew by every run. */
function nullKeys(batch: Batch, key: readonly string[]): Failure[] {
  const failures: Failure[] = []
  const columns = key.map((name) => batch.column(name))
  if (columns.every((column) => column.nulls === 0)) return failures
  for (let row = 0; row < batch.rows; row++) {
    const at = columns.findIndex((column) => !isValid(column, row))
    if (at < 0) continue
    failures.push({ row, code: 'null-key', message: `The key "${key[at]}" is null.`, column: key[at] as string })
  }
  return failures
}
