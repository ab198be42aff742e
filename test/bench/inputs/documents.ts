import { basename } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { keep } from './keep.ts'
import { texts } from './texts.ts'

/**
 * A Parquet file (id, text) of documents of 1 to 40 paragraphs, each a text of one to twelve real sentences: about
 * 5,600 bytes a document.
 */
export async function documents(count: number): Promise<string> {
  const { path } = await texts(20_000)
  const quoted = (name: string) => `'${name.replaceAll("'", "''")}'`
  const parts = `SELECT i AS id, unnest(range((hash(i) % 40 + 1)::BIGINT)) AS part FROM range(${count}) r(i)`
  const joined = `SELECT p.id, p.part, t.text FROM (${parts}) p JOIN ${quoted(path)} t ON t.id = (hash(p.id * 64 + p.part) % 20000)::BIGINT`
  const whole = `SELECT id, string_agg(text, chr(10) || chr(10) ORDER BY part) AS text FROM (${joined}) GROUP BY id ORDER BY id`
  return await keep(`documents-${basename(path, '.parquet')}-${count}.parquet`, async (made) => {
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`COPY (${whole}) TO ${quoted(made)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10240)`)
    connection.closeSync()
  })
}
