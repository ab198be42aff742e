import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectTo } from '@headrace/nodes/formats/lancedb/connect.ts'
import { vectors } from '../inputs/vectors.ts'
import { type Aim, speedAim } from '../runner/aims.ts'
import { type Bars, timeBars } from '../runner/bars.ts'
import type { Measure, Setting } from '../runner/measure.ts'
import { headrace } from '../runner/process.ts'
import { type Racer, race, raceCells, raceHead } from '../runner/race.ts'

const python = 'LanceDB from Python'
const mostCommits = 200

interface Case {
  readonly rows: number
  readonly dimension: number
  readonly how: 'append' | 'upsert'
}

const measure: Measure = {
  title: 'Vectors → LanceDB, against LanceDB from Python',
  about:
    'Whole processes, from a Parquet file of numbered vectors to a new table: `headrace run`, without a key (append) and with one (upsert), and with --peers a Python script with pyarrow that commits as many rows at a time. The number of rows is the same, and so are a sample of the vectors.',
  run: async (setting) => {
    const { quick } = setting
    const sizes = [
      { rows: quick ? 20_000 : 1_000_000, dimension: 384 },
      { rows: quick ? 200_000 : 10_000_000, dimension: 32 },
    ]
    const rows: string[][] = []
    const aims: Aim[] = []
    const bars: Bars[] = []
    const figures: Record<string, unknown> = {}
    for (const size of sizes) {
      for (const how of ['append', 'upsert'] as const) {
        const name = `${size.rows.toLocaleString('en')} × ${size.dimension}, ${how}`
        const { standings, commits } = await raced(setting, { ...size, how })
        figures[name] = { standings, commits: Object.fromEntries(commits) }
        for (const standing of standings) {
          const speed = `${(size.rows / standing.seconds.median / 1000).toFixed(0)} k/s`
          rows.push([name, standing.name, ...raceCells(standing), speed, String(commits.get(standing.name) ?? '')])
        }
        const own = commits.get('Headrace') ?? 0
        aims.push(speedAim('S12', standings, python, 0.9, { of: `${python}, ${name}` }), {
          id: 'S12',
          of: `commits, ${name}`,
          found: `${own}`,
          goal: `≤ ${mostCommits}`,
          met: own <= mostCommits,
        })
        bars.push(timeBars(`Vectors → LanceDB, ${name}`, standings, `${size.dimension}-${how}`))
      }
    }
    return {
      table: { head: ['', '', ...raceHead('Headrace'), 'rows/s', 'commits'], rows },
      notes: ['Commits: versions of the table, but for the one that made it empty.'],
      figures,
      aims,
      bars,
    }
  },
}
export default measure

async function raced(setting: Setting, { rows, dimension, how }: Case) {
  const { peers, say } = setting
  say(`making ${rows} vectors of ${dimension}`)
  const input = await vectors(rows, dimension)
  const folder = join(setting.folder, `${dimension}-${how}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'pipeline.json')
  const state = join(folder, 'state')
  const own = join(folder, 'headrace.lance')
  const other = join(folder, 'python.lance')
  const nodes = {
    in: { type: 'sources/parquet', config: { path: input } },
    out: { type: 'sinks/lancedb', config: { path: own, table: 'rows', ...(how === 'upsert' && { key: 'id' }) } },
  }
  writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges: [{ from: 'in', to: 'out' }] }))
  const commits = new Map<string, number>()
  const racer = (name: string, database: string, leaves: readonly string[], start: Racer['start']): Racer => ({
    name,
    leaves: [database, ...leaves],
    start,
    result: async () => {
      const { text, versions } = await tableAt(database, rows)
      commits.set(name, versions - 1)
      return text
    },
  })
  // Python gets as many rows a commit as Headrace put into one, on average: its first go tells.
  const batch = () => String(Math.ceil(rows / (commits.get('Headrace') ?? 1)))
  const standings = await race(setting, 'Headrace', [
    racer('Headrace', own, [state], () => headrace(['run', file, '--json', '--state', state])),
    ...(peers ? [racer(python, other, [], () => peers.run('vectors_lancedb.py', [input, other, how, batch()]))] : []),
  ])
  return { standings, commits }
}

/** How many rows a table has, and the sums of some vectors; and its versions. */
async function tableAt(database: string, rows: number): Promise<{ text: string; versions: number }> {
  const connection = await connectTo(database)
  try {
    const table = await connection.openTable('rows')
    const ids = Array.from({ length: 20 }, (_, i) => 1 + Math.floor((i * rows) / 20))
    const found = await table
      .query()
      .where(`id IN (${ids.join(', ')})`)
      .toArray()
    const sums = found
      .map((row: { id: unknown; vector: Iterable<number> }) => ({
        id: Number(row.id),
        sum: [...row.vector].reduce((sum, value, at) => sum + value * at, 0),
      }))
      .sort((a: { id: number }, b: { id: number }) => a.id - b.id)
    const text = sums.map(({ id, sum }: { id: number; sum: number }) => `${id}: ${sum.toFixed(6)}`).join(', ')
    return { text: `${await table.countRows()} rows; ${text}`, versions: (await table.listVersions()).length }
  } finally {
    connection.close()
  }
}
