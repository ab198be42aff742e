import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { keep } from './keep.ts'
import { randomFrom } from './random.ts'

const languages = ['de', 'en', 'es', 'fr', 'it', 'ja', 'pl', 'pt']
const words =
  'amber basin canal delta ember flume gravel harbor inlet jetty kelp lock mill nozzle orchard pier quay'.split(' ')
const seed = 1

/** A CSV of made-up orders: a whole number, a time, two short texts, a number with decimals, a count, a truth value. */
export function orders(rows: number): Promise<string> {
  return keep(`orders-${rows}-${seed}.csv`, async (path) => {
    const random = randomFrom(seed)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const file = createWriteStream(path, { highWaterMark: 1 << 20 })
    file.write('id,ordered,language,item,price,count,paid\n')
    const start = Date.UTC(2020, 0, 1)
    let text = ''
    for (let row = 1; row <= rows; row++) {
      const ordered = new Date(start + row * 15_000).toISOString().slice(0, 19).replace('T', ' ')
      // Every sixteenth item is quoted, for it holds a comma.
      const item =
        random() < 1 / 16 ? `"${pick(words)}, ${pick(words)}"` : `${pick(words)} ${pick(words)} ${pick(words)}`
      const price = (Math.floor(random() * 50_000) / 100).toFixed(2)
      text += `${row},${ordered},${pick(languages)},${item},${price},${Math.floor(random() * 60)},${random() < 0.8}\n`
      if (text.length < 1 << 20 && row < rows) continue
      if (!file.write(text)) await once(file, 'drain')
      text = ''
    }
    file.end()
    await finished(file)
  })
}
