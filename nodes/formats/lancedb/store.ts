import { basename, join } from 'node:path'
import {
  type Disk,
  HeadraceError,
  type Json,
  makeLastingFolder,
  type OpenSink,
  type Receipt,
  type SinkOpenContext,
} from '@headrace/runtime/sdk'
import type { Table as LanceTable } from '@lancedb/lancedb'
import type { Table as ArrowTable } from 'apache-arrow'
import { onDisk } from '../output/disk.ts'
import { connectTo, inLanceDb, tableExists, tableFolder } from './connect.ts'
import { digestOf, isOlder } from './digest.ts'
import { diskSync, folderBytes, indexVectors } from './finishing.ts'
import { lockTable } from './lock.ts'
import { readMemory, refuseOtherModel, writeMemory } from './memory.ts'
import { type OldRows, oldRowsOf, recounted, refuseMoved, valuesIn, withoutOld } from './old.ts'
import { columnDifference, columnsOf } from './schema.ts'
import { addRows, mergeRows, openStaged, type StagedRows } from './staged.ts'

export interface LanceConfig {
  readonly path: string
  readonly table: string
  readonly key?: string | readonly string[]
  readonly replaceBy?: string
  readonly index?: 'none' | 'auto'
  readonly ifExists?: 'fail' | 'replace' | 'append'
}

/** What the ledger keeps after each commit. */
type State = {
  /** A new table is made under a hidden name and gets its own when it is complete. */
  readonly fresh: boolean
  readonly rows: number
  readonly staged: readonly string[]
  /** The rows from before the run, where new ones replace them. */
  readonly old: OldRows | null
}

type Intent = {
  readonly versionBefore: number
  readonly rows: number
  readonly digest: string
  readonly old: OldRows | null
}

export const keyColumns = (key: LanceConfig['key']): readonly string[] =>
  key === undefined ? [] : typeof key === 'string' ? [key] : key

/** Whether rows go into the table that exists: also where they replace rows of it. */
export const addsTo = ({ ifExists, replaceBy }: LanceConfig): boolean =>
  ifExists === 'append' || (replaceBy !== undefined && ifExists !== 'replace')

/** Opens the table of a run: an existing one to add to, or a new one that takes its name at the end. */
export async function openStore(context: SinkOpenContext<LanceConfig>): Promise<OpenSink> {
  const { config, runId, schema, models, log, disk } = context
  const database = context.resolve(config.path)
  const name = config.table
  const hidden = `.${name}.${runId}`
  const key = keyColumns(config.key)
  await onDisk(database, () => makeLastingFolder(disk.at('store.open'), database))
  const unlock = await lockTable(join(database, `.${name}.lock`), name, runId)
  const connection = await connectTo(database)
  // A cast: the ledger gives back what `commit` returned.
  let state = context.resumed as State | null
  let table: LanceTable
  try {
    table = await inLanceDb(name, state ? reopen : begin)
  } catch (error) {
    connection.close()
    await unlock()
    throw error
  }

  async function begin(): Promise<LanceTable> {
    const exists = await tableExists(database, name)
    if (exists && !addsTo(config) && config.ifExists !== 'replace') throw alreadyThere(database, name)
    const fresh = !exists || !addsTo(config)
    state = { fresh, rows: 0, staged: [], old: null }
    if (!fresh) {
      const found = await openExisting()
      // Rows that are replayed were missing from their documents: they join what is stored of them.
      if (config.replaceBy && !context.replay) state = { ...state, old: await oldRowsOf(found) }
      return found
    }
    const { arrowSchema } = await import('@headrace/runtime/arrow')
    const here = disk.at('store.open')
    await here.removeTree(tableFolder(database, hidden))
    const made = await here.call(() => connection.createEmptyTable(hidden, arrowSchema(schema)))
    await writeMemory(here, tableFolder(database, hidden), runId, models)
    return made
  }

  async function reopen(): Promise<LanceTable> {
    for (const file of state?.staged ?? []) await disk.at('store.clear').remove(file)
    if (!state?.fresh) return openExisting()
    if (await tableExists(database, hidden)) return connection.openTable(hidden)
    // The crash came after the table had got its name.
    if ((await readMemory(tableFolder(database, name)))?.run === runId) return connection.openTable(name)
    throw new HeadraceError('output-lost', `What the interrupted run had stored for the table "${name}" is gone.`, {
      place: { file: tableFolder(database, hidden) },
      hint: 'Start the run anew.',
    })
  }

  async function openExisting(): Promise<LanceTable> {
    const found = await connection.openTable(name)
    const difference = columnDifference(await columnsOf(found), schema)
    if (difference) throw new HeadraceError('columns-differ', `The table "${name}" ${difference}.`)
    const memory = await readMemory(tableFolder(database, name))
    if (memory) refuseOtherModel(name, memory, models)
    else if (models.length) log('warn', `nothing says which model made the vectors that lie in the table "${name}"`)
    return found
  }

  const staged = openStaged(disk)
  const sync = diskSync(disk, database, basename(tableFolder(database, table.name)))

  async function commit(receipts: readonly Receipt[], intend: (intent: Json) => Promise<void>) {
    for (const file of state?.staged ?? []) await disk.at('store.clear').remove(file)
    const rows = await staged.read(receipts)
    if (!rows) return advance(receipts, 0)
    const replaced = await store(rows, intend)
    await sync()
    return advance(receipts, replaced)
  }

  /** Puts the rows of a commit into the table; how many of them have the key of a later one. */
  async function store(rows: StagedRows, intend: (intent: Json) => Promise<void>): Promise<number> {
    await table.checkoutLatest()
    const old = state?.old ?? null
    if (old) await refuseMoved(table, old)
    const intent = async (): Promise<Intent> => ({
      versionBefore: await table.version(),
      rows: rows.table.numRows,
      digest: key.length ? '' : digestOf(rows.table.select((await table.schema()).fields.map(({ name }) => name))),
      old,
    })
    // With a key nothing must be known after a crash, but for old rows: the same rows take their own places again.
    if (!key.length || old) await intend(await intent())
    const put = async () => (key.length ? mergeRows(table, rows, key) : addRows(table, rows).then(() => 0))
    const replaced = await disk.at('store.commit').call(put)
    await replaceOld(rows.table)
    return replaced
  }

  /** New rows are there before the old ones go: a crash in between loses none, and the delete may come twice. */
  async function replaceOld(rows: ArrowTable) {
    const before = state as State
    if (!before.old || !config.replaceBy) return
    const { old: kept } = before
    const values = valuesIn(rows, config.replaceBy)
    const old = await disk.at('store.replace').call(() => withoutOld(table, kept, config.replaceBy as string, values))
    // A row with a stored key has moved as well.
    state = { ...before, old: key.length ? await recounted(table, old) : old }
  }

  async function forget(values: readonly string[]): Promise<number> {
    const before = state as State
    const kind = config.replaceBy ? schema.field(config.replaceBy)?.type.kind : undefined
    if (!before.old || !config.replaceBy) return 0
    await table.checkoutLatest()
    const known = kind === 'int' ? values.filter((value) => /^-?\d+$/.test(value)).map(BigInt) : values
    const gone = new Set<string | bigint>(known)
    const { old } = before
    const forgotten = () => withoutOld(table, old, config.replaceBy as string, gone)
    const { rows, version } = await disk.at('store.replace').call(forgotten)
    await sync()
    state = { ...before, old: { ...before.old, rows, version } }
    return before.old.rows - rows
  }

  function advance(receipts: readonly Receipt[], replaced: number) {
    const rows = receipts.reduce((sum, receipt) => sum + receipt.rows, 0) - replaced
    const before = state as State
    state = { ...before, rows: before.rows + rows, staged: receipts.flatMap(({ files }) => files) }
    return { state, replaced }
  }

  /** Finds the version that a crash left without a record: the one that added these very rows. */
  async function recover({ versionBefore, rows, digest, old }: Intent, receipts: readonly Receipt[]) {
    await table.checkoutLatest()
    if (old) state = { ...(state as State), old: await recounted(table, old) }
    if (key.length) return null
    const versions = (await table.listVersions()).sort((a, b) => a.version - b.version)
    const rowsAt = (at: number) => Number(versions[at]?.metadata['total_rows'] ?? 0)
    const found: number[] = []
    let ours: ArrowTable | undefined
    for (const [at, { version }] of versions.entries()) {
      if (version <= versionBefore || at === 0 || rowsAt(at) - rowsAt(at - 1) !== rows) continue
      await table.checkout(version)
      const added = await table
        .query()
        .offset(rowsAt(at - 1))
        .limit(rows)
        .toArrow()
      // A cast: LanceDB's instance of apache-arrow has classes of its own with the same shape.
      const same = added as unknown as ArrowTable
      if (isOlder(digest)) throw older(name, rows, version)
      if (digestOf(same) !== digest) continue
      found.push(version)
      ours = same
    }
    await table.checkoutLatest()
    if (found.length > 1) throw unclear(name, rows, found)
    if (!ours) return null
    await replaceOld(ours)
    await sync()
    return advance(receipts, 0)
  }

  /** Where it fails it may be called again: it goes on with the step that failed. */
  async function finish() {
    const done = state as State
    const here = disk.at('store.finish')
    for (const file of done.staged) await here.remove(file)
    staged.close()
    if (table.isOpen()) {
      await table.checkoutLatest()
      if (config.index === 'auto') await here.call(() => indexVectors(table, log))
      await sync()
      table.close()
    }
    if (done.fresh) await takeName(here, database, hidden, name)
    const folder = tableFolder(database, name)
    const bytes = await folderBytes(folder)
    // Before the run says that it is done here: after a crash nobody opens the table again to take its lock away.
    await unlock()
    return { path: folder, rows: done.rows, bytes, ...(done.old && { replacedRows: done.old.replaced }) }
  }

  return {
    stageFolder: database,
    commit: (receipts, intend) => inLanceDb(name, () => commit(receipts, intend)),
    // A cast: the ledger gives back what `commit` intended.
    recover: (intent, receipts) => inLanceDb(name, () => recover(intent as Intent, receipts)),
    forget: (values) => inLanceDb(name, () => forget(values)),
    finish: () => inLanceDb(name, finish),
    async close() {
      staged.close()
      table.close()
      connection.close()
      await unlock()
    },
  }
}

/** Gives the complete table its name; the one that had it goes last. */
async function takeName(disk: Disk, database: string, hidden: string, name: string): Promise<void> {
  const old = tableFolder(database, `${hidden}.old`)
  if (await tableExists(database, hidden)) {
    if (await tableExists(database, name)) await disk.rename(tableFolder(database, name), old)
    await disk.rename(tableFolder(database, hidden), tableFolder(database, name))
  }
  // Also where an earlier try, or a process that was killed, came so far.
  await disk.syncFolder(database)
  await disk.removeTree(old)
}

/** The refusal of a table that exists, at check and when it is opened. */
export function alreadyThere(database: string, name: string): HeadraceError {
  return new HeadraceError('output-exists', `The table "${name}" already exists in ${database}.`, {
    place: { file: tableFolder(database, name) },
    hint: 'Set ifExists to "append" to add to it (with a key: update it) or to "replace", or choose another table.',
  })
}

const unclear = (name: string, rows: number, versions: readonly number[]): HeadraceError =>
  new HeadraceError(
    'append-unclear',
    `The table "${name}" has the same ${rows} rows added ${versions.length} times (versions ${versions.join(', ')}) since the crash, so it cannot be told which of them this run added.`,
    { hint: 'Restore the table to the version before them and start the run anew, or give the sink a key.' },
  )

const older = (name: string, rows: number, version: number): HeadraceError =>
  new HeadraceError(
    'append-unclear',
    `Another version of Headrace was about to add ${rows} ${rows === 1 ? 'row' : 'rows'} to the table "${name}" when it was stopped. So many were added since (version ${version}); this version cannot tell whether they are those.`,
    { hint: 'Resume the run with that version, or restore the table to the version before and start the run anew.' },
  )
