import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../cli/command.ts'
import { Workplace } from '../workplace.ts'

// kill -9 at each moment of a run whose nodes need all rows, and then a resume.

const rows = 210_000

/** Two nodes that need all rows, one behind the other, and a plain way beside them. */
function pipeline(place: Workplace): string {
  const lines = Array.from({ length: rows }, (_, i) => `${(i * 7919) % rows},text ${i}`)
  place.write('in.csv', `n,text\n${lines.join('\n')}\n`)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      few: ['transforms/filter', { where: 'n % 50 == 0' }],
      sorted: ['transforms/lineup', { part: 500, die: place.path('sorted') }],
      even: ['transforms/filter', { where: 'n % 100 == 0' }],
      again: ['transforms/lineup', { part: 500, die: place.path('again') }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
      beside: ['sinks/parquet', { path: 'beside.parquet' }],
    },
    [
      ['in', 'few'],
      ['few', 'sorted'],
      ['sorted', 'even'],
      ['even', 'again'],
      ['again', 'out'],
      ['in', 'beside'],
    ],
    { workers: 2 },
  )
}

const ledgerOf = (place: Workplace): string => {
  const [id] = place.list('.headrace/runs')
  return place.path(`.headrace/runs/${id}/ledger`)
}
const gathered = (place: Workplace): string[] =>
  place
    .lines(ledgerOf(place).slice(place.folder.length + 1))
    .filter((line) => line.includes('"type":"gathered"'))
    .map((line) => (JSON.parse(line.slice(9)) as { node: string }).node)

const moments = {
  'while a node works on all its rows': ['sorted.begun'],
  'while its rows are read': ['sorted.read'],
  'at every moment, one after the other': [
    'sorted.kept',
    'sorted.begun',
    'sorted.made',
    'sorted.read',
    'again.kept',
    'again.begun',
    'again.made',
    'again.read',
  ],
} as const

const expected = Array.from({ length: rows / 100 }, (_, i) => i * 100)

async function ended(place: Workplace): Promise<void> {
  const { code, stdout, stderr } = await run(['resume', place.path('pipeline.json'), '--json'])
  expect(code, stderr).toBe(0)
  const kept = rows / 50
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'done',
    balanced: true,
    nodes: {
      in: { in: rows, out: rows },
      sorted: { in: kept, parents: kept, out: kept, filtered: 0 },
      again: { in: kept / 2, parents: kept / 2, out: kept / 2 },
      out: { out: kept / 2 },
      beside: { out: rows },
    },
  })
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(expected)
  expect(gathered(place), 'each of them once').toEqual(['sorted', 'again'])
}

for (const [moment, marks] of Object.entries(moments)) {
  test(`killed ${moment}, a run goes on and stores what an undisturbed one does`, async () => {
    const place = new Workplace()
    const file = pipeline(place)
    for (const [i, mark] of marks.entries()) {
      writeFileSync(place.path(mark), '')
      const { signal, code, stderr } = await run([i === 0 ? 'run' : 'resume', file])
      expect([signal, code], `${mark}: ${stderr}`).toEqual(['SIGKILL', null])
      expect(existsSync(place.path(mark)), mark).toBe(false)
    }
    await ended(place)
  }, 120_000)
}

test('killed between what a node has made and the record of it, the node does not make it again', async () => {
  const place = new Workplace()
  const file = pipeline(place)
  writeFileSync(place.path('sorted.read'), '')
  await run(['run', file])
  // As if the process had died before the record was on disk: the file that says what was made is there and whole.
  const ledger = ledgerOf(place)
  const text = readFileSync(ledger, 'utf8')
  const record = text.split('\n').findIndex((line) => line.includes('"type":"gathered"'))
  const before = text.split('\n').slice(0, record).join('\n')
  truncateSync(ledger, before.length + 1 + 20)
  const made = join(ledger, '../work/tables/sorted/made.json')
  expect(existsSync(made)).toBe(true)
  // It would die if it did.
  writeFileSync(place.path('sorted.begun'), '')
  await ended(place)
  expect(existsSync(place.path('sorted.begun'))).toBe(true)
})
