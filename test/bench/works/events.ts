import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../inputs/duckdb.ts'
import { events } from '../inputs/events.ts'
import { headrace, runNode } from '../runner/process.ts'
import type { Racer } from '../runner/race.ts'
import type { Work } from './work.ts'

/** NDJSON, nested → derive, select, route → two NDJSON files. */
export const eventsWork: Work = {
  name: 'NDJSON → two NDJSON files',
  async racers(rows, folder, peers) {
    mkdirSync(folder, { recursive: true })
    const input = await events(rows)
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
    return [
      racer('Headrace', () => headrace(['run', file, '--json', '--state', state])),
      racer('DuckDB', () => runNode([join(contenders, 'duckdb-events.ts'), input, paid, other])),
      racer('Node, readline', () => runNode([join(contenders, 'readline-events.ts'), input, paid, other])),
      ...(peers ? [racer('polars', () => peers.run('events_polars.py', [input, paid, other]))] : []),
    ]
  },
}

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
