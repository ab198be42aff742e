import { DuckDBInstance } from '@duckdb/node-api'

// DuckDB doing what the pipeline of the benchmark csv-parquet does, as a process of its own:
// node duckdb-copy.ts <in.csv> <out.parquet>

const [input, output] = process.argv.slice(2).map((path) => path.replaceAll("'", "''"))
const connection = await (await DuckDBInstance.create()).connect()
await connection.run(`COPY (
  SELECT *, price * count AS total, upper(language) || '-' || item AS label
  FROM read_csv('${input}')
  WHERE price > 100.0 AND language <> 'fr' OR count * 2 > 100
) TO '${output}' (FORMAT parquet, COMPRESSION zstd)`)
connection.closeSync()
