import { basename } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { keep } from './keep.ts'
import { texts } from './texts.ts'

/**
 * A Parquet file (id, text) of documents, about 5,600 bytes each: 1 to 40 texts of one to twelve real sentences, half of
 * them followed by an empty line, a quarter by a new line, a quarter by a blank.
 */
export async function documents(count: number): Promise<string> {
  const { path } = await texts(20_000)
  const quoted = (name: string) => `'${name.replaceAll("'", "''")}'`
  const parts = `SELECT i AS id, unnest(range((hash(i) % 40 + 1)::BIGINT)) AS part FROM range(${count}) r(i)`
  const joined = `SELECT p.id, p.part, t.text, hash(p.part * 64 + p.id) % 4 AS gap FROM (${parts}) p JOIN ${quoted(path)} t ON t.id = (hash(p.id * 64 + p.part) % 20000)::BIGINT`
  const whole = `SELECT id, string_agg(text || CASE WHEN gap < 2 THEN chr(10) || chr(10) WHEN gap = 2 THEN chr(10) ELSE ' ' END, '' ORDER BY part) AS text FROM (${joined}) GROUP BY id ORDER BY id`
  return await keep(`documents-${basename(path, '.parquet')}-${count}-v2.parquet`, async (made) => {
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`COPY (${whole}) TO ${quoted(made)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10240)`)
    connection.closeSync()
  })
}
