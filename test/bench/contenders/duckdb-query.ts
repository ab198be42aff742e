import { DuckDBInstance } from '@duckdb/node-api'

// DuckDB writing a query's rows to a Parquet file, as a process of its own, with the memory that a run has by default:
// node duckdb-query.ts <out.parquet> <query>

const [output = '', query = ''] = process.argv.slice(2)
const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })).connect()
await connection.run(`COPY (${query}) TO '${output.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`)
connection.closeSync()
