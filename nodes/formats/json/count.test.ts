import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '@headrace/runtime/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutSplits, partData } from './splits.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'count-'))
})
afterAll(() => rm(folder, { recursive: true }))

const name = 'rows.ndjson'

async function cut(text: string | Buffer, limits: { rows: number; bytes: number }) {
  const path = join(folder, name)
  await writeFile(path, text)
  const probe = { columns: [], files: [{ path: name, size: Buffer.byteLength(text), modified: 0 }] }
  const splits = await cutSplits({ probe, resolve: () => path, signal: new AbortController().signal }, limits)
  return splits.flatMap(({ parts }) =>
    parts.map((part) => ({ ...part, line: partData(part).line, last: partData(part).last })),
  )
}

/** Where ranges of so many rows end, by the words of the documentation: each line that is not blank is a row. */
function expected(text: string, limits: { rows: number; bytes: number }) {
  const all = Buffer.from(text)
  const ranges: { start: number; end: number; firstRow: number; rows: number; line: number; last: boolean }[] = []
  let [start, rows, firstRow, line, firstLine] = [0, 0, 1, 1, 1]
  for (let at = 0; at < all.length; ) {
    const feed = all.indexOf(10, at)
    const end = feed < 0 ? all.length : feed + 1
    if (all.toString('utf8', at, end).trim() !== '') rows++
    line++
    at = end
    if (rows < limits.rows && at - start < limits.bytes && at < all.length) continue
    if (rows > 0) ranges.push({ start, end, firstRow, rows, line: firstLine, last: end === all.length })
    ;[start, firstRow, firstLine, rows] = [end, firstRow + rows, line, 0]
  }
  return ranges
}

const shapes = {
  'plain lines': ['{"a":1}', '{"text":"längeres"}', '[1]', '7'],
  'lines with blanks before them, and blank lines': ['{"a":1}', ' {"b":2}', '', '\t', '{}', '   '],
  'few lines with blanks': [...Array.from({ length: 40 }, (_, i) => `{"n":${i}}`), ''],
}

describe('counts lines as rows', () => {
  for (const [what, lines] of Object.entries(shapes))
    test(`of ${what}, with every end of a line`, async () => {
      const random = seededRandom(7)
      const some = (most: number) => Math.floor(random() * most)
      for (let round = 0; round < 120; round++) {
        const text = Array.from({ length: some(60) }, () => lines[some(lines.length)] + (some(4) ? '\n' : '\r\n')).join(
          '',
        )
        const whole = some(2) ? text : text.trimEnd()
        const limits = { rows: 1 + some(9), bytes: 20 + some(200) }
        const found = await cut(whole, limits)
        const rows = expected(whole, limits).map(({ rows: _, ...range }) => range)
        expect(
          found.map(({ start, end, firstRow, line, last }) => ({ start, end, firstRow, line, last })),
          JSON.stringify([whole, limits]),
        ).toEqual(rows)
      }
    })

  test('of more bytes than are looked at together, up to a limit in the middle of them', async () => {
    const text = '{"a":"0123456789"}\n'.repeat(200_000)
    const limits = { rows: 70_001, bytes: 1_200_000 }
    const found = await cut(text, limits)
    expect(found.map(({ start, end, firstRow }) => ({ start, end, firstRow }))).toEqual(
      expected(text, limits).map(({ start, end, firstRow }) => ({ start, end, firstRow })),
    )
  })

  test('behind a byte order mark', async () => {
    const found = await cut(`\ufeff{"a":1}\n{"a":2}\n`, { rows: 1, bytes: 1000 })
    expect(found.map(({ start, end, firstRow }) => ({ start, end, firstRow }))).toEqual([
      { start: 0, end: 11, firstRow: 1 },
      { start: 11, end: 19, firstRow: 2 },
    ])
  })
})
