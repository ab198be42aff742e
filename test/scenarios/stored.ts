import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'

// LanceDB is a package of the nodes' library alone.
const require = createRequire(join(import.meta.dirname, '..', '..', 'nodes', 'package.json'))

/** A column's numbers as they lie in an output: an NDJSON, CSV, Parquet or Arrow file, or a folder of parts. */
export async function numbersIn(path: string, column: string): Promise<number[]> {
  const parts = statSync(path).isDirectory() ? readdirSync(path).sort() : ['']
  return (await Promise.all(parts.map((part) => fromFile(join(path, part), column)))).flat()
}

async function fromFile(file: string, column: string): Promise<number[]> {
  const ending = file.slice(file.lastIndexOf('.') + 1)
  if (ending === 'parquet') return (await query(`select "${column}" from '${file}'`)).map(([value]) => Number(value))
  if (ending === 'arrow') return [...(tableFromIPC(readFileSync(file)).getChild(column) ?? [])].map(Number)
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  if (ending === 'ndjson') return lines.map((line) => Number((JSON.parse(line) as Record<string, unknown>)[column]))
  const at = (lines.shift() as string).split(',').indexOf(column)
  return lines.map((line) => Number(line.split(',')[at]))
}

/** What a SQL query answers, by DuckDB. */
export async function query(sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create()).connect()
  return (await connection.runAndReadAll(sql)).getRows() as unknown[][]
}

/** The rows of a LanceDB table, as they lie there. */
export async function lanceRows(folder: string, table: string): Promise<Record<string, unknown>[]> {
  if (!existsSync(join(folder, `${table}.lance`))) return []
  const lancedb = require('@lancedb/lancedb') as typeof import('@lancedb/lancedb')
  const connection = await lancedb.connect(folder)
  const rows = (await (await connection.openTable(table)).query().toArray()) as { toJSON(): Record<string, unknown> }[]
  return rows.map((row) => row.toJSON())
}
