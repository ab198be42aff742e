import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Bindings from '@duckdb/node-bindings'
import { HeadraceError } from '@headrace/runtime/sdk'
import { corrupt } from './footer.ts'
import { kindOf, loadVector, type Vector, type VectorKind } from './vector.ts'

/** DuckDB's C interface: its vectors are read raw, which node-api, the layer above, does value by value. */
export type DuckDB = typeof Bindings

/** What is to be read: a range of one file's rows, and the places of the columns in the file. */
export interface RowRange {
  readonly path: string
  /** How errors call the file. */
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly place: number; readonly variant: boolean }[]
  /** From 0, half open. */
  readonly start: number
  readonly end: number
  /** The file has a column called `file_row_number`, which hides DuckDB's own. */
  readonly hidesRowNumber: boolean
  readonly signal: AbortSignal
}

/** At most 2,048 rows that follow one another, as DuckDB gives them. */
export interface Chunk {
  readonly rows: number
  readonly columns: readonly Vector[]
  /** DuckDB's chunk: texts are read at pointers into it, and it is freed when nobody can reach it. */
  readonly memory: unknown
}

/**
 * The rows of a range in the file's order. A file that DuckDB cannot read throws `corrupt-file`; rows that come in
 * another order or number than the footer says throw as well, so that a row number is never wrong.
 */
export async function* readChunks(range: RowRange): AsyncGenerator<Chunk> {
  const duckdb = loadDuckDB()
  const connection = await duckdb.connect(await (database ??= openDatabase(duckdb)))
  const stop = () => duckdb.interrupt(connection)
  range.signal.addEventListener('abort', stop)
  let done = false
  try {
    const statement = await duckdb.prepare(connection, query(range))
    const result = await duckdb.execute_prepared_streaming(statement)
    let next = range.start
    let kinds: VectorKind[] | undefined
    for (let chunk = await duckdb.fetch_chunk(result); chunk; chunk = await duckdb.fetch_chunk(result)) {
      const rows = duckdb.data_chunk_get_size(chunk)
      if (rows === 0) break
      const vectors = range.columns.map((_, i) => duckdb.data_chunk_get_vector(chunk, i))
      kinds ??= vectors.map((vector) => kindOf(duckdb, vector))
      const columns = vectors.map((vector, i) => loadVector(duckdb, vector, rows, kinds?.[i]))
      if (!range.hidesRowNumber) {
        checkOrder(duckdb.data_chunk_get_vector(chunk, columns.length), duckdb, next, rows, range.name)
      }
      next += rows
      yield { rows, columns, memory: chunk }
    }
    done = true
    if (next !== range.end) {
      throw corrupt(range.name, `rows ${range.start + 1} to ${range.end} were asked for, it gave ${next - range.start}`)
    }
  } catch (error) {
    range.signal.throwIfAborted()
    throw readable(error, range)
  } finally {
    range.signal.removeEventListener('abort', stop)
    // A new query ends the one before it: a result that was not read to its end keeps its pages (50 MB and more) until
    // the garbage collector finds it, which does not know how large it is.
    if (!done) await duckdb.query(connection, 'SELECT 1').catch(() => {})
    duckdb.disconnect_sync(connection)
  }
}

// One database a worker for all its splits: opening one takes 20 ms, and its footers' cache serves the next split.
let database: Promise<Bindings.Database> | undefined

function loadDuckDB(): DuckDB {
  // A native module is CommonJS; nothing of it is loaded before a split is read.
  return createRequire(import.meta.url)('@duckdb/node-bindings') as DuckDB
}

async function openDatabase(duckdb: DuckDB): Promise<Bindings.Database> {
  const config = duckdb.create_config()
  const settings = {
    threads: '1',
    memory_limit: '512MB',
    temp_directory: join(tmpdir(), `headrace-duckdb-${process.pid}`),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_file_cache: 'false',
  }
  for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value)
  const opened = await duckdb.open(':memory:', config)
  const connection = await duckdb.connect(opened)
  await duckdb.query(connection, 'SET GLOBAL parquet_metadata_cache = true')
  // Geometry stays the bytes that it is in the file.
  await duckdb.query(connection, 'SET GLOBAL enable_geoparquet_conversion = false')
  duckdb.disconnect_sync(connection)
  return opened
}

function query({ path, columns, start, end, hidesRowNumber }: RowRange): string {
  // By place, since DuckDB renames columns that differ in case only.
  const picked = columns.map(({ place, variant }) =>
    variant ? `NULLIF(CAST(CAST(#${place + 1} AS JSON) AS VARCHAR), 'null')` : `#${place + 1}`,
  )
  // A name is a pattern to DuckDB, and a folder called `year=2024` a column.
  const literal = path.replace(/[[*?]/g, '[$&]').replaceAll("'", "''")
  const from = `FROM read_parquet('${literal}', hive_partitioning = false, union_by_name = false)`
  if (hidesRowNumber) return `SELECT ${picked.join(', ') || 'NULL'} ${from} LIMIT ${end - start} OFFSET ${start}`
  const where = `WHERE file_row_number >= ${start} AND file_row_number < ${end}`
  return `SELECT ${[...picked, 'file_row_number'].join(', ')} ${from} ${where}`
}

function checkOrder(vector: Bindings.Vector, duckdb: DuckDB, next: number, rows: number, name: string): void {
  const bytes = duckdb.vector_get_data(vector, rows * 8)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first, last] = [Number(view.getBigInt64(0, true)), Number(view.getBigInt64((rows - 1) * 8, true))]
  if (first === next && last === next + rows - 1) return
  throw new HeadraceError('row-order', `${name}: rows ${first + 1} to ${last + 1} came where ${next + 1} was next.`, {
    place: { file: name, row: next + 1 },
  })
}

function readable(error: unknown, { name }: RowRange): unknown {
  if (error instanceof HeadraceError || !(error instanceof Error)) return error
  const [first = ''] = error.message.split(/\n\s*(?:\n|LINE|Stack Trace)/)
  const why = first.replace(/\s+/g, ' ').trim().slice(0, 300)
  const place = { file: name }
  // An internal error ends the database for everything: the next query gets a fresh one.
  if (/^(INTERNAL|FATAL) Error/.test(why)) database = undefined
  const broken = why.includes('database has been invalidated')
  if (broken || /^(Out of Memory|IO Error: (Cannot open|No files|Could not (open|read)))/.test(why)) {
    return new HeadraceError('read-failed', `${name} cannot be read: ${why}`, { place, cause: error, fault: true })
  }
  const unsupported = /unsupported|only supported|not supported|not implemented|^INTERNAL|requires/i.test(why)
  return new HeadraceError(
    unsupported ? 'unsupported-parquet' : 'corrupt-file',
    `${name} cannot be read: ${why.replace(/\.$/, '')}.`,
    {
      place,
      hint: unsupported
        ? 'Write the file again with another codec or encoding, or leave the column out with "columns".'
        : 'If other programs read it, leave the column out with "columns"; else make the file again.',
      cause: error,
    },
  )
}
