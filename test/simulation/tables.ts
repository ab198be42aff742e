import {
  Batch,
  type GatherContext,
  type Gathered,
  Identity,
  type NodeDefinition,
  type Receipt,
  type TableReadContext,
  type TableWriteContext,
} from '@headrace/runtime/sdk'
import type { Disk } from '../../runtime/disk/index.ts'
import { type Around, node } from './nodes.ts'
import { numbers, valuesOf } from './rows.ts'

/** A row as a table node keeps it, with its part of the checksum. */
interface KeptRow {
  readonly v: number | null
  readonly k: number | null
  readonly a: number
  readonly b: number
}

/** Rows of one split of what a table node makes. */
export const tableSplitRows = 5

/** Puts all rows in order by v; `unique`: keeps the first of each v. The rows that leave are numbered anew. */
export function inOrder<R extends { readonly v: number | null }>(rows: readonly R[], unique: boolean): R[] {
  const sorted = [...rows].sort((x, y) => (x.v ?? -1) - (y.v ?? -1))
  return unique ? sorted.filter(({ v }, i) => i === 0 || v !== sorted[i - 1]?.v) : sorted
}

/** Nodes that need all rows, over the simulated disk. */
export function tableNodes(disk: Disk, around: Around): Record<string, NodeDefinition> {
  const table = (unique: boolean) =>
    node('table', {
      async write({ input, stage, node: id }: TableWriteContext<unknown>): Promise<Receipt> {
        const rows: KeptRow[] = []
        for await (const batch of input) {
          await around(id)
          const [v, k, hashes] = [valuesOf(batch, 'v'), valuesOf(batch, 'k'), batch.identity.hashes()]
          for (let i = 0; i < batch.rows; i++)
            rows.push({ v: v[i] ?? null, k: k[i] ?? null, a: hashes.a[i] as number, b: hashes.b[i] as number })
        }
        if (rows.length === 0) return { rows: 0, bytes: 0, files: [] }
        const path = stage('.rows')
        return { rows: rows.length, bytes: await writeWhole(disk, 'part.stage', path, rows), files: [path] }
      },
      async gather({ inputs, folder, node: id }: GatherContext<unknown>): Promise<Gathered> {
        const staged = inputs['']?.staged ?? []
        const rows: KeptRow[] = []
        for (const { receipt } of staged)
          for (const file of receipt.files) {
            await around(id)
            rows.push(...(JSON.parse(String(await disk.read(file))) as KeptRow[]))
          }
        const made = inOrder(rows, unique)
        await disk.makeFolder(folder)
        await writeWhole(disk, 'table.made', `${folder}/rows`, made)
        await disk.syncFolder(folder)
        const left = rows.filter((row) => !made.includes(row))
        const starts = Array.from({ length: Math.ceil(made.length / tableSplitRows) }, (_, i) => i * tableSplitRows)
        return {
          splits: starts.map((start) => {
            const end = Math.min(made.length, start + tableSplitRows)
            return { parts: [{ path: `${folder}/rows`, start, end, firstRow: start + 1 }], rows: end - start, bytes: 1 }
          }),
          found: { '': { rows: rows.length, sum: sumOf(rows) } },
          filtered: { rows: left.length, sum: sumOf(left) },
          data: null,
        }
      },
      async *read({ split, scope, schema, node: id }: TableReadContext<unknown>) {
        for (const { path, start, end } of split.parts) {
          await around(id)
          const rows = (JSON.parse(String(await disk.read(path))) as KeptRow[]).slice(start, end)
          const columns = schema.fields.map(({ name }) =>
            numbers(
              scope,
              rows.map((row) => row[name as 'v' | 'k']),
            ),
          )
          yield new Batch(scope, schema, columns, new Identity({ node: id, path: '' }, rows.length, start + 1))
        }
      },
    })
  return { sort: table(false), unique: table(true) }
}

const sumOf = (rows: readonly KeptRow[]) =>
  rows.reduce((sum, { a, b }) => ({ a: (sum.a + a) | 0, b: (sum.b + b) | 0 }), { a: 0, b: 0 })

/** Writes a file of JSON and makes its content durable. */
async function writeWhole(disk: Disk, step: string, path: string, rows: unknown): Promise<number> {
  const bytes = Buffer.from(JSON.stringify(rows))
  const file = await disk.at(step).open(path, 'new')
  await file.write(bytes, 0)
  await file.sync()
  await file.close()
  return bytes.length
}
