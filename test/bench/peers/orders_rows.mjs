// The pipeline of csv-parquet row by row, on csv-parse and parquetjs-lite: orders_rows.mjs <in.csv> <out.parquet>
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(import.meta.dirname, '..', 'data', 'node', 'package.json'))
const { parse } = require('csv-parse')
const { ParquetSchema, ParquetWriter } = require('parquetjs-lite')

const [input, output] = process.argv.slice(2)
const schema = new ParquetSchema({
  id: { type: 'INT64' },
  ordered: { type: 'TIMESTAMP_MICROS' },
  language: { type: 'UTF8' },
  item: { type: 'UTF8' },
  price: { type: 'DOUBLE' },
  count: { type: 'INT64' },
  paid: { type: 'BOOLEAN' },
  total: { type: 'DOUBLE' },
  label: { type: 'UTF8' },
})
const writer = await ParquetWriter.openFile(schema, output)
writer.setRowGroupSize(100_000)
for await (const row of createReadStream(input).pipe(parse({ columns: true }))) {
  const price = Number(row.price)
  const count = Number(row.count)
  if (!((price > 100 && row.language !== 'fr') || count * 2 > 100)) continue
  await writer.appendRow({
    id: Number(row.id),
    ordered: new Date(`${row.ordered.replace(' ', 'T')}Z`),
    language: row.language,
    item: row.item,
    price,
    count,
    paid: row.paid === 'true',
    total: price * count,
    label: `${row.language.toUpperCase()}-${row.item}`,
  })
}
await writer.close()
