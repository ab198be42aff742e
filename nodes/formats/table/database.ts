import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as Bindings from '@duckdb/node-bindings'
import type { DuckDB } from '../parquet/duckdb.ts'
import { loadVector, type Vector } from '../parquet/vector.ts'

/** A DuckDB of its own: for one node's work over all rows, or for one look at a query. */
export interface Database {
  /** Runs a statement of our own; its few rows, all of them 64-bit numbers. */
  readonly run: (sql: string) => Promise<bigint[][]>
  /** Prepares a statement, whoever wrote it, without running it. */
  readonly prepare: (sql: string) => Promise<Prepared>
  readonly close: () => void
}

export interface Prepared {
  /** How many statements the text holds; unless it is one, nothing else is known. */
  readonly statements: number
  readonly isSelect: boolean
  readonly columns: readonly { readonly name: string; readonly type: Bindings.LogicalType }[]
}

export interface DatabaseOptions {
  /** The only folders that a statement may read and write; none: no files at all. */
  readonly folders: readonly string[]
  /** Where it puts what does not fit into memory; null: nowhere. */
  readonly spill: string | null
  readonly memory: number
  readonly threads: number
  readonly signal: AbortSignal
  /** Nothing is run in it but our own statements; somebody's query is only looked at. */
  readonly onlyLooks?: boolean
}

export function loadDuckDB(): DuckDB {
  // A native module is CommonJS; nothing of it is loaded before it is used.
  return createRequire(import.meta.url)('@duckdb/node-bindings') as DuckDB
}

/** Opens a database that reaches nothing but its folders: no other file, no network, no extension, no other setting. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { folders, spill, memory, threads, signal, onlyLooks = false } = options
  signal.throwIfAborted()
  const duckdb = loadDuckDB()
  const config = duckdb.create_config()
  const settings = {
    threads: String(Math.max(1, threads)),
    memory_limit: `${Math.max(64 << 20, Math.floor(memory))}B`,
    temp_directory: spill ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    enable_external_file_cache: 'false',
    preserve_insertion_order: 'true',
    errors_as_json: 'true',
  }
  for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value)
  const database = await duckdb.open(':memory:', config)
  const connection = await duckdb.connect(database)
  const stop = () => duckdb.interrupt(connection)
  signal.addEventListener('abort', stop)
  const guarded = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted()
      return await step()
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
  const run = (sql: string) => guarded(async () => rowsOf(duckdb, await duckdb.query(connection, sql)))
  const close = () => {
    signal.removeEventListener('abort', stop)
    duckdb.disconnect_sync(connection)
    duckdb.close_sync(database)
  }
  try {
    // Asked with the path as it is written: one that is escaped is another.
    const names = folders.flatMap((folder) => [folder, escaped(folder)])
    const allowed = names.map((folder) => text(join(folder, '/'))).join(', ')
    await run(`SET allowed_directories = [${allowed}]`)
    // Elsewhere a query would depend on where it runs.
    await run("SET TimeZone = 'UTC'").catch(() => [])
    if (onlyLooks) for (const statement of withoutWork) await run(statement)
    await run('SET enable_external_access = false')
    await run('SET lock_configuration = true')
  } catch (error) {
    close()
    throw error
  }
  return { run, prepare: (sql) => guarded(() => prepare(duckdb, connection, sql)), close }
}

/** A chain of 800 `+ 1` took DuckDB half a minute to prepare, one of 250 a second: the time grows with its cube. */
export const mostDeep = 250

/**
 * While a query is prepared DuckDB works out what is constant in it, and nothing ends that: `repeat('a', 2000000000)` took
 * minutes and gigabytes. The optimizer is off; what makes a text of any length is one of the same type in places, such as
 * LIMIT, that are worked out without it.
 */
const withoutWork = [
  'PRAGMA disable_optimizer',
  `SET max_expression_depth = ${mostDeep}`,
  'CREATE MACRO repeat(value, count) AS value',
  'CREATE MACRO lpad(value, count, fill) AS value',
  'CREATE MACRO rpad(value, count, fill) AS value',
]

/** A text as SQL writes it. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

const escaped = (path: string): string => path.replace(/[[*?]/g, '[$&]')

/** Files as a table; to DuckDB a path is a pattern. */
export const filesTable = (paths: readonly string[]): string => {
  const list = paths.map((path) => text(escaped(path))).join(', ')
  return `read_parquet([${list}], hive_partitioning = false, union_by_name = false)`
}

/** A name as SQL writes it. */
export const name = (value: string): string => `"${value.replaceAll('"', '""')}"`

async function prepare(duckdb: DuckDB, connection: Bindings.Connection, sql: string): Promise<Prepared> {
  const { extracted_statements: extracted, statement_count: statements } = await duckdb.extract_statements(
    connection,
    sql,
  )
  if (statements === 0) {
    // No exception, and null where there is no error either: the text is empty.
    let error = ''
    try {
      error = duckdb.extract_statements_error(extracted)
    } catch {}
    if (error) throw new Error(error)
  }
  if (statements !== 1) return { statements, isSelect: false, columns: [] }
  const prepared = await duckdb.prepare_extracted_statement(connection, extracted, 0)
  try {
    const count = duckdb.prepared_statement_column_count(prepared)
    return {
      statements,
      isSelect: duckdb.prepared_statement_type(prepared) === select,
      columns: Array.from({ length: count }, (_, i) => ({
        name: duckdb.prepared_statement_column_name(prepared, i),
        type: duckdb.prepared_statement_column_logical_type(prepared, i),
      })),
    }
  } finally {
    duckdb.destroy_prepare_sync(prepared)
  }
}

/** DuckDB's number of SELECT among its kinds of statements. */
const select = 1

function rowsOf(duckdb: DuckDB, result: Bindings.Result): bigint[][] {
  const rows: bigint[][] = []
  for (let i = 0; i < duckdb.result_chunk_count(result); i++) {
    const chunk = duckdb.result_get_chunk(result, i)
    const count = duckdb.data_chunk_get_size(chunk)
    const columns = Array.from({ length: duckdb.data_chunk_get_column_count(chunk) }, (_, k) =>
      loadVector(duckdb, duckdb.data_chunk_get_vector(chunk, k), count),
    )
    for (let row = 0; row < count; row++) rows.push(columns.map((vector) => numberAt(vector, row)))
  }
  return rows
}

function numberAt({ data }: Vector, row: number): bigint {
  const wide = data.byteLength >= (row + 1) * 8
  return wide ? new DataView(data.buffer, data.byteOffset).getBigInt64(row * 8, true) : 0n
}
