import { DuckDBInstance } from '@duckdb/node-api'

/** What rows of orders a Parquet file holds, in whatever order: their number, two sums, and a hash of every cell. */
export async function parquetDigest(path: string): Promise<string> {
  const connection = await (await DuckDBInstance.create()).connect()
  const cells = 'id::BIGINT, epoch_us(ordered), language, item, price, count::BIGINT, paid, total, label'
  const reader = await connection.runAndReadAll(`
    SELECT count(*), sum(id)::VARCHAR, sum(round(total * 100)::BIGINT)::VARCHAR, bit_xor(hash(${cells}))::VARCHAR
    FROM '${path.replaceAll("'", "''")}'`)
  const [rows, ids, cents, hash] = reader.getRows()[0] as unknown[]
  connection.closeSync()
  return `${rows} rows, ids ${ids}, cents ${cents}, hash ${hash}`
}
