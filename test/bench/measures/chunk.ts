import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Came, Job } from '../contenders/chunk-worker.ts'
import { documents } from '../inputs/documents.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import { type Contender, contest, type Outcome, type Standing } from '../runner/contest.ts'
import { type SharedTexts, sharedTexts, startCrew } from '../runner/crew.ts'
import type { Measure, Setting } from '../runner/measure.ts'
import { headrace } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const size = 1000
const overlap = 0
const langchain = 'langchain'

const measure: Measure = {
  title: 'Texts → pieces; with --peers langchain’s recursive splitter',
  about: `Documents cut into pieces of at most ${size} characters, none shared. In memory: what transforms/chunk does with a column, on one worker and on two, making columns of the pieces; langchain-text-splitters makes a list of strings, a list in memory before. From Parquet to Parquet (zstd): whole processes, \`headrace run\` with all cores, and with --peers a script on langchain-text-splitters and pyarrow, in one process, as its documentation shows, and in as many processes as there are cores. Where they cut differs: langchain fills a piece with paragraphs, what is too long with lines, then words; Headrace ends it at the best border in its second half. Compared is that each document's pieces, in order, have all its characters but white space, and that none is longer than ${size}.`,
  run: async (setting) => {
    const count = setting.quick ? 3_000 : 36_000
    setting.say(`making ${count} documents`)
    const input = await documents(count)
    const texts = (await rowsOf(`SELECT text FROM '${input}' ORDER BY id`)).map(([text]) => String(text))
    const shared = sharedTexts(texts)
    const bytes = shared.bytes.length
    const memory = await inMemory(setting, input, shared)
    const whole = await fromFileToFile(setting, input)
    const rows = [['in memory', memory] as const, ['Parquet → Parquet', whole] as const].flatMap(([way, standings]) =>
      standings.map((standing) => [
        standing.name,
        way,
        ...raceCells(standing),
        (bytes / standing.seconds.median / 1e6).toFixed(1),
      ]),
    )
    return {
      table: { head: ['', '', ...raceHead('Headrace'), 'MB/s'], rows },
      notes: [`${count.toLocaleString('en')} documents, ${(bytes / 1e6).toFixed(0)} MB of text.`],
      figures: { documents: count, bytes, memory, whole },
      aims: [
        speedAim('S8', memory, langchain, 5, { of: `${langchain}, in memory`, ours: twoWorkers }),
        speedAim('S8', whole, langchain, 5, { of: `${langchain}, Parquet → Parquet` }),
      ],
      bars: [
        timeBars(`${(bytes / 1e6).toFixed(0)} MB of text into pieces`, memory, 'memory'),
        timeBars(`${(bytes / 1e6).toFixed(0)} MB of text from Parquet into pieces`, whole, 'whole'),
      ],
    }
  },
}
export default measure

const twoWorkers = 'Headrace, two workers'

async function inMemory({ repeats, quick, peers, say }: Setting, input: string, shared: SharedTexts) {
  const job = { ...shared, size, overlap, rangeRows: 100 } satisfies Job
  const crews = await Promise.all([1, 2].map((workers) => startCrew<Came>('chunk-worker.ts', job, workers)))
  const heard = (name: string, outcome: Outcome): Outcome => {
    say(`${name}: ${outcome.seconds.toFixed(2)} s`)
    return outcome
  }
  const contenders: Contender[] = crews.map((crew, i) => {
    const name = i ? twoWorkers : 'Headrace, one worker'
    const run = async () => {
      const { seconds, ranges } = await crew.work()
      return heard(name, { seconds, result: `${ranges.reduce((sum, [, solid]) => sum + solid, 0)} bytes` })
    }
    return { name, run }
  })
  if (peers) {
    const run = async () => {
      const { stdout } = await peers.run('chunk_memory.py', [input, `${size}`, `${overlap}`])
      const { seconds, solid } = JSON.parse(stdout) as { seconds: number; solid: number }
      return heard(langchain, { seconds, result: `${solid} bytes` })
    }
    contenders.push({ name: langchain, run })
  }
  try {
    return await contest({ baseline: twoWorkers, repeats: repeats ?? (quick ? 2 : 5), contenders })
  } finally {
    for (const crew of crews) crew.close()
  }
}

async function fromFileToFile(setting: Setting, input: string): Promise<Standing[]> {
  const { folder, peers } = setting
  const output = join(folder, 'pieces.parquet')
  const state = join(folder, 'state')
  const pipeline = pipelineOf(folder, input, output)
  const result = () => digestOfPieces(output)
  const leaves = [output, state]
  const racer = (name: string, start: Racer['start']): Racer => ({ name, start, leaves, result })
  const cores = availableParallelism()
  const splitter = (processes: number) => () =>
    (peers as NonNullable<typeof peers>).run('chunk_langchain.py', [
      ...[input, output],
      ...[size, overlap, processes].map(String),
    ])
  return await race(setting, 'Headrace', [
    racer('Headrace', () => headrace(['run', pipeline, '--json', '--state', state])),
    ...(peers ? [racer(langchain, splitter(1)), racer(`${langchain}, ${cores} processes`, splitter(cores))] : []),
  ])
}

function pipelineOf(folder: string, input: string, output: string): string {
  const nodes = {
    documents: { type: 'sources/parquet', config: { path: input } },
    pieces: { type: 'transforms/chunk', config: { column: 'text', size } },
    few: { type: 'transforms/select', config: { columns: ['id', 'text', 'chunkIndex'] } },
    store: { type: 'sinks/parquet', config: { path: output, compression: 'zstd', ifExists: 'replace' } },
  }
  const edges = [
    { from: 'documents', to: 'pieces' },
    { from: 'pieces', to: 'few' },
    { from: 'few', to: 'store' },
  ]
  const file = join(folder, 'pipeline.json')
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
  return file
}

/** All characters but white space of each document, whatever the pieces; fails where a piece is too long. */
async function digestOfPieces(path: string): Promise<string> {
  const whole = `SELECT id, string_agg(regexp_replace(text, '\\s', '', 'g'), '' ORDER BY "chunkIndex") AS text FROM '${path}' GROUP BY id`
  const [[digest, texts] = []] = await rowsOf(`SELECT bit_xor(hash(id, text))::VARCHAR, count(*) FROM (${whole})`)
  const [[longest] = []] = await rowsOf(`SELECT max(length(text)) FROM '${path}'`)
  if (Number(longest) > size) throw new Error(`a piece has ${longest} characters`)
  return `${texts} documents, ${digest}`
}

async function rowsOf(query: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(query)
  connection.closeSync()
  return reader.getRows()
}
