import { join } from 'node:path'
import { runNode } from '../runner/process.ts'
import { keep } from './keep.ts'

/** Orders and their customers as Parquet files: a tenth as many customers as orders, every fourth order twice. */
export async function tableInputs(rows: number): Promise<{ orders: string; customers: string }> {
  const query = join(import.meta.dirname, '..', 'contenders', 'duckdb-query.ts')
  const make = (name: string, select: string) => keep(name, async (path) => void (await runNode([query, path, select])))
  const customers = Math.max(1, Math.floor(rows / 10))
  return {
    orders: await make(
      `orders-${rows}-v1.parquet`,
      `SELECT i AS id, (hash(key) % ${customers})::INTEGER AS customer, (hash(key + 1) % 100000)::DOUBLE / 100 AS price,
        (hash(key + 2) % 9)::INTEGER AS count, 'item ' || (hash(key + 3) % 5000)::VARCHAR || ' of the catalogue' AS item
      FROM (SELECT i, CASE WHEN i % 4 = 3 THEN i - 3 ELSE i END AS key FROM range(${rows}) r(i)) ORDER BY i`,
    ),
    customers: await make(
      `customers-${customers}-v1.parquet`,
      `SELECT i::INTEGER AS customer, 'customer ' || i::VARCHAR AS name, (hash(i) % 20)::INTEGER AS region
      FROM range(${customers}) r(i) ORDER BY i`,
    ),
  }
}
