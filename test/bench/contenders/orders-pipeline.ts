import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The pipeline of csv-parquet and memory: orders from a CSV, some kept, two columns derived, into a zstd Parquet file. */
export function ordersPipeline(folder: string, input: string, name: string): { file: string; output: string } {
  const output = join(folder, `${name}.parquet`)
  const file = join(folder, `${name}.json`)
  const nodes = {
    orders: { type: 'sources/csv', config: { path: input } },
    keep: { type: 'transforms/filter', config: { where: 'price > 100.0 && language != "fr" || count * 2 > 100' } },
    more: {
      type: 'transforms/derive',
      config: { columns: { total: 'price * count', label: 'upper(language) + "-" + item' } },
    },
    store: { type: 'sinks/parquet', config: { path: output, compression: 'zstd', ifExists: 'replace' } },
  }
  const edges = [
    { from: 'orders', to: 'keep' },
    { from: 'keep', to: 'more' },
    { from: 'more', to: 'store' },
  ]
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
  return { file, output }
}
