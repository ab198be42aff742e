import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../inputs/duckdb.ts'
import { events } from '../inputs/events.ts'
import type { Measure } from '../runner/measure.ts'
import { headrace, runNode } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const measure: Measure = {
  title: 'NDJSON, nested → derive, select, route → two NDJSON files',
  about:
    'Whole processes with all cores: `headrace run`; DuckDB, which reads the file once into a table and writes two from it; a Node script on readline, row by row; with --peers polars. The rows of the files are the same.',
  run: async (setting) => {
    const { quick, folder, peers, say } = setting
    const count = quick ? 200_000 : 5_000_000
    say(`making ${count} rows`)
    const input = await events(count)
    const [paid, other] = [join(folder, 'paid.ndjson'), join(folder, 'other.ndjson')] as const
    const state = join(folder, 'state')
    const file = writePipeline(folder, input, { paid, other })
    const contenders = join(import.meta.dirname, '..', 'contenders')
    const racer = (name: string, start: Racer['start']): Racer => ({
      name,
      start,
      leaves: [paid, other, state],
      result: async () => `${await digestOf(`read_json('${paid}')`)} and ${await digestOf(`read_json('${other}')`)}`,
    })
    const standings = await race(setting, 'DuckDB', [
      racer('Headrace', () => headrace(['run', file, '--json', '--state', state])),
      racer('DuckDB', () => runNode([join(contenders, 'duckdb-events.ts'), input, paid, other])),
      racer('Node, readline', () => runNode([join(contenders, 'readline-events.ts'), input, paid, other])),
      ...(peers ? [racer('polars', () => peers.run('events_polars.py', [input, paid, other]))] : []),
    ])
    return {
      table: {
        head: ['', ...raceHead('DuckDB')],
        rows: standings.map((standing) => [standing.name, ...raceCells(standing)]),
      },
      notes: [`${count.toLocaleString('en')} rows.`],
      figures: { rows: count, standings },
    }
  },
}
export default measure

function writePipeline(folder: string, input: string, outputs: { paid: string; other: string }): string {
  const sink = (path: string) => ({ type: 'sinks/ndjson', config: { path, ifExists: 'replace' } })
  const nodes = {
    events: { type: 'sources/ndjson', config: { path: input } },
    flat: { type: 'transforms/derive', config: { columns: { country: 'user.country', name: 'user.name' } } },
    few: { type: 'transforms/select', config: { columns: ['id', 'kind', 'country', 'name', 'amount'] } },
    apart: { type: 'transforms/route', config: { routes: [{ port: 'paid', where: 'kind == "paid"' }] } },
    paid: sink(outputs.paid),
    other: sink(outputs.other),
  }
  const edges = [
    { from: 'events', to: 'flat' },
    { from: 'flat', to: 'few' },
    { from: 'few', to: 'apart' },
    { from: 'apart.paid', to: 'paid' },
    { from: 'apart.otherwise', to: 'other' },
  ]
  const file = join(folder, 'pipeline.json')
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges }))
  return file
}
