import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Bench, type Read, readSource } from '@headrace/runtime/testing'
import csv from '../../sources/csv.ts'
import type { Limits } from '../splits.ts'
import { readSplit } from './read.ts'
import { cutSplits } from './splits.ts'

/** For tests: reads files made in a fresh folder, with small splits and pieces or only some columns where asked; `a.csv` where one content is given. */
export async function readCsv(
  files: string | Uint8Array | Readonly<Record<string, string | Uint8Array>>,
  settings: Readonly<Record<string, unknown>> = {},
  cut: { readonly limits?: Limits; readonly chunkBytes?: number; readonly wanted?: readonly string[] } = {},
): Promise<Read> {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'))
  const all = typeof files === 'string' || files instanceof Uint8Array ? { 'a.csv': files } : files
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const node: typeof csv = {
    ...csv,
    splits: (context) => cutSplits(context, cut.limits, cut.chunkBytes),
    read: (context) => readSplit({ ...context, ...(cut.wanted && { wanted: new Set(cut.wanted) }) }, cut.chunkBytes),
  }
  return await readSource(node, { path: 'a.csv', ...settings }, new Bench(folder))
}
