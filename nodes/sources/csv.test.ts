import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bench, readSource } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import csv from './csv.ts'

/** Reads files written into a fresh folder; one file may be given as its content alone. */
async function read(files: string | Buffer | Record<string, string | Buffer>, settings: Record<string, unknown> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'))
  const all = typeof files === 'string' || Buffer.isBuffer(files) ? { 'a.csv': files } : files
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content)
  return await readSource(csv, { path: 'a.csv', ...settings }, new Bench(folder))
}

test('each example reads as it says', async () => {
  for (const example of csv.examples) {
    const { rows, rejected, problems } = await read(example.files as Record<string, string>, example.config)
    expect(problems).toEqual([])
    expect(rows).toEqual(example.output)
    expect(rejected.length).toBe(example.rejected ?? 0)
  }
})
