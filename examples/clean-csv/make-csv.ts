import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Made strikes.csv once: node examples/clean-csv/make-csv.ts FOLDER, where FOLDER is an unpacked vega-datasets 3.2.

const folder = process.argv[2]
if (!folder) throw new Error('name the folder of an unpacked vega-datasets package')
const [header = '', ...lines] = readFileSync(join(folder, 'data', 'birdstrikes.csv'), 'utf8')
  .trimEnd()
  .split(/\r?\n/)
const years = /,200[01]-\d\d-\d\d,/
writeFileSync(
  join(import.meta.dirname, 'strikes.csv'),
  `${[header, ...lines.filter((line) => years.test(line))].join('\n')}\n`,
)
