import type { PoolHandle } from '@headrace/runtime/sdk'
import type { SimulatedDisk } from '../../runtime/disk/index.ts'
import { decodeLedger, type LedgerRecord } from '../../runtime/engine/ledger.ts'
import { progressOf } from '../../runtime/engine/progress.ts'
import { type Expected, identityOf, type PlainRow } from './expected.ts'
import { type Lived, ledgerFile, lettersFile } from './life.ts'
import type { Scene } from './scene.ts'
import type { StoredRow, VersionedStore } from './store.ts'
import { isOurs } from './trouble.ts'

/** Bytes that a ledger may take: a few records for each part, and what each start adds. */
const ledgerBytes = (splits: number, ends: number, starts: number): number => 2000 * (1 + splits) * (1 + ends) * starts

/** What must hold when a process has ended, however it did; a sentence where it does not. */
export function afterLife(
  scene: Scene,
  disk: SimulatedDisk,
  lived: Lived,
  pool: PoolHandle,
  starts: number,
): string | null {
  const { how, error, begun, doneBefore, workers } = lived
  if (how === 'stuck') return 'the run has not ended, and nothing is left that could happen'
  if (how === 'uncaught') return `an error that nobody caught ended the process: ${error?.stack}`
  if (how === 'failed' && error && !isOurs(error))
    return `the run failed by itself: ${error.stack}\n${(error.cause as Error | undefined)?.stack}`
  for (const [split, times] of begun) {
    if (doneBefore.has(split)) return `part ${split} was done and was begun again`
    if (times > mostBegun(scene)) return `part ${split} was begun ${times} times`
  }
  const bytes = disk.disk.now.stat(ledgerFile) ? disk.disk.now.read(ledgerFile) : Buffer.alloc(0)
  const most = ledgerBytes(scene.splits.length * 4, scene.flow.nodes.length, starts)
  if (bytes.length > most) return `the ledger has ${bytes.length} bytes, ${most} were to be enough`
  try {
    const wrong = inRecords(decodeLedger(String(bytes)).records)
    if (wrong) return wrong
  } catch (error) {
    return `the ledger cannot be read: ${(error as Error).message}`
  }
  const isDead = workers?.lanes.some((lane) => lane.isDead) ?? false
  return how === 'killed' || isDead ? null : afterRelease(lived, pool)
}

/** A part is tried four times; for a store that looks for a row it is begun anew. */
const mostBegun = ({ flow }: Scene): number => 4 + 4 * flow.nodes.filter(({ type }) => type === 'picky').length

/** Nothing is held by anybody, and no call is on its way. */
function afterRelease({ workers }: Lived, pool: PoolHandle): string | null {
  const holds = new Int32Array(pool.holds)
  const blocks = Number(new BigInt64Array(pool.totals)[0])
  for (let id = 0; id < blocks; id++)
    if ((holds[id] as number) > 0) return `block ${id} of ${blocks} is still held ${holds[id]} times`
  for (const [at, { credits }] of (workers?.lanes ?? []).entries())
    if (credits.taken !== 0 || credits.waiting !== 0)
      return `lane ${at} ends with ${credits.taken} calls on their way and ${credits.waiting} that wait`
  return null
}

/** Each part is committed once to each sink, in source order, and done once. */
function inRecords(records: readonly LedgerRecord[]): string | null {
  const last = new Map<string, number>()
  const done = new Set<number>()
  for (const record of records) {
    // Some rows of a part, until the row at fault is found: the part is not committed yet.
    if (record.type === 'commit' && !record.part) {
      for (const split of record.splits) {
        const before = last.get(record.sink) ?? -1
        if (split <= before) return `${record.sink} has part ${split} after part ${before}`
        last.set(record.sink, split)
      }
    } else if (record.type === 'done') {
      for (const split of record.splits) {
        if (done.has(split)) return `part ${split} is done twice`
        done.add(split)
      }
    }
  }
  return null
}

/** What must hold when the run is done: everything is as an undisturbed run leaves it. */
export function whenDone(
  { flow }: Scene,
  expected: Expected,
  disk: SimulatedDisk,
  stores: ReadonlyMap<string, VersionedStore>,
): string | null {
  const files = disk.files('/simulated')
  const { records } = decodeLedger(String(files.get(ledgerFile) ?? ''))
  const progress = progressOf(records)
  for (const { id, type, config } of flow.nodes.filter(({ kind }) => kind === 'sink')) {
    const plain = expected.sinks.get(id) as readonly PlainRow[]
    const wrong = stores.has(id)
      ? ofStore(type, stores.get(id) as VersionedStore, plain)
      : ofFiles(files, id, type, config['ifExists'] === 'append' ? [oldRow, ...plain] : plain)
    if (wrong) return `${id}: ${wrong}`
  }
  const letters = linesOf(files.get(lettersFile)).map(({ _node, _identity }) => `${_node} ${_identity}`)
  const ofLetters = difference(letters.sort(), [...expected.letters].sort())
  if (ofLetters) return `rejected rows: ${ofLetters}`
  if (progress.deadLetters.count !== expected.letters.length)
    return `${progress.deadLetters.count} rejected rows are counted, there are ${expected.letters.length}`
  if (progress.done.size !== expected.splits) return `${progress.done.size} of ${expected.splits} parts are done`
  for (const [id, own] of expected.books) {
    const found = progress.books.get(id) ?? { in: 0, out: 0, parents: 0, filtered: 0, rejected: 0 }
    const { in: came, out, parents, filtered, rejected } = found
    const mine = { in: came, out, parents, filtered, rejected }
    if (Object.entries(own).some(([name, count]) => mine[name as keyof typeof mine] !== count))
      return `${id} has counted ${JSON.stringify(mine)}, not ${JSON.stringify(own)}`
  }
  const left = [...files.keys()].filter((path) => path.startsWith('/simulated/out/') && path.includes('/.'))
  return left.length ? `files are left: ${left.join(', ')}` : null
}

/** What is in the files that are there before a run. */
const oldRow: PlainRow = { origin: 'old:1', children: '', branch: '', v: 1, k: 1 }

function ofStore(type: string, store: VersionedStore, plain: readonly PlainRow[]): string | null {
  const rows = plain.map((row): StoredRow => [identityOf(row), row.v, row.k])
  const text = (row: StoredRow) => JSON.stringify(row)
  if (type !== 'keyed') return difference(store.rows.map(text), [...store.before, ...rows].map(text))
  const merged = new Map([...store.before, ...rows].map((row) => [row[2], row]))
  return difference(store.rows.map(text).sort(), [...merged.values()].map(text).sort())
}

function ofFiles(
  files: ReadonlyMap<string, Buffer>,
  id: string,
  type: string,
  plain: readonly PlainRow[],
): string | null {
  const path = `/simulated/out/${id}`
  const mine = [...files.keys()]
    .filter((name) => name.startsWith(type === 'file' ? `${path}.ndjson` : `${path}/`))
    .sort()
  const found = mine.flatMap((name) => linesOf(files.get(name)).map(({ _identity, v }) => `${_identity} ${v ?? null}`))
  return difference(
    found,
    plain.map((row) => `${identityOf(row)} ${row.v}`),
  )
}

function linesOf(bytes: Buffer | undefined): Record<string, unknown>[] {
  return String(bytes ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** What differs between two lists, in words; null where they are the same, in the same order. */
function difference(found: readonly string[], wanted: readonly string[]): string | null {
  if (found.length === wanted.length && found.every((one, i) => one === wanted[i])) return null
  const [here, there] = [new Set(found), new Set(wanted)]
  const missing = wanted.filter((one) => !here.has(one))
  const more = found.filter((one) => !there.has(one))
  const doubled = found.filter((one, i) => found.indexOf(one) !== i)
  const say = (what: string, list: readonly string[]) => (list.length ? [`${what} ${list.slice(0, 3).join('; ')}`] : [])
  const all = [...say('missing', missing), ...say('too many', more), ...say('doubled', doubled)]
  return `${found.length} rows, ${wanted.length} were to be there: ${all.join(', ') || 'in another order'}`
}
