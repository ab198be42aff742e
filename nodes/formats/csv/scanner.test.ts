import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordCounter } from './count.ts'
import type { Dialect } from './dialect.ts'
import { Records } from './records.ts'
import { Scanner } from './scanner.ts'
import { Window } from './window.ts'

// Long plain stretches too: blocks of 64 bytes must begin and end everywhere in a record.
const long = ['abcdefghijklmnopqrstuvwxyz, ', 'x'.repeat(63), 'y,'.repeat(40), '"'.repeat(70)]
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', '1', ',', ',', '\n', '\n', '"', '""', '\r\n', '\r', 'é', '\n\n', '"a"'),
  },
  { weight: 2, arbitrary: fc.constantFrom('a,b\n', '1,2\r\n', '"a","b"\n', '"x\ny",z\n', '"p""q",r\n', ',\n') },
  { weight: 1, arbitrary: fc.constantFrom(...long) },
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)
const style = fc.record({
  delimiter: fc.constantFrom(...[',', ',', ',', '"', 'a'].map((sign) => sign.charCodeAt(0))),
  quote: fc.constantFrom(34, 34, 34, -1, 97),
  width: fc.integer({ min: 1, max: 3 }),
  maxRows: fc.integer({ min: 1, max: 9 }),
  maxBytes: fc.constantFrom(5, 40, 1 << 20),
  stop: fc.constantFrom(1, 7, 1000),
  chunkBytes: fc.constantFrom(1, 3, 17, 64, 1000),
  pieceBytes: fc.constantFrom(1, 5, 64, 100, 1 << 18),
})
// A cast: of a dialect, a window looks at the encoding alone.
const plain = { encoding: 'utf-8', anyEncoding: false } as Dialect

function windowOver(bytes: Buffer, chunkBytes: number): Window {
  let at = 0
  const read = async (target: Buffer, offset: number, most: number) => {
    const count = bytes.copy(target, offset, at, at + most)
    at += count
    return count
  }
  return new Window({ read, close: async () => {} }, { dialect: plain, chunkBytes })
}

/** Everything that is found in a text, in the order of batches, with places in the text. */
async function found(
  window: Window,
  records: Records,
  take: () => boolean,
  drop: () => void,
): Promise<{ rows: unknown[]; bad: unknown[]; batches: number[] }> {
  const all = { rows: [] as unknown[], bad: [] as unknown[], batches: [] as number[] }
  for (let ended = false; !ended; ) {
    while (!take()) {
      if (window.ended) {
        ended = true
        break
      }
      if (records.skipping) drop()
      await window.fill(window.end - records.at)
    }
    const base = window.byteAt(0)
    const { fields, starts, ends, lines, numbers, width, rows } = records
    for (let row = 0; row < rows; row++) {
      const cells = [...fields.subarray(row * width * 2, (row + 1) * width * 2)]
      const places = cells.map((place, i) => (i % 2 ? place + base : (place >> 2) + base + (place & 3) / 4))
      all.rows.push([numbers[row], lines[row], starts[row]! + base, ends[row]! + base, ...places])
    }
    all.bad.push(...records.bad.map((bad) => ({ ...bad, start: bad.start + base, end: bad.end + base })))
    all.batches.push(rows)
    drop()
    records.rows = 0
    records.bad = []
  }
  return all
}

test('plain records found by the kernels are those that the grammar finds, in any bytes, cut in any way', async () => {
  await fc.assert(
    fc.asyncProperty(text, style, async (bytes, { stop, chunkBytes, pieceBytes, ...options }) => {
      const cut = { ...options, blankIsRow: options.width === 1 }
      const slow = new Records(cut)
      const oneWindow = windowOver(bytes, chunkBytes)
      const grammar = await found(
        oneWindow,
        slow,
        () => slow.take(oneWindow.bytes, oneWindow.end, oneWindow.ended, stop),
        () => {
          oneWindow.drop(slow.at)
          slow.at = 0
        },
      )
      const other = windowOver(bytes, chunkBytes)
      const scanner = new Scanner({ ...cut, textBytes: 10, nulls: [], pieceBytes })
      const scanned = await found(
        other,
        scanner.records,
        () => scanner.take(other, stop),
        () => scanner.drop(other),
      )
      scanner.memory.close()
      expect(scanned).toEqual(grammar)
    }),
    { numRuns: 2000 },
  )
})

test('records are counted as the grammar counts them', () => {
  fc.assert(
    fc.property(text, style, (bytes, { stop, pieceBytes, delimiter, quote, width, maxRows }) => {
      const how = { delimiter, quote, blankIsRow: width === 1 }
      const counted = [false, true].map((fast) => {
        const records = new Records({ ...how, width: 0, maxRows, maxBytes: 1 << 20 })
        const counter = new RecordCounter(records, { ...how, rows: maxRows }, pieceBytes)
        const all = Buffer.concat([bytes, Buffer.alloc(1)])
        const places: number[][] = []
        for (let more = true; more && records.at < bytes.length; ) {
          const upTo = records.at + stop
          records.rows = 0
          more = fast ? counter.take(all, bytes.length, true, upTo) : records.take(all, bytes.length, true, upTo)
          places.push([records.at, records.record, records.line, records.rows])
        }
        counter.close()
        return places
      })
      expect(counted[1]).toEqual(counted[0])
    }),
    { numRuns: 2000 },
  )
})
