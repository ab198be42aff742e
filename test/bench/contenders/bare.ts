import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, runNode } from '../runner/process.ts'
import type { Job } from './bare-onnx.ts'

/** Runs ONNX Runtime alone in a process of its own; its seconds are those of the calls. */
export async function bareOnnx(job: Job): Promise<Ended & { readonly vectors: readonly (readonly number[])[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-bench-'))
  try {
    const path = join(folder, 'job.json')
    writeFileSync(path, JSON.stringify(job))
    const ended = await runNode([join(import.meta.dirname, 'bare-onnx.ts'), path])
    const { seconds, vectors } = JSON.parse(ended.stdout) as { seconds: number; vectors: number[][] }
    return { ...ended, seconds, vectors }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
