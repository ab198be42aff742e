import type { Snapshot } from '../engine/snapshot.ts'
import type { Bottleneck } from './bottleneck.ts'
import { wholeFlowOf } from './live.ts'

/**
 * Where a node's time went, in seconds over all workers. Its model's inference and its storing go on beside the
 * workers, in threads of their own.
 */
export interface NodeProfile {
  readonly working: number
  /** For input. */
  readonly waiting: number
  /** By what stands behind it. */
  readonly blocked: number
  /** For its model's answers. */
  readonly model: number
  readonly inferring: number
  readonly storing: number
  /** Rows that came in (a source: went out) for each second in which it, its model or its storing was at work. */
  readonly rowsPerSecond: number
}

/** Something that does one thing at a time, and the part of the run in which it did. */
export interface ResourceProfile {
  /** `workers`, or the node whose model or storing it is. */
  readonly name: string
  readonly does: 'workers' | 'model' | 'storing'
  /** 0 to 1. */
  readonly busy: number
}

/** Where the time of a run went: `headrace run --profile`. */
export interface Profile {
  readonly seconds: {
    /** From the command's start until the first worker started: checking, planning. */
    readonly starting: number
    readonly running: number
    /** Of `running`: until the models were there. */
    readonly models: number
  }
  readonly workers: number
  readonly nodes: { readonly [node: string]: NodeProfile }
  readonly resources: readonly ResourceProfile[]
  /** As the page names it, over the whole run. */
  readonly bottleneck: Bottleneck | null
}

/** Makes a profile of a run's last counters. Pure. */
export function profileOf(last: Snapshot, seconds: Profile['seconds'], workers: number): Profile {
  const nodes = Object.fromEntries(Object.entries(last.nodes).map(([id, counts]) => [id, nodeProfile(counts)]))
  const { bottleneck } = wholeFlowOf(last)
  return { seconds, workers, nodes, resources: resourcesOf(nodes, seconds.running), bottleneck }
}

function nodeProfile(counts: Snapshot['nodes'][string]): NodeProfile {
  const of = (time: 'working' | 'waiting' | 'blocked' | 'resource' | 'inferring' | 'storing') => rounded(counts[time])
  const own = { working: of('working'), waiting: of('waiting'), blocked: of('blocked'), model: of('resource') }
  const beside = { inferring: of('inferring'), storing: of('storing') }
  const work = own.working + beside.inferring + beside.storing
  const rowsPerSecond = work > 0 ? Math.round((counts.in || counts.out) / work) : 0
  return { ...own, ...beside, rowsPerSecond }
}

function resourcesOf(nodes: Profile['nodes'], running: number): ResourceProfile[] {
  const all = Object.entries(nodes)
  // A worker's nodes take turns: each of them has the whole of its time.
  const whole = Math.max(0, ...all.map(([, node]) => node.working + node.waiting + node.blocked + node.model))
  const working = all.reduce((sum, [, node]) => sum + node.working, 0)
  const share = (part: number, of: number) => (of > 0 ? Math.min(1, part / of) : 0)
  const beside = (does: 'model' | 'storing', seconds: (node: NodeProfile) => number) =>
    all.flatMap(([name, node]) =>
      seconds(node) > 0 ? [{ name, does, busy: share(seconds(node), running) } as const] : [],
    )
  return [
    { name: 'workers', does: 'workers', busy: share(working, whole) },
    ...beside('model', ({ inferring }) => inferring),
    ...beside('storing', ({ storing }) => storing),
  ]
}

/** Milliseconds as seconds, to the millisecond. */
const rounded = (milliseconds: number): number => Math.round(milliseconds) / 1000
