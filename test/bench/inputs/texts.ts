import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { keep } from './keep.ts'
import { randomFrom } from './random.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const banking = join(root, '..', 'shared', 'data', 'banking77', 'train.csv')
const seed = 7

/**
 * A Parquet file (id, text) of real sentences, strung together to texts of mixed length, most of them short: one to
 * twelve sentences. They are customers' questions where that data set lies beside the repository, else the READMEs of
 * the installed packages.
 */
export function texts(count: number): Promise<{ path: string; origin: string }> {
  const questions = existsSync(banking)
  const origin = questions ? 'banking77' : 'readmes'
  // The READMEs are those of the packages that the lockfile names.
  const version = questions ? '' : `-${hash('sha1', readFileSync(join(root, 'pnpm-lock.yaml'))).slice(0, 8)}`
  const made = keep(`texts-${origin}${version}-${count}-${seed}.parquet`, async (path) => {
    const sentences = questions ? bankingSentences() : readmeSentences()
    const random = randomFrom(seed)
    const rows = Array.from({ length: count }, (_, id) => {
      // The square makes short texts common: three of ten are one sentence.
      const parts = 1 + Math.floor(random() ** 2 * 12)
      const text = Array.from({ length: parts }, () => sentences[Math.floor(random() * sentences.length)]).join(' ')
      return JSON.stringify({ id, text })
    })
    const json = `${path}.ndjson`
    writeFileSync(json, rows.join('\n'))
    const connection = await (await DuckDBInstance.create()).connect()
    const quoted = (name: string) => `'${name.replaceAll("'", "''")}'`
    await connection.run(
      `COPY (SELECT id, text FROM read_json(${quoted(json)}, columns = {id: 'BIGINT', text: 'VARCHAR'}) ORDER BY id) TO ${quoted(path)} (FORMAT parquet)`,
    )
    connection.closeSync()
    rmSync(json)
  })
  return made.then((path) => ({ path, origin }))
}

/** Questions of the data set: `text,category`, texts quoted where they hold commas or line breaks. */
function bankingSentences(): string[] {
  const records = readFileSync(banking, 'utf8').matchAll(/(?:^|\n)(?:"((?:[^"]|"")*)"|([^",\n]*)),[^,\n]*/g)
  return [...records]
    .slice(1)
    .map(([, quoted, bare]) => (quoted?.replaceAll('""', '"') ?? bare ?? '').replace(/\s+/g, ' ').trim())
    .filter(Boolean)
}

function readmeSentences(): string[] {
  const store = join(root, 'node_modules', '.pnpm')
  const files = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^readme\.md$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const sentences = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split(/(?<=[.!?])\s+/)
      .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
      .filter((sentence) => sentence.length >= 20 && sentence.length <= 200),
  )
  return [...new Set(sentences)]
}
