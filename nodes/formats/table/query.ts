import {
  type ColumnType,
  type Field,
  HeadraceError,
  type Inputs,
  type Json,
  nearest,
  typeName,
} from '@headrace/runtime/sdk'
import { type Database, loadDuckDB, mostDeep, name, openDatabase, type Prepared } from './database.ts'
import { type DuckError, readDuckError } from './errors.ts'
import { sqlType, typeOfResult } from './sqltypes.ts'

/** The table that an input without a name is to a query. */
export const tableName = (input: string): string => input || 'input'

/** What a query's rows are. */
export interface QueryColumns {
  readonly columns: readonly Field[]
  /** Columns that the query gave no name, so that DuckDB called them by their expressions. */
  readonly unnamed: readonly string[]
}

/** Prepares a query over empty tables of the inputs' columns; throws what is wrong with it, with its place. */
export async function describeQuery(query: string, inputs: Inputs, signal: AbortSignal): Promise<Json> {
  for (const [input, { fields }] of Object.entries(inputs)) refuseFields(tableName(input), fields)
  const database = await openDatabase({
    folders: [],
    spill: null,
    memory: 256 << 20,
    threads: 1,
    signal,
    onlyLooks: true,
  })
  try {
    for (const [input, { fields }] of Object.entries(inputs)) {
      await database.run(viewOf(tableName(input), fields, null))
    }
    const prepared = await prepareSelect(database, query, Object.keys(inputs).map(tableName))
    // A cast: plain JSON without an index signature.
    return columnsOf(prepared, query) as unknown as Json
  } finally {
    database.close()
  }
}

/** A view that shows the columns c0, c1 … of staged files by their names and types; without files it is empty. */
export function viewOf(table: string, fields: readonly Field[], from: string | null): string {
  const columns = fields.map(({ name: column, type }, i) => {
    const value = from === null || type.kind === 'null' ? 'NULL' : `c${i}`
    return `CAST(${value} AS ${sqlType(type)}) AS ${name(column)}`
  })
  return `CREATE VIEW ${name(table)} AS SELECT ${columns.join(', ') || 'NULL AS none'} ${from === null ? 'WHERE false' : `FROM ${from}`}`
}

async function prepareSelect(database: Database, query: string, tables: readonly string[]): Promise<Prepared> {
  let prepared: Prepared
  try {
    prepared = await database.prepare(query)
  } catch (error) {
    const said = readDuckError(error)
    throw said ? queryProblem(query, said, tables, error) : error
  }
  if (prepared.statements === 0) throw atQuery('no-select', 'the query holds no statement', { hint: 'Write a SELECT.' })
  if (prepared.statements > 1) {
    throw atQuery('several-statements', `the query has ${prepared.statements} statements`, {
      hint: 'Write one SELECT; a node of its own for each of the others.',
    })
  }
  if (prepared.isSelect && !/^\s*(pragma|call|set|explain)\b/i.test(query) && !/\bsniff_csv\s*\(/i.test(query))
    return prepared
  const [word = ''] = /[a-z_]+/i.exec(query) ?? []
  throw atQuery('no-select', `only a SELECT can be run here, not ${word.toUpperCase()}`, {
    hint: 'Read files with a source, and write them with a sink.',
  })
}

const atQuery = (
  code: string,
  message: string,
  { hint, span, cause }: { hint?: string; span?: readonly [number, number]; cause?: unknown } = {},
) =>
  new HeadraceError(code, message, {
    place: { setting: 'query', ...(span && { span }) },
    ...(hint && { hint }),
    ...(cause !== undefined && { cause }),
  })

function queryProblem(query: string, said: DuckError, tables: readonly string[], cause: unknown): HeadraceError {
  const span = said.position === null ? undefined : spanAt(query, said.position)
  const about = { cause, ...(span && { span }) }
  if (/^Permission/.test(said.type) || /extension/i.test(said.message)) {
    return atQuery('no-files', `a query reads its inputs only, no files and no network: ${first(said.message)}`, {
      hint: 'Read the file with a source, and connect it to this node.',
      ...about,
    })
  }
  if (said.type === 'Catalog' && said.subtype === 'MISSING_ENTRY' && /^Table with name/.test(said.message)) {
    const meant = said.name && nearest(said.name, tables)
    return atQuery('unknown-table', `there is no input called "${said.name}"`, {
      hint: meant ? `Did you mean "${meant}"?` : `The inputs are ${tables.join(', ') || 'none yet: connect one'}.`,
      ...about,
    })
  }
  if (/^Max expression depth/.test(said.message)) {
    return atQuery('query-too-deep', `the query is nested more than ${mostDeep} levels deep`, {
      hint: 'Write a long chain as a list (x IN (…)), and its parts with WITH.',
      ...about,
    })
  }
  const meant = said.candidates[0]
  const hint = meant && `Did you mean ${said.candidates.slice(0, 3).join(', ')}?`
  const code = said.type === 'Parser' ? 'sql-syntax' : 'sql-error'
  return atQuery(code, first(said.message), { ...(hint && { hint }), ...about })
}

/** The message as part of a sentence. */
const first = (message: string): string => message.replace(/[.!]$/, '')

/** The word that stands at a byte of the query, as characters. */
function spanAt(query: string, position: number): readonly [number, number] {
  const start = Math.min(Buffer.from(query).subarray(0, position).toString().length, Math.max(0, query.length - 1))
  const rest = query.slice(start)
  const [word = rest.slice(0, 1)] =
    /^(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}_][\p{L}\p{N}_.$]*|\p{N}+)/u.exec(rest) ?? []
  return [start, start + Math.max(1, word.length)]
}

function columnsOf({ columns }: Prepared, query: string): QueryColumns {
  const duckdb = loadDuckDB()
  const seen = new Set<string>()
  const fields = columns.map(({ name: column, type }): Field => {
    if (seen.has(column)) {
      throw atQuery('duplicate-column', `two columns of the result are called "${column}"`, {
        hint: 'Give one of them another name with AS.',
      })
    }
    seen.add(column)
    const ours = typeOfResult(duckdb, type)
    if (ours) return { name: column, type: ours }
    throw atQuery('unsupported-type', `column "${column}" of the result has a type that no column can have`, {
      hint: `Cast it: CAST(${name(column)} AS VARCHAR), for example.`,
    })
  })
  const unnamed = fields
    .map((field) => field.name)
    .filter((column) => /[(]/.test(column) && !query.includes(`"${column}"`))
  return { columns: fields, unnamed }
}

function refuseFields(table: string, fields: readonly Field[]): void {
  const seen = new Map<string, string>()
  for (const { name: column, type } of fields) {
    const other = seen.get(column.toLowerCase())
    if (other !== undefined) {
      throw atQuery('same-but-for-case', `"${other}" and "${column}" of ${table} are one name to SQL`, {
        hint: 'Rename one of them with a select before this node.',
      })
    }
    seen.set(column.toLowerCase(), column)
    if (!isPossible(type)) {
      throw atQuery('unsupported-type', `column "${column}" of ${table} is ${typeName(type)}, which SQL has not`, {
        hint: 'Leave it out, or cast it, with a select before this node.',
      })
    }
  }
}

function isPossible(type: ColumnType): boolean {
  if (type.kind === 'list' || type.kind === 'fixed') return isPossible(type.item)
  if (type.kind !== 'struct') return sqlType(type) !== null
  const names = new Set(type.fields.map((field) => field.name.toLowerCase()))
  return names.size === type.fields.length && names.size > 0 && type.fields.every((field) => isPossible(field.type))
}
