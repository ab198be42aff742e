import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Job } from '../contenders/tokenize-worker.ts'
import { randomFrom } from '../inputs/random.ts'
import { texts } from '../inputs/texts.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import { type Contender, contest, type Outcome } from '../runner/contest.ts'
import { sharedTexts, startCrew } from '../runner/crew.ts'
import type { Measure, Setting } from '../runner/measure.ts'
import { ratio, seconds } from '../runner/print.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const model = join(root, 'examples', 'models', 'all-minilm-l6-v2')
/** Texts whose ids have a digest of their own. */
const rangeRows = 1000
const rust = 'tokenizers (Rust, its threads)'

const measure: Measure = {
  title: 'Texts → token ids, against @huggingface/tokenizers; with --peers the Rust tokenizers',
  about:
    "The tokenizer of all-MiniLM-L6-v2 (WordPiece), nothing cut. Headrace gets texts as they lie in its columns (UTF-8 in shared memory) and writes the ids into a typed array, on one worker and on two; @huggingface/tokenizers the same with strings; with --peers Rust's tokenizers from Python, encode_batch_fast with as many threads as it likes, getting at the ids not counted. Loading is not counted. All ids are the same.",
  run: async (setting) => {
    if (!existsSync(join(model, 'tokenizer.json'))) throw new Error(`${model} is not there`)
    const count = setting.quick ? 10_000 : 100_000
    const real = await realTexts(count)
    const found = [
      { words: 'real texts', ...(await compared(setting, real.texts)) },
      { words: 'words of their own', ...(await compared(setting, withOwnWords(real.texts.slice(0, count / 5)))) },
    ]
    const [first] = found
    return {
      table: {
        head: ['', 'input', 'time', 'against one worker', 'texts/s', 'MB/s'],
        rows: found.flatMap(({ words, standings, bytes, rows }) =>
          standings.map(({ name, seconds: taken, ratio: against }) => [
            name,
            words,
            seconds(taken),
            ratio(against),
            Math.round(rows / taken.median).toLocaleString('en'),
            (bytes / taken.median / 1e6).toFixed(1),
          ]),
        ),
      },
      notes: found.map(({ words, rows, bytes }) => {
        const what =
          words === 'real texts'
            ? `real (${real.origin})`
            : 'of which every word has three letters of its own, so that none comes twice'
        return `${rows.toLocaleString('en')} texts of ${Math.round(bytes / rows)} bytes, ${what}.`
      }),
      figures: found,
      aims: [speedAim('S7', first?.standings ?? [], rust, 1.5, { ours: 'Headrace, two workers' })],
      bars: [timeBars(`${count.toLocaleString('en')} texts → ids`, first?.standings ?? [])],
    }
  },
}
export default measure

async function compared({ repeats, quick, folder, peers, say }: Setting, all: readonly string[]) {
  const shared = sharedTexts(all)
  const input = join(folder, 'texts.json')
  writeFileSync(input, JSON.stringify(all))
  const heard = (name: string, outcome: Outcome): Outcome => {
    say(`${name}: ${outcome.seconds.toFixed(2)} s`)
    return outcome
  }
  const crews = await Promise.all(
    (['headrace', 'library'] as const).flatMap((way) =>
      [1, 2].map(async (workers) => ({
        name: `${way === 'headrace' ? 'Headrace' : '@huggingface/tokenizers'}, ${workers === 1 ? 'one worker' : 'two workers'}`,
        crew: await startCrew<string>(
          'tokenize-worker.ts',
          { model, way, rangeRows, ...shared } satisfies Job,
          workers,
        ),
      })),
    ),
  )
  const contenders: Contender[] = crews.map(({ name, crew }) => ({
    name,
    run: async () => {
      const { seconds: taken, ranges } = await crew.work()
      return heard(name, { seconds: taken, result: createHash('sha1').update(ranges.join('')).digest('hex') })
    },
  }))
  if (peers) {
    const run = async () => {
      const { stdout } = await peers.run('tokenize_rust.py', [input, join(model, 'tokenizer.json'), String(rangeRows)])
      const { seconds: taken, digest } = JSON.parse(stdout) as { seconds: number; digest: string }
      return heard(rust, { seconds: taken, result: digest })
    }
    contenders.push({ name: rust, run })
  }
  try {
    const baseline = 'Headrace, one worker'
    const standings = await contest({ baseline, repeats: repeats ?? (quick ? 2 : 5), contenders })
    return { standings, rows: all.length, bytes: shared.bytes.length }
  } finally {
    for (const { crew } of crews) crew.close()
  }
}

async function realTexts(count: number): Promise<{ texts: string[]; origin: string }> {
  const { path, origin } = await texts(count)
  const connection = await (await DuckDBInstance.create()).connect()
  const found = await connection.runAndReadAll(`SELECT text FROM '${path.replaceAll("'", "''")}' ORDER BY id`)
  connection.closeSync()
  return { texts: found.getRows().map(([text]) => String(text)), origin }
}

/** Texts in which hardly a word comes twice. */
function withOwnWords(some: readonly string[]): string[] {
  const random = randomFrom(7)
  const letters = () => Array.from({ length: 3 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
  return some.map((text) => text.replace(/[a-z]+/gi, (word) => word + letters()))
}
