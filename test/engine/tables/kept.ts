import { createReadStream, existsSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Gathering, Receipt, Split } from '@headrace/runtime/sdk'
import {
  addChecksums,
  type Batch,
  batchOf,
  type Checksum,
  emptyChecksum,
  Identity,
  readIdentity,
  type Schema,
  type Scope,
} from '@headrace/runtime/sdk'

/** A row as the tests' own table nodes keep it: columns, identity, its part of the checksum, and its split. */
export interface KeptRow {
  readonly values: Record<string, unknown>
  readonly identity: string
  readonly sum: Checksum
  readonly split: number
}

const toText = (row: KeptRow) =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? { $int: String(value) } : (value as unknown)))
const toRow = (line: string) =>
  JSON.parse(line, (_, value: unknown) =>
    value !== null && typeof value === 'object' && '$int' in value ? BigInt(String(value.$int)) : value,
  ) as KeptRow

/** Writes the rows of a split as lines; `drop`: the last one is left out, and nobody is told. */
export async function keepRows(
  input: AsyncIterable<Batch>,
  split: number,
  file: string,
  drop = false,
): Promise<Receipt> {
  const rows: KeptRow[] = []
  for await (const batch of input) {
    const { a, b } = batch.identity.hashes()
    for (let row = 0; row < batch.rows; row++) {
      const sum = { a: a[row] as number, b: b[row] as number }
      rows.push({ values: batch.row(row), identity: batch.identity.text(row), sum, split })
    }
  }
  const text = (drop ? rows.slice(0, -1) : rows).map((row) => `${toText(row)}\n`).join('')
  writeFileSync(file, text)
  return { rows: rows.length, bytes: text.length, files: [file] }
}

/** All rows that were kept for an input, in source order. */
export async function rowsOf({ staged }: Gathering): Promise<KeptRow[]> {
  const rows: KeptRow[] = []
  for (const { receipt } of staged)
    for (const file of receipt.files)
      for await (const line of createInterface({ input: createReadStream(file) })) rows.push(toRow(line))
  return rows
}

export const sumOf = (rows: readonly KeptRow[]) => ({
  rows: rows.length,
  sum: rows.reduce((sum, row) => addChecksums(sum, row.sum), emptyChecksum),
})

/** Writes rows in parts of `most`, each a file and a split. */
export function writeParts(folder: string, rows: readonly KeptRow[], most: number): Split[] {
  const splits: Split[] = []
  for (let start = 0; start < rows.length; start += most) {
    const part = rows.slice(start, start + most)
    const path = `${folder}/${splits.length}.ndjson`
    writeFileSync(path, part.map((row) => `${toText(row)}\n`).join(''))
    splits.push({
      parts: [{ path, start: 0, end: part.length, firstRow: 1 }],
      rows: part.length,
      bytes: part.length * 50,
      sum: sumOf(part).sum,
    })
  }
  return splits
}

/** The rows of a split again: a batch for each run of rows of one file. */
export async function* readPart(split: Split, scope: Scope, schema: Schema): AsyncGenerator<Batch> {
  const rows: KeptRow[] = []
  for (const { path } of split.parts)
    for await (const line of createInterface({ input: createReadStream(path) })) rows.push(toRow(line))
  for (let start = 0; start < rows.length; ) {
    const first = readIdentity((rows[start] as KeptRow).identity)
    let end = start
    const same = (row: KeptRow) => {
      const own = readIdentity(row.identity)
      return own?.node === first?.node && own?.path === first?.path && own?.children.length === first?.children.length
    }
    while (end < rows.length && end - start < 1000 && same(rows[end] as KeptRow)) end++
    const part = rows.slice(start, end)
    const parts = part.map((row) => readIdentity(row.identity))
    const identity = new Identity(
      { node: first?.node ?? '', path: first?.path ?? '' },
      part.length,
      Float64Array.from(parts, (one) => one?.number ?? 0),
      (first?.children ?? []).map((_, level) => Uint32Array.from(parts, (one) => one?.children[level] ?? 0)),
    )
    yield batchOf(
      scope,
      schema.fields,
      part.map(({ values }) => values),
      identity,
    )
    start = end
  }
}

/** Kills this process, hard, where a file says so: once. */
export function dieIf(file: string | undefined): void {
  if (!file || !existsSync(file)) return
  rmSync(file)
  process.kill(process.pid, 'SIGKILL')
}
