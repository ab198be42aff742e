import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Made emoji.csv once: node examples/emoji-search/make-csv.ts FOLDER, where FOLDER is an unpacked emojibase-data 17.

interface Emoji {
  readonly label: string
  readonly hexcode: string
  readonly emoji: string
  readonly tags?: readonly string[]
  readonly skins?: readonly Emoji[]
}

const folder = process.argv[2]
if (!folder) throw new Error('name the folder of an unpacked emojibase-data package')
const emoji = JSON.parse(readFileSync(join(folder, 'en', 'data.json'), 'utf8')) as Emoji[]
const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const line = (one: Emoji, tags: readonly string[]) =>
  [one.hexcode, one.emoji, one.label, tags.join(', ')].map(quoted).join(',')
const lines = emoji.flatMap((one) => [
  line(one, one.tags ?? []),
  ...(one.skins ?? []).map((skin) => line(skin, one.tags ?? [])),
])
writeFileSync(join(import.meta.dirname, 'emoji.csv'), `id,emoji,name,keywords\n${lines.join('\n')}\n`)
