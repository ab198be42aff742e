import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SourceNode } from '@headrace/runtime/sdk'
import { Bench, readSource } from '@headrace/runtime/testing'
import arrow from '../../nodes/sources/arrow.ts'
import csv from '../../nodes/sources/csv.ts'
import ndjson from '../../nodes/sources/ndjson.ts'
import parquet from '../../nodes/sources/parquet.ts'
import { outputs, type Variant } from './variants.ts'

// A cast: each source has settings of its own.
const sources = { csv, ndjson, arrow, parquet } as unknown as { readonly [ending: string]: SourceNode }

/** The rows of an output by their key, read from real files by the source of the format. */
export async function readRows({ ending }: Variant, files: ReadonlyMap<string, Buffer>): Promise<unknown[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-faults-'))
  try {
    for (const [path, content] of files) {
      const copy = join(folder, path.slice(outputs.length))
      mkdirSync(dirname(copy), { recursive: true })
      writeFileSync(copy, content)
    }
    const { rows } = await readSource(
      sources[ending.slice(1)] as SourceNode,
      { path: `**/*${ending}` },
      new Bench(folder),
    )
    return rows
      .map(({ n, text, place, x }) => ({ n, text, place, x }))
      .sort((a, b) => Number((a.n as bigint) - (b.n as bigint)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
