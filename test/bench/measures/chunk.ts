import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { documents } from '../inputs/documents.ts'
import { speedAim } from '../runner/aims.ts'
import { timeBars } from '../runner/bars.ts'
import type { Measure } from '../runner/measure.ts'
import { headrace } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const size = 1000
const script = 'langchain, a process'

const measure: Measure = {
  title: 'Parquet → chunk → Parquet; with --peers langchain’s recursive splitter',
  about: `Whole processes: documents cut into pieces of at most ${size} characters (zstd). Headrace with all cores; with --peers a Python script on langchain-text-splitters and pyarrow, in one process, as its documentation shows, and in as many processes as there are cores. Where they cut differs (langchain fills a piece from paragraphs, then lines, then words; Headrace ends it at the best border in its second half): what is compared is that each document's pieces, in order, have all its characters but white space, and that none is longer than ${size}.`,
  run: async (setting) => {
    const { quick, folder, peers, say } = setting
    const count = quick ? 3_000 : 36_000
    say(`making ${count} documents`)
    const input = await documents(count)
    const bytes = await bytesOfTexts(input)
    const output = join(folder, 'pieces.parquet')
    const state = join(folder, 'state')
    const pipeline = pipelineOf(folder, input, output)
    const pieces: Record<string, number> = {}
    const racer = (name: string, start: Racer['start']): Racer => ({
      name,
      start,
      leaves: [output, state],
      result: async () => {
        const { rows, digest } = await digestOfPieces(output)
        pieces[name] = rows
        return digest
      },
    })
    const langchain = (processes: number) => () =>
      (peers as NonNullable<typeof peers>).run('chunk_langchain.py', [input, output, `${size}`, '0', `${processes}`])
    const cores = availableParallelism()
    const standings = await race(setting, 'Headrace', [
      racer('Headrace', () => headrace(['run', pipeline, '--json', '--state', state])),
      ...(peers ? [racer(script, langchain(1)), racer(`langchain, ${cores} processes`, langchain(cores))] : []),
    ])
    return {
      table: {
        head: ['', ...raceHead('Headrace'), 'MB/s', 'pieces'],
        rows: standings.map((standing) => [
          standing.name,
          ...raceCells(standing),
          (bytes / standing.seconds.median / 1e6).toFixed(1),
          (pieces[standing.name] as number).toLocaleString('en'),
        ]),
      },
      notes: [`${count.toLocaleString('en')} documents, ${(bytes / 1e6).toFixed(0)} MB of text.`],
      figures: { documents: count, bytes, standings },
      aims: [speedAim('S8', standings, script, 5)],
      bars: [timeBars(`${(bytes / 1e6).toFixed(0)} MB of text into pieces`, standings)],
    }
  },
}
export default measure

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

const bytesOfTexts = async (path: string): Promise<number> =>
  Number((await rowOf(`SELECT sum(strlen(text)) FROM '${path}'`))[0])

/** All characters but white space of each document, whatever the pieces; fails where a piece is too long. */
async function digestOfPieces(path: string): Promise<{ rows: number; digest: string }> {
  const whole = `SELECT id, string_agg(regexp_replace(text, '\\s', '', 'g'), '' ORDER BY "chunkIndex") AS text FROM '${path}' GROUP BY id`
  const [digest, texts] = await rowOf(`SELECT bit_xor(hash(id, text))::VARCHAR, count(*) FROM (${whole})`)
  const [rows, longest] = await rowOf(`SELECT count(*), max(length(text)) FROM '${path}'`)
  if (Number(longest) > size) throw new Error(`a piece has ${longest} characters`)
  return { rows: Number(rows), digest: `${texts} documents, ${digest}` }
}

async function rowOf(query: string): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(query)
  connection.closeSync()
  return reader.getRows()[0] as unknown[]
}
