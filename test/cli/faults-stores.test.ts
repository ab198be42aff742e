import { rmSync } from 'node:fs'
import { connect } from '@lancedb/lancedb'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { killInChain, rejectedRows, runWhole, threeFiles } from './faultchain.ts'

// LanceDB writes by itself: a process is killed before a call of it, while it is at work, and after it.

/** Steps of a table that is made new. */
const made = [
  'store.open:kill-after:3',
  'store.commit:kill-before:1',
  'store.commit:kill-during:1',
  'store.commit:kill-during:1:3',
  'store.commit:kill-after:1',
  'store.sync:kill-after:2',
  'store.clear:kill-after:1',
  'store.finish:kill-before:2',
  'store.finish:kill-after:4',
]

/** Where rows take the place of others of earlier runs. */
const replaced = [
  'store.commit:kill-during:1:2',
  'store.commit:kill-after:1',
  'store.replace:kill-before:1',
  'store.replace:kill-during:1',
  'store.replace:kill-after:1',
  'store.sync:kill-after:1',
]

/** The rows of a table in the order of their numbers. */
async function rowsOf(place: Workplace, table: string): Promise<unknown[]> {
  const database = await connect(place.path('out'))
  const open = await database.openTable(table)
  const rows = (await open.query().toArray()) as { n: bigint; kind: string; text: string; inverse: number }[]
  return rows
    .map(({ n, kind, text, inverse }) => ({ n: Number(n), kind, text, inverse: Number(inverse) }))
    .sort((a, b) => a.n - b.n)
}

const ways = {
  'a new table that rows are added to': [{}, made],
  'a new table with a key': [{ key: 'n' }, made],
  'rows added to a table that exists': [
    { ifExists: 'append' },
    made.filter((fault) => !fault.startsWith('store.open')),
  ],
  'rows that take the place of those with their key': [
    { ifExists: 'append', key: 'n' },
    made.filter((fault) => !fault.startsWith('store.open')),
  ],
  'rows that take the place of those with their kind': [{ replaceBy: 'kind' }, replaced],
} as const

for (const [way, [settings, faults]] of Object.entries(ways))
  test(`LanceDB, ${way}, killed around each of its calls: as in an undisturbed run`, async () => {
    const sinks = { store: ['sinks/lancedb', { path: 'out', table: 'rows', ...settings }] } as const
    const exists = Object.keys(settings).some((name) => name !== 'key')
    const [whole, place] = [new Workplace(), new Workplace()]
    for (const one of [whole, place]) {
      if (!exists) continue
      const first = threeFiles(one, { store: ['sinks/lancedb', { path: 'out', table: 'rows' }] })
      await runWhole(first)
      rmSync(one.path('.headrace'), { recursive: true })
    }
    await runWhole(threeFiles(whole, sinks))
    await killInChain(place, threeFiles(place, sinks), faults)
    const rows = await rowsOf(place, 'rows')
    expect(rows).toEqual(await rowsOf(whole, 'rows'))
    expect(rows.length).toBe('ifExists' in settings && !('key' in settings) ? 114 : 57)
    expect(rejectedRows(place)).toEqual(rejectedRows(whole))
  }, 600_000)
