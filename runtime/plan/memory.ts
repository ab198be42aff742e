import type { CheckedNode } from '../pipeline/check.ts'
import type { Json } from '../sdk/node.ts'

const MB = 1 << 20

/** Measured: Node with the engine loaded, and each worker thread on top, before any row. */
const nodeBytes = 66 * MB
const workerBytes = 24 * MB

export interface MemoryPlan {
  /** For batches and buffers, `--memory`. */
  readonly cap: number
  readonly perLane: number
  readonly maxRowBytes: number
  /** Bytes of batches that may wait at a fan-out. */
  readonly queueBytes: number
  /** What is there before any row: Node, workers, engines, models. */
  readonly fixed: readonly { readonly name: string; readonly bytes: number }[]
  /** cap + fixed + 10 %. */
  readonly peak: number
}

/** Shares the cap among lanes and adds up what the process will need at most. */
export function planMemory(nodes: readonly CheckedNode[], lanes: number, models: number, cap: number): MemoryPlan {
  const engines = new Map<string, number>()
  for (const { definition, config, probe } of nodes) {
    const print = definition.footprint?.({ config: config as never, probe: probe as Json })
    if (print) engines.set(print.name, Math.max(engines.get(print.name) ?? 0, print.bytes))
  }
  const fixed = [
    { name: 'Node', bytes: nodeBytes },
    { name: `${lanes + models} ${lanes + models === 1 ? 'worker' : 'workers'}`, bytes: (lanes + models) * workerBytes },
    ...[...engines].map(([name, bytes]) => ({ name, bytes })),
  ]
  const perLane = Math.floor(cap / lanes)
  return {
    cap,
    perLane,
    // A row passes a lane as source text, as columns and as output, each perhaps twice the size of the one before.
    maxRowBytes: Math.floor(perLane / 8),
    queueBytes: Math.min(16 * MB, Math.floor(perLane / 8)),
    fixed,
    peak: Math.round((cap + fixed.reduce((sum, { bytes }) => sum + bytes, 0)) * 1.1),
  }
}
