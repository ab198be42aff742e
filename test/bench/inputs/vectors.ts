import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { headrace } from '../runner/process.ts'
import { keep } from './keep.ts'

/** A Parquet file of numbered vectors of float32, made up, of length 1. */
export const vectors = (rows: number, dimension: number): Promise<string> =>
  keep(`vectors-${rows}-${dimension}-v1.parquet`, async (path) => {
    const folder = mkdtempSync(join(tmpdir(), 'headrace-bench-'))
    const written = `${path}.parquet`
    const nodes = {
      in: { type: 'sources/generate', config: { rows, columns: { id: 'sequence', vector: `vector(${dimension})` } } },
      out: { type: 'sinks/parquet', config: { path: written, ifExists: 'replace' } },
    }
    const file = join(folder, 'pipeline.json')
    writeFileSync(file, JSON.stringify({ headrace: 1, nodes, edges: [{ from: 'in', to: 'out' }] }))
    await headrace(['run', file, '--json', '--state', join(folder, 'state')])
    rmSync(folder, { recursive: true })
    renameSync(written, path)
  })
