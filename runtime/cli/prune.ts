import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type KeptFor, type PrunedRun, pruneRuns, usualLimits } from '../engine/prune.ts'
import { grouped, size, table } from './print.ts'
import { stateOfRuns } from './runs.ts'
import { near } from './summary.ts'

interface PruneFlags {
  readonly days?: number
  readonly runs?: number
  readonly dryRun?: boolean
  readonly state?: string
  readonly json?: boolean
}

/** `headrace runs prune`: removes old runs, and says what it keeps and why. */
export async function prune(pipeline: string | undefined, _: object, command: Command): Promise<number> {
  // --state and --json belong to `runs`, wherever they stand.
  const flags = command.optsWithGlobals<PruneFlags>()
  const state = stateOfRuns(pipeline, flags.state)
  const usual = flags.days === undefined && flags.runs === undefined
  const { dryRun = false } = flags
  const judged = await pruneRuns(state, {
    // One of them alone is all that counts.
    days: usual ? usualLimits.days : (flags.days ?? null),
    runs: usual ? usualLimits.runs : (flags.runs ?? null),
    ...(pipeline !== undefined && { of: (one) => one === resolve(pipeline) }),
    dryRun,
    now: Date.now(),
  })
  const removed = judged.filter(({ keptFor }) => keptFor === null)
  const kept = judged.filter(({ keptFor }) => keptFor !== null)
  const bytes = { removed: sizeOf(removed), kept: sizeOf(kept) }
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ state, dryRun, removed, kept, bytes })}\n`)
    return 0
  }
  if (dryRun && removed.length > 0) {
    const rows = removed.map((run) => [run.id, near(run.pipeline), size(run.bytes)])
    process.stdout.write(`${table([['run', 'pipeline', 'size'], ...rows], new Set([2]))}\n`)
  }
  process.stdout.write(
    `${dryRun ? 'would remove' : 'removed'} ${counted(removed.length)} (${size(bytes.removed)}), ${dryRun ? 'would keep' : 'kept'} ${counted(kept.length)} (${size(bytes.kept)})${whyOf(kept)}\n`,
  )
  return 0
}

const sizeOf = (runs: readonly PrunedRun[]): number => runs.reduce((sum, { bytes }) => sum + bytes, 0)
const counted = (runs: number): string => `${grouped(runs)} ${runs === 1 ? 'run' : 'runs'}`

const words: Record<KeptFor, string> = {
  running: 'at work',
  unfinished: 'unfinished',
  rejected: 'with rejected rows',
  replay: 'that belong to a replay',
  latest: 'the latest of their pipeline',
  runs: 'among the newest',
  days: 'young enough',
}

function whyOf(kept: readonly PrunedRun[]): string {
  const reasons = Object.entries(words).flatMap(([why, said]) => {
    const count = kept.filter(({ keptFor }) => keptFor === why).length
    return count ? [`${grouped(count)} ${said}`] : []
  })
  return reasons.length ? `: ${reasons.join(', ')}` : ''
}
