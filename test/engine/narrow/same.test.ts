import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bench, writeSink } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import arrow from '../../../nodes/sinks/arrow.ts'
import parquet from '../../../nodes/sinks/parquet.ts'
import { prepareRun } from '../../../runtime/engine/prepare.ts'
import { started } from '../../../runtime/engine/run.ts'
import { Chance } from '../../simulation/chance.ts'
import { Workplace } from '../workplace.ts'
import { columns, drawn, type Node, rowsOf } from './pipelines.ts'

const place = new Workplace()
const csv: Node = ['sources/csv', { path: 'd.csv', types: { i: 'int64', t: 'string' } }]
const sources: Node[] = [['sources/parquet', { path: '*.parquet' }], ['sources/arrow', { path: 'c.arrow' }], csv]

async function makeFiles(): Promise<void> {
  const chance = new Chance(7)
  const bench = new Bench(place.folder)
  for (const [path, sink, count] of [
    ['a.parquet', parquet, 300],
    ['b.parquet', parquet, 5],
    ['c.arrow', arrow, 200],
  ] as const) {
    await writeSink(sink as typeof parquet, { path }, [{ fields: columns, rows: rowsOf(1, count, chance) }], bench)
  }
  const names = columns.map(({ name }) => name).filter((name) => name !== 'l')
  const lines = rowsOf(1, 150, chance).map((row) => names.map((name) => row[name] ?? '').join())
  // A value that is none of its type, and a line with a field too many.
  lines[70] = `71,many,${lines[70]?.split(',').slice(2).join()}`
  lines[90] += ',more'
  place.write('d.csv', `${names.join()}\n${lines.join('\n')}\n`)
}

/** A run of the pipeline: what its sinks and its dead letters hold, and its books; null where it does not check. */
async function outcome(file: string, narrow: boolean, memory = 1 << 28) {
  const { prepared, problems } = await prepareRun({ file, memory, workers: 1 })
  if (!prepared) return null
  const { plan } = prepared
  const flow = narrow ? plan.flow : { ...plan.flow, narrow: null }
  const { running } = await started({ problems, prepared: { ...prepared, plan: { ...plan, flow } } }, {}, null)
  const report = await running?.done
  if (!report || !running) throw new Error('the run did not begin')
  const read = (path: string) => readFileSync(path, 'utf8')
  const out = place.path('out')
  const dead = join(running.folder, 'dead-letters.ndjson')
  const letters = existsSync(dead) ? read(dead) : ''
  const books = Object.entries(report.nodes).map(([id, { in: into, out: left, parents, filtered, rejected }]) => ({
    ...{ id, into, left, parents, filtered, rejected },
  }))
  return {
    narrowed: flow.narrow !== null,
    seen: {
      status: report.status,
      error: report.error?.message,
      files: Object.fromEntries(readdirSync(out).map((name) => [name, read(join(out, name))])),
      letters,
      books,
    },
  }
}

test('a row that has grown too large where columns are missing is set aside with all of them', async () => {
  const fields = columns.filter(({ name }) => ['id', 's', 'u'].includes(name))
  const rows = [1n, 2n, 3n].map((id) => ({ id, s: 'x'.repeat(id === 2n ? 3 << 20 : 3), u: `unused ${id}` }))
  await writeSink(parquet, { path: 'grown/a.parquet' }, [{ fields, rows }], new Bench(place.folder))
  const file = place.pipeline(
    {
      in: ['sources/parquet', { path: 'grown/a.parquet' }],
      more: ['transforms/derive', { columns: { d: 's + s' } }],
      keep: ['transforms/filter', { where: 'd != ""' }],
      pick: ['transforms/select', { columns: ['id'] }],
      out: ['sinks/ndjson', { path: 'out/grown.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'more'],
      ['more', 'keep'],
      ['keep', 'pick'],
      ['pick', 'out'],
    ],
    { errorLimit: '100%' },
  )
  const { seen, narrowed } = (await outcome(file, true, 32 << 20)) ?? {}
  expect(narrowed).toBe(true)
  expect(seen?.books.find(({ id }) => id === 'keep')).toMatchObject({ into: 3, parents: 2, rejected: 1 })
  expect(JSON.parse(seen?.letters ?? '')).toMatchObject({ id: 2, u: 'unused 2', _code: 'row-too-large' })
})

test('a row is set aside whole where others of its union have the columns that were left out of it', async () => {
  await makeFiles()
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
  const rows = rowsOf(1, 100, new Chance(3)).map((row) => JSON.stringify(row, plain))
  place.write('e.ndjson', rows.join('\n'))
  const file = place.pipeline(
    {
      // Its columns are all read.
      text: ['sources/ndjson', { path: 'e.ndjson' }],
      in: ['sources/parquet', { path: 'a.parquet' }],
      keep: ['transforms/filter', { where: 'id > 0' }],
      more: ['transforms/filter', { where: 'div(10, id - 5) < 100' }],
      pick: ['transforms/select', { columns: ['id'] }],
      out: ['sinks/ndjson', { path: 'out/union.ndjson', ifExists: 'replace' }],
    },
    [
      ['text', 'keep'],
      ['in', 'keep'],
      ['keep', 'more'],
      ['more', 'pick'],
      ['pick', 'out'],
    ],
    { errorLimit: '100%' },
  )
  const read = await outcome(file, true)
  expect(read?.narrowed).toBe(true)
  expect(read?.seen.letters.split('\n').length).toBeGreaterThan(2)
  expect(read?.seen).toEqual((await outcome(file, false))?.seen)
})

test('a run that leaves out what nobody reads stores, rejects and counts the same as one that reads all', async () => {
  await makeFiles()
  let narrowed = 0
  let rejecting = 0
  for (let seed = 1; narrowed < 8 || rejecting < 2; seed++) {
    const chance = new Chance(seed)
    const some = chance.hits(0.5) ? sources : [chance.pick(sources)]
    const { nodes, edges } = drawn(chance, some)
    const file = place.pipeline(nodes, edges, { errorLimit: '100%' })
    const read = await outcome(file, true)
    if (!read?.narrowed) continue
    narrowed++
    const whole = await outcome(file, false)
    expect(read.seen, `seed ${seed}: ${JSON.stringify(nodes)}`).toEqual(whole?.seen)
    if (read.seen.letters) rejecting++
  }
}, 240_000)
