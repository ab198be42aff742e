import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Observed, observe } from './observer.ts'
import { type Watched, writeWatched } from './pipelines.ts'

/** What of a report is looked at here. */
export interface WatchedReport {
  readonly status: string
  readonly balanced: boolean
  readonly folder: string
  readonly memory: { readonly highest: number }
  readonly error?: { readonly message: string }
}

/** A watched pipeline after its run: what the plan said, what was seen from outside, and what the run told. */
export interface Seen extends Observed {
  /** The most that `headrace plan` expects. */
  readonly expected: number
  /** Of it for rows on their way: `--memory`. */
  readonly cap: number
  readonly report: WatchedReport
  /** Bytes of the run's ledger. */
  readonly ledger: number
}

/** The tests' own nodes, which stall and are slow. */
const env = { HEADRACE_NODES: join(import.meta.dirname, '..', 'nodes') }

/** Plans and runs a pipeline in a folder of its own and watches the run from outside. */
export async function watch(pipeline: Watched, rows: number, args: readonly string[]): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-memory-'))
  try {
    const file = await writeWatched(pipeline, rows, folder)
    const planned = await observe(['plan', file, ...args, '--json', '--no-estimate'], { env })
    if (planned.code !== 0) throw new Error(`plan ended with ${planned.code}: ${planned.stdout}${planned.stderr}`)
    const plan = JSON.parse(planned.stdout) as { memory: { peak: number; cap: number } }
    const seen = await observe(['run', file, ...args, '--json', '--state', join(folder, 'state')], { env })
    if (!seen.stdout) throw new Error(`run ended with ${seen.code}: ${seen.stderr}`)
    const report = JSON.parse(seen.stdout) as WatchedReport
    return {
      ...seen,
      expected: plan.memory.peak,
      cap: plan.memory.cap,
      report,
      ledger: statSync(join(report.folder, 'ledger')).size,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
