import { bitAt } from '@headrace/runtime/sdk'
import { eachRun, onesBetween } from './bits.ts'
import type { Gathered } from './gathered.ts'
import { Runs, writeBits, writeRun } from './hybrid.ts'
import type { Room } from './room.ts'

/** How many levels a column chunk has of each kind, for its size statistics. */
export interface LevelCounts {
  readonly definitions: number[]
  /** None where nothing repeats. */
  readonly repetitions: number[]
}

/** Writes the levels of pages: which rows are null, and which items begin a row. */
export interface LevelWriter {
  readonly counts: LevelCounts
  /** Writes the levels of rows `from` (a multiple of 8) to `to`; gives how many levels and how many values they have. */
  readonly write: (out: Room, from: number, to: number) => { readonly levels: number; readonly values: number }
}

/** Opens a writer for a column's gathered rows. */
export function openLevels(gathered: Gathered): LevelWriter {
  return gathered.lists() ? listLevels(gathered) : flatLevels(gathered.validity())
}

/** The bytes of levels stand behind their length. */
function withLength<T>(out: Room, write: () => T): T {
  const at = out.take(4)
  const result = write()
  out.view.setInt32(at, out.length - at - 4, true)
  return result
}

function flatLevels(validity: Uint8Array | null): LevelWriter {
  const counts: LevelCounts = { definitions: [0, 0], repetitions: [] }
  const definitions = counts.definitions as [number, number]
  return {
    counts,
    write: (out, from, to) => {
      const levels = to - from
      const values = validity ? onesBetween(validity, from, to) : levels
      definitions[0] += levels - values
      definitions[1] += values
      withLength(out, () => {
        if (values === 0 || values === levels) writeRun(out, values ? 1 : 0, levels, 1)
        else writeBits(out, validity as Uint8Array, from, levels)
      })
      return { levels, values }
    },
  }
}

/** Of a list that is null, of one without items, of an item that is null, and of one that is there. */
const [nullList, emptyList, nullItem, item] = [0, 1, 2, 3]

function listLevels(gathered: Gathered): LevelWriter {
  const counts: LevelCounts = { definitions: [0, 0, 0, 0], repetitions: [0, 0] }
  const { validity: lists, ends } = gathered.lists() as { validity: Uint8Array | null; ends: Int32Array }
  const items = gathered.validity()
  const placeOf = (row: number) => (row ? (ends[row - 1] as number) : 0)

  function writeRepetitions(out: Room, from: number, to: number): void {
    const runs = new Runs(out, 1)
    const add = (level: 0 | 1, count: number) => {
      counts.repetitions[level] = (counts.repetitions[level] as number) + count
      runs.add(level, count)
    }
    for (let row = from; row < to; row++) {
      add(0, 1)
      const more = placeOf(row + 1) - placeOf(row) - 1
      if (more > 0) add(1, more)
    }
    runs.end()
  }

  function writeDefinitions(out: Room, from: number, to: number): void {
    const runs = new Runs(out, 2)
    const add = (level: number, count: number) => {
      counts.definitions[level] = (counts.definitions[level] as number) + count
      if (count > 0) runs.add(level, count)
    }
    for (let row = from; row < to; row++) {
      const start = placeOf(row)
      const end = placeOf(row + 1)
      if (lists && !bitAt(lists, row)) add(nullList, 1)
      else if (start === end) add(emptyList, 1)
      else {
        let last = start
        eachRun(items, start, end, (runStart, runEnd) => {
          add(nullItem, runStart - last)
          add(item, runEnd - runStart)
          last = runEnd
        })
        add(nullItem, end - last)
      }
    }
    runs.end()
  }

  return {
    counts,
    write(out, from, to) {
      const [before, valuesBefore] = [counts.repetitions[0] as number, counts.definitions[item] as number]
      const repeatedBefore = counts.repetitions[1] as number
      withLength(out, () => writeRepetitions(out, from, to))
      withLength(out, () => writeDefinitions(out, from, to))
      const levels = (counts.repetitions[0] as number) - before + (counts.repetitions[1] as number) - repeatedBefore
      return { levels, values: (counts.definitions[item] as number) - valuesBefore }
    },
  }
}
