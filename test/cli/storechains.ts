import { rmSync } from 'node:fs'
import { connect } from '@lancedb/lancedb'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { killInChain, rejectedRows, runWhole, threeFiles } from './faultchain.ts'

// LanceDB writes by itself: a process is killed before a call of it, while it is at work, and after it.

/** Chains of kills: what was at work when it was killed may have come to its end, so that nothing comes behind it. */
const added = [
  ['store.commit:kill-before:1', 'store.commit:kill-during:1'],
  ['store.commit:kill-during:1:3'],
  ['store.commit:kill-after:1', 'store.sync:kill-after:1', 'store.finish:kill-before:1', 'store.clear:kill-after:1'],
]

/** A table that is made new gets its name at the end. */
const made = [
  ['store.open:kill-after:3', 'store.finish.rename:kill-before:1', 'store.finish.rename:kill-after:1'],
  ...added,
]

/** Where rows take the place of others of earlier runs. */
const replaced = [
  ['store.commit:kill-before:1', 'store.commit:kill-during:1:2'],
  ['store.commit:kill-after:1', 'store.replace:kill-before:1', 'store.replace:kill-during:1'],
  ['store.replace:kill-after:1', 'store.sync:kill-after:1', 'store.finish:kill-before:1', 'store.clear:kill-after:1'],
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
  'a new table that rows are added to': [{}, made, 57],
  'a new table with a key': [{ key: 'n' }, made, 57],
  'rows added to a table that exists': [{ ifExists: 'append' }, added, 114],
  'rows that take the place of those with their key': [{ ifExists: 'append', key: 'n' }, added, 57],
  'rows that take the place of those with their kind': [{ replaceBy: 'kind' }, replaced, 57],
} as const

/** Tests some of the ways in which rows come into a table. */
export function killStores(some: readonly (keyof typeof ways)[]): void {
  for (const way of some) killStore(way)
}

function killStore(way: keyof typeof ways): void {
  const [settings, chains, count] = ways[way]
  test(`LanceDB, ${way}, killed around each of its calls: as in an undisturbed run`, async () => {
    const store = ['sinks/lancedb', { path: 'out', table: 'rows', ...settings }] as const
    const exists = count === 114 || way.includes('take the place')
    const begin = async () => {
      const place = new Workplace()
      if (exists) {
        await runWhole(threeFiles(place, { store: ['sinks/lancedb', { path: 'out', table: 'rows' }] }))
        rmSync(place.path('.headrace'), { recursive: true })
      }
      return { place, file: threeFiles(place, { store }) }
    }
    const whole = await begin()
    await runWhole(whole.file)
    const wanted = await rowsOf(whole.place, 'rows')
    expect(wanted.length).toBe(count)
    for (const faults of chains) {
      const { place, file } = await begin()
      await killInChain(place, file, faults)
      expect(await rowsOf(place, 'rows'), faults.join()).toEqual(wanted)
      expect(rejectedRows(place)).toEqual(rejectedRows(whole.place))
    }
  }, 600_000)
}
