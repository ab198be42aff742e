import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { runNode } from '../runner/process.ts'
import { keep } from './keep.ts'

const contenders = join(import.meta.dirname, '..', 'contenders')

/** A Parquet file of a query's rows, made once. */
export const parquetOf = (name: string, query: string): Promise<string> =>
  keep(name, async (path) => void (await runNode([join(contenders, 'duckdb-query.ts'), path, query])))

/** A hash of all rows of what DuckDB can read, whatever their order. */
export async function digestOf(from: string): Promise<string> {
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::VARCHAR, bit_xor(hash(row))::VARCHAR FROM (SELECT concat_ws('|', *COLUMNS(*)) AS row FROM ${from})`,
  )
  connection.closeSync()
  return reader.getRows().join()
}
