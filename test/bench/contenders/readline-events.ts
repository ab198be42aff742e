import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'

// The pipeline of ndjson-route as a script, row by row: node readline-events.ts <in.ndjson> <paid.ndjson> <other.ndjson>

const [input = '', ...outputs] = process.argv.slice(2)
const [paid, other] = outputs.map((path) => createWriteStream(path))
if (!paid || !other) throw new Error('two outputs are needed')
for await (const line of createInterface({ input: createReadStream(input) })) {
  const { id, kind, user, amount } = JSON.parse(line)
  const file = kind === 'paid' ? paid : other
  const row = JSON.stringify({ id, kind, country: user.country, name: user.name, amount })
  if (!file.write(`${row}\n`)) await once(file, 'drain')
}
for (const file of [paid, other]) {
  file.end()
  await finished(file)
}
