import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { keep } from './keep.ts'
import { randomFrom } from './random.ts'

const kinds = ['paid', 'seen', 'seen', 'left']
const countries = ['de', 'fr', 'jp', 'pl', 'us']
const names = ['Ada', 'Björn', 'Chen', 'Dörte', 'Émile', 'Fumi']
const seed = 3

/** NDJSON of made-up events: a number, a kind, a nested user, an amount, a list of tags. */
export function events(rows: number): Promise<string> {
  return keep(`events-${rows}-v2.ndjson`, async (path) => {
    const random = randomFrom(seed)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const file = createWriteStream(path, { highWaterMark: 1 << 20 })
    let text = ''
    for (let id = 1; id <= rows; id++) {
      const user = { name: `${pick(names)} ${Math.floor(random() * 1000)}`, country: pick(countries) }
      const amount = Math.floor(random() * 100_000) / 4
      const tags = Array.from({ length: Math.floor(random() * 4) }, () => `tag ${Math.floor(random() * 50)}`)
      text += `${JSON.stringify({ id, kind: pick(kinds), user, amount, tags })}\n`
      if (text.length < 1 << 20 && id < rows) continue
      if (!file.write(text)) await once(file, 'drain')
      text = ''
    }
    file.end()
    await finished(file)
  })
}
