import type { Disk, Receipt } from '@headrace/runtime/sdk'
import type { Table as LanceTable } from '@lancedb/lancedb'
import type { Table as ArrowTable } from 'apache-arrow'
import { joinArrowFiles } from '../ipc/join.ts'
import { drop } from '../spare.ts'
import { arrowOfLanceDb } from './connect.ts'
import { lastOfEachKey } from './unique.ts'

/** The rows of a commit as one Arrow file in memory, and as a table that shows its bytes. */
export interface StagedRows {
  readonly bytes: Buffer
  readonly table: ArrowTable
}

/** Reads what lanes staged for a commit. */
export interface StagedReader {
  /** Null where that are no rows. What the last call gave is not to be looked at any more. */
  readonly read: (receipts: readonly Receipt[]) => Promise<StagedRows | null>
  /** Gives its memory back. */
  readonly close: () => void
}

/** A larger buffer is not kept for the next commit: it was that of a few large rows. */
const mostKept = 128 << 20

/** Commits are read into one buffer, as fresh memory is slow to touch and what it leaves is slow to collect. */
export function openStaged(disk: Disk): StagedReader {
  let kept: Buffer | null = null
  const close = () => {
    if (kept) drop(kept)
    kept = null
  }
  const room = (bytes: number): Buffer => {
    if (kept && (kept.length < bytes || kept.length > mostKept)) close()
    kept ??= Buffer.allocUnsafeSlow(bytes)
    return kept
  }
  return {
    async read(receipts) {
      const files = receipts.flatMap((receipt) => receipt.files)
      const bytes = await joinArrowFiles(disk, files, room)
      return bytes && { bytes, table: arrowOfLanceDb().tableFromIPC(bytes) }
    },
    close,
  }
}

/** The part of LanceDB in Rust, which `add` and `mergeInsert` of its JavaScript call. */
interface Native {
  readonly add: (arrowFile: Buffer, mode: 'append') => Promise<unknown>
  readonly mergeInsert: (key: string[]) => NativeMerge
}

interface NativeMerge {
  readonly whenMatchedUpdateAll: () => NativeMerge
  readonly whenNotMatchedInsertAll: () => NativeMerge
  readonly execute: (arrowFile: Buffer) => Promise<unknown>
}

/**
 * LanceDB's JavaScript writes tables anew as the bytes of an Arrow file; what is staged are such bytes, and the part in Rust
 * takes them as they are. The member is a private one of a package whose version is fixed: see
 * runtime/docs/decisions/011-lancedb-takes-bytes.md.
 */
const nativeOf = (table: LanceTable): Native => (table as unknown as { readonly inner: Native }).inner

/** Adds rows to a table, as one version of it. */
export async function addRows(table: LanceTable, { bytes }: StagedRows): Promise<void> {
  await nativeOf(table).add(bytes, 'append')
}

/** Adds rows to a table, each in the place of the one with its key. Of rows with one key the last counts; how many do not. */
export async function mergeRows(table: LanceTable, rows: StagedRows, key: readonly string[]): Promise<number> {
  const arrow = arrowOfLanceDb()
  const unique = lastOfEachKey(arrow, rows.table, key)
  const bytes = unique.replaced ? Buffer.from(arrow.tableToIPC(unique.table, 'file')) : rows.bytes
  await nativeOf(table)
    .mergeInsert([...key])
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute(bytes)
  return unique.replaced
}
