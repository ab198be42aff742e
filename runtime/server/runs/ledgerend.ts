import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { encodeRecord, type LedgerRecord } from '../../engine/ledger.ts'

/** So much of a ledger's end is looked at: an `end` record is short. */
const tailBytes = 16 << 10

/** The last whole record of a ledger, without reading all of it; null where its end shows none. */
export function lastRecord(path: string): LedgerRecord | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    const { size } = fstatSync(file)
    const tail = Buffer.alloc(Math.min(size, tailBytes))
    readSync(file, tail, 0, tail.length, size - tail.length)
    return (
      tail
        .toString('utf8')
        .split('\n')
        .slice(0, -1)
        .map(recordOf)
        .findLast((record) => record !== null) ?? null
    )
  } finally {
    closeSync(file)
  }
}

/** A line's record where the line is whole: torn or cut ones are none. */
function recordOf(line: string): LedgerRecord | null {
  try {
    const record = JSON.parse(line.slice(9)) as LedgerRecord // checked by its checksum in the next line
    return encodeRecord(record) === `${line}\n` ? record : null
  } catch {
    return null
  }
}
