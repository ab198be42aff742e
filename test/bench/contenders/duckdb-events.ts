import { DuckDBInstance } from '@duckdb/node-api'

// DuckDB doing what the pipeline of ndjson-route does, as a process of its own:
// node duckdb-events.ts <in.ndjson> <paid.ndjson> <other.ndjson>

const [input, paid, other] = process.argv.slice(2).map((path) => path.replaceAll("'", "''"))
const connection = await (await DuckDBInstance.create()).connect()
await connection.run(`CREATE TABLE events AS
  SELECT id, kind, "user".country AS country, "user".name AS name, amount FROM read_json('${input}', format = 'newline_delimited')`)
await connection.run(`COPY (FROM events WHERE kind = 'paid') TO '${paid}' (FORMAT json)`)
await connection.run(`COPY (FROM events WHERE kind <> 'paid') TO '${other}' (FORMAT json)`)
connection.closeSync()
