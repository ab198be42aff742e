import type {
  Batch,
  Json,
  NodeDefinition,
  OpenSink,
  Receipt,
  SinkOpenContext,
  SinkWriteContext,
} from '@headrace/runtime/sdk'
import { HeadraceError } from '@headrace/runtime/sdk'
import type { Disk } from '../../runtime/disk/index.ts'
import { type Around, node } from './nodes.ts'
import { rules, valuesOf } from './rows.ts'

/** A row as a store keeps it: who it is, v and k. */
export type StoredRow = readonly [identity: string, v: number | null, k: number | null]

/** What a store is asked while it works: how long it takes, whether it breaks before or after the effect. */
export type StoreTrouble = (moment: 'before' | 'after') => Promise<void>

interface Version {
  readonly rows: readonly StoredRow[]
  /** Nothing of the versions before it counts. */
  readonly isWhole: boolean
  lasting: boolean
}

/**
 * A store with versions, as LanceDB has them: each addition makes one, at once, and it lasts after a power cut when it
 * was synced. It lives as long as the simulation; processes come and go.
 */
export class VersionedStore {
  readonly before: readonly StoredRow[]
  #versions: Version[] = []
  finished = false

  /** `before`: rows that somebody else had stored. */
  constructor(before: readonly StoredRow[] = []) {
    this.before = before
    this.#versions.push({ rows: before, isWhole: true, lasting: true })
  }

  get rows(): StoredRow[] {
    const from = this.#versions.findLastIndex(({ isWhole }) => isWhole)
    return this.#versions.slice(Math.max(0, from)).flatMap(({ rows }) => rows)
  }

  get version(): number {
    return this.#versions.length
  }

  /** What the versions after one have added, each. */
  after(version: number): (readonly StoredRow[])[] {
    return this.#versions.slice(version).map(({ rows }) => rows)
  }

  add(rows: readonly StoredRow[]): void {
    this.#versions.push({ rows, isWhole: false, lasting: false })
  }

  /** Puts rows in the place of those with their keys. */
  merge(rows: readonly StoredRow[]): void {
    const merged = new Map([...this.rows, ...rows].map((row) => [row[2], row]))
    this.#versions.push({ rows: [...merged.values()], isWhole: true, lasting: false })
  }

  sync(): void {
    for (const version of this.#versions) version.lasting = true
  }

  clear(): void {
    this.#versions = []
  }

  /** The power is cut: versions that were not synced may be gone, the last ones first. */
  cut(random: () => number): void {
    while (this.#versions.at(-1)?.lasting === false && random() < 0.5) this.#versions.pop()
    this.sync()
  }
}

export interface StoreWorld {
  readonly disk: Disk
  readonly around: Around
  readonly store: (node: string) => VersionedStore
  readonly trouble: (node: string) => StoreTrouble
  /** Where planted bugs change what was opened. */
  readonly open: (sink: OpenSink) => OpenSink
}

interface State {
  readonly rows: number
  readonly staged: readonly string[]
}

interface Intent {
  readonly version: number
  readonly digest: string
}

/**
 * Sinks over stores, in the manner of LanceDB's: `store` makes a new table, `added` adds to one, `keyed` updates by k.
 * `picky` refuses some rows when they are made durable, `choosy` when they are staged: then nothing is stored of the call.
 */
export function storeSinks(world: StoreWorld): Record<string, NodeDefinition> {
  const sink = (kind: Kind, group?: object) =>
    node('sink', {
      ...(group && { group }),
      config: {},
      write: (context: SinkWriteContext<unknown>) => stage(context, kind, world),
      open: async (context: SinkOpenContext<unknown>) => world.open(await openStore(context, kind, world)),
    })
  return {
    store: sink('store', { rows: 12, bytes: 1e9, seconds: 1 }),
    added: sink('added'),
    picky: sink('picky', { rows: 15, bytes: 1e9, seconds: 1 }),
    choosy: sink('choosy'),
    keyed: sink('keyed', { rows: 20, bytes: 1e9, seconds: 3 }),
  }
}

type Kind = 'store' | 'added' | 'keyed' | 'picky' | 'choosy'

async function stage(
  { input, node: id, stage: nameOf }: SinkWriteContext<unknown>,
  kind: Kind,
  { disk, around }: StoreWorld,
): Promise<Receipt> {
  const rows: StoredRow[] = []
  for await (const batch of input) {
    await around(id)
    rows.push(...rowsOf(kind === 'keyed' ? batch.reject(withoutKey(batch)) : batch))
  }
  if (kind === 'choosy') refuse(rows)
  if (rows.length === 0) return { rows: 0, bytes: 0, files: [] }
  const path = nameOf('.rows')
  const bytes = Buffer.from(JSON.stringify(rows))
  const file = await disk.at('part.stage').open(path, 'new')
  await file.write(bytes, 0)
  await file.sync()
  await file.close()
  return { rows: rows.length, bytes: bytes.length, files: [path] }
}

const withoutKey = (batch: Batch) =>
  valuesOf(batch, 'k').flatMap((k, row) => (k === null ? [{ row, code: 'null-key', message: 'k is null' }] : []))

function rowsOf(batch: Batch): StoredRow[] {
  const [v, k] = [valuesOf(batch, 'v'), valuesOf(batch, 'k')]
  return v.map((value, row) => [batch.identity.text(row), value, k[row] ?? null])
}

async function openStore(
  { node: id, resumed }: SinkOpenContext<unknown>,
  kind: Kind,
  { disk, store: storeOf, trouble: troubleOf }: StoreWorld,
): Promise<OpenSink> {
  const store = storeOf(id)
  const trouble = troubleOf(id)
  let state = resumed as State | null
  if (!state && kind !== 'added' && kind !== 'keyed') store.clear()
  const clear = async () => {
    for (const file of state?.staged ?? []) await disk.at('file.clear').remove(file)
  }
  await clear()
  state ??= { rows: 0, staged: [] }
  const advance = (receipts: readonly Receipt[], rows: number, replaced = 0) => {
    state = { rows: (state as State).rows + rows, staged: receipts.flatMap(({ files }) => files) }
    return { state: state as unknown as Json, replaced }
  }
  return {
    stageFolder: '/simulated/out',
    async commit(receipts, intend) {
      await clear()
      const rows: StoredRow[] = []
      for (const { files } of receipts)
        for (const file of files) rows.push(...(JSON.parse(String(await disk.read(file))) as StoredRow[]))
      if (rows.length === 0) return advance(receipts, 0)
      if (kind !== 'keyed') await intend({ version: store.version, digest: JSON.stringify(rows) } satisfies Intent)
      await trouble('before')
      if (kind === 'picky') refuse(rows)
      if (kind === 'keyed') store.merge(lastOfEach(rows))
      else store.add(rows)
      await trouble('after')
      store.sync()
      if (kind !== 'keyed') return advance(receipts, rows.length)
      const unique = lastOfEach(rows).length
      return advance(receipts, unique, rows.length - unique)
    },
    async recover(intent, receipts) {
      const { version, digest } = intent as unknown as Intent
      const found = store.after(version).filter((rows) => JSON.stringify(rows) === digest)
      if (found.length > 1) throw new HeadraceError('append-unclear', 'the same rows were added twice')
      if (!found[0]) return null
      store.sync()
      return advance(receipts, found[0].length)
    },
    async finish() {
      await clear()
      await trouble('before')
      store.sync()
      store.finished = true
      return { path: id, rows: state?.rows ?? 0, bytes: 0 }
    },
    close: async () => {},
  }
}

/** A bulk insert that fails for one of its rows; it does not say for which. */
function refuse(rows: readonly StoredRow[]): void {
  if (rows.some(([, v]) => rules.isRefused(v))) throw new Error('the insert failed')
}

const lastOfEach = (rows: readonly StoredRow[]): StoredRow[] => [...new Map(rows.map((row) => [row[2], row])).values()]
