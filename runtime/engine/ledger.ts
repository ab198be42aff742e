import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Disk, DiskFileNow } from '../disk/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import type { Json, Receipt } from '../sdk/node.ts'
import type { PartsDone } from './apart/apart.ts'
import type { Books } from './books.ts'
import { textOf, withBooks } from './ledgertext.ts'
import type { InputReceipt } from './storing.ts'

/** What is known to be done, in the order it was done. */
export type LedgerRecord =
  /** A sink is about to commit in a way that it must recognise after a crash. */
  | {
      readonly type: 'intent'
      readonly sink: string
      readonly splits: readonly number[]
      readonly receipts: readonly Receipt[]
      readonly data: Json
      readonly part?: PartsDone
      readonly parted?: { readonly [split: string]: PartsDone }
    }
  | {
      readonly type: 'commit'
      readonly sink: string
      readonly splits: readonly number[]
      readonly state: Json
      readonly replaced: number
      readonly rows: number
      /** Only the first rows of the one split are settled so far. */
      readonly part?: PartsDone
      /** Splits, by their numbers, whose rows went into the sink in parts: what no record of a part says of them. */
      readonly parted?: { readonly [split: string]: PartsDone }
    }
  /** Every sink has these splits; from here their books and dead letters count. */
  | {
      readonly type: 'done'
      readonly splits: readonly number[]
      readonly books: { readonly [node: string]: Books }
      readonly deadLetters: { readonly count: number; readonly bytes: number }
    }
  /** An input of a node that needs all rows keeps these splits' rows, durably; the last record of a split counts. */
  | {
      readonly type: 'kept'
      readonly end: string
      readonly splits: readonly number[]
      readonly receipts: readonly InputReceipt[]
    }
  /** Such a node has made its rows of all that it kept: splits of their own, numbered from `first`. */
  | {
      readonly type: 'gathered'
      readonly node: string
      readonly first: number
      readonly splits: number
      /** Rows that are in none of those that leave; they were booked as parents when they came in. */
      readonly filtered: number
    }
  /** Files that were found to be others: what no sink has of them is left out from here. Splits as ranges, both ends in. */
  | {
      readonly type: 'skipped'
      readonly files: readonly {
        readonly path: string
        readonly what: string
        readonly splits: readonly (readonly [first: number, last: number])[]
      }[]
      /** Splits of which nothing is left: they are done. */
      readonly emptied: readonly (readonly [first: number, last: number])[]
    }
  | { readonly type: 'finished'; readonly sink: string; readonly output: Json }
  | { readonly type: 'end'; readonly status: string }

/** A record as a line: its CRC-32 in hex, a blank, its JSON. */
export function encodeRecord(record: LedgerRecord): string {
  const json = textOf(record)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

/**
 * Reads a ledger. A last record that is torn (a crash in the middle of a write) is ignored; a broken one before it
 * means that the file was changed, and is refused.
 */
export function decodeLedger(text: string): { records: LedgerRecord[]; bytes: number } {
  const records: LedgerRecord[] = []
  let bytes = 0
  const lines = text.split('\n')
  for (const [at, line] of lines.entries()) {
    const json = line.slice(9)
    const sound = line.length > 9 && crc32(json).toString(16).padStart(8, '0') === line.slice(0, 8)
    const whole = at < lines.length - 1
    if (!sound || !whole) {
      const rest = lines.slice(at + 1).some((later) => later.length > 0)
      if (!rest) break
      throw new HeadraceError('broken-ledger', `the ledger is damaged at record ${at + 1} of ${lines.length}`, {
        hint: 'Start the run anew with headrace run.',
      })
    }
    records.push(recordIn(json, at))
    bytes += Buffer.byteLength(line) + 1
  }
  return { records, bytes }
}

/** A record, as it was written: its checksum is right. */
function recordIn(json: string, at: number): LedgerRecord {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    value = null
  }
  if (isRecord(value) && typeof value['type'] === 'string') return withBooks(value as LedgerRecord)
  throw new HeadraceError('broken-ledger', `the ledger's record ${at + 1} is none`, {
    hint: 'Start the run anew with headrace run.',
  })
}

/** The ledger of a run on disk: appended, and on disk when `append` returns. */
export class Ledger {
  readonly records: LedgerRecord[]
  readonly #file: DiskFileNow
  #end: number
  /** Bytes of a record that could not be written lie behind the end. */
  #torn = false

  constructor(path: string, disk: Disk) {
    const here = disk.now.at('ledger.open')
    const { records, bytes } = decodeLedger(here.stat(path) ? here.read(path).toString('utf8') : '')
    this.records = records
    this.#end = bytes
    const file = here.open(path, 'keep')
    file.truncate(bytes)
    // Who was killed before they were on disk may have left records: what is done by them must not come before them.
    file.sync()
    here.syncFolder(dirname(path))
    this.#file = file.at('ledger.append')
  }

  append(record: LedgerRecord): void {
    const line = Buffer.from(encodeRecord(record))
    // Half a record (a full disk) would make the next one look like damage.
    if (this.#torn) this.#undo()
    this.#torn = true
    this.#file.write(line, this.#end)
    this.#file.sync()
    this.#torn = false
    this.#end += line.length
    this.records.push(record)
  }

  #undo(): void {
    this.#file.at('ledger.undo').truncate(this.#end)
    this.#torn = false
  }

  get bytes(): number {
    return this.#end
  }

  close(): void {
    try {
      if (this.#torn) this.#undo()
    } catch {
      // The reader ignores half a record at the end.
    }
    this.#file.close()
  }
}
