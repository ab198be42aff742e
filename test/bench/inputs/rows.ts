import { writeFileSync } from 'node:fs'
import { type Batch, batchOf, Identity, type Pool, Schema, Scope, types } from '@headrace/runtime/sdk'
import { randomFrom } from './random.ts'

/** A row that expressions are evaluated over; an int64 is a bigint. */
export type Row = {
  readonly price: number
  readonly n: bigint
  readonly lang: string
  readonly item: string
  readonly discount: number | null
}

const fields = [
  { name: 'price', type: types.float64 },
  { name: 'n', type: types.int64 },
  { name: 'lang', type: types.string },
  { name: 'item', type: types.string },
  { name: 'discount', type: types.float64 },
]
export const schema = new Schema(fields)
export const batchRows = 8192

const languages = ['de', 'en', 'es', 'fr', 'it', 'ja', 'pl', 'pt']
const words = ['amber', 'basin', 'canal', 'delta', 'ember', 'flume', 'gravel', 'harbor']

export function rowsOf(count: number): Row[] {
  const random = randomFrom(11)
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] as string
  return Array.from({ length: count }, () => ({
    price: Math.floor(random() * 50_000) / 100,
    n: BigInt(Math.floor(random() * 40)),
    lang: pick(languages),
    item: `${pick(words)} ${pick(words)}`,
    discount: random() < 0.2 ? null : Math.floor(random() * 1000) / 100,
  }))
}

/** The rows as batches in memory that is never given back. */
export function batchesOf(pool: Pool, rows: readonly Row[]): Batch[] {
  const scope = new Scope(pool)
  return Array.from({ length: Math.ceil(rows.length / batchRows) }, (_, i) => {
    const some = rows.slice(i * batchRows, (i + 1) * batchRows)
    return batchOf(scope, fields, some, new Identity({ node: 'bench', path: '' }, some.length, i * batchRows + 1))
  })
}

/** The rows as NDJSON, for others. */
export function writeRows(path: string, rows: readonly Row[]): void {
  const lines = rows.map((row) => JSON.stringify({ ...row, n: Number(row.n) }))
  writeFileSync(path, lines.join('\n'))
}
