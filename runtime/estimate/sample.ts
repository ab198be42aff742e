import type { PlannedSplit } from '../engine/runfolder.ts'
import type { Plan } from '../plan/plan.ts'
import type { Spent } from './clock.ts'

/** What the process that tries a pipeline is asked: plain data, as a lane gets it. */
export interface SampleTask {
  readonly plan: Plan
  readonly splits: readonly PlannedSplit[]
  /** A folder of its own for whatever sinks and nodes write. */
  readonly folder: string
  /** Sinks whose rows are only counted: they are not written, not even elsewhere. */
  readonly untried: readonly string[]
}

/** What one portion of rows took on its way through one lane, less its model's calls. Times are milliseconds. */
export interface Portion extends Spent {
  /** The source, or the node that had needed all rows, whose rows they are. */
  readonly start: string
  readonly rows: number
  /** Of its split: 1 where it was read to its end. */
  readonly share: number
  readonly bytes: number
  /** One of the first, while code and engines are still being loaded. */
  readonly cold: boolean
  readonly nodes: { readonly [node: string]: { readonly working: number; readonly in: number; readonly out: number } }
  /** By model: what its rows cost in calls as they were cut (rows × the costliest row of a call). */
  readonly costs: { readonly [resource: string]: number }
  /** By sink: what was staged. */
  readonly staged: { readonly [sink: string]: { readonly rows: number; readonly bytes: number } }
  /** By node that needs all rows: the rows kept for it. */
  readonly kept: { readonly [node: string]: number }
}

/** How quick a model is, from some of the calls that the portions would have made. */
export interface ModelSample extends Spent {
  readonly opening: number
  readonly calls: number
  /** Of all those calls together. */
  readonly cost: number
}

/** What a node made of rows that it needs all at once. */
export interface Made extends Spent {
  readonly rows: number
  readonly out: number
}

export interface GatherSample {
  readonly node: string
  /** Of all rows of the portions; `half`: of about half of them. */
  readonly whole: Made
  readonly half: Made | null
  /** What leaves are the rows that came in, in some order. */
  readonly passed: boolean
}

export interface SinkSample {
  readonly commits: readonly (Spent & { readonly rows: number; readonly bytes: number })[]
  readonly finishing: number
  readonly group: { readonly rows: number; readonly bytes: number; readonly seconds: number } | null
}

/** What some rows of each source took. */
export interface Sampled {
  /** From the start of the process until engine and nodes were loaded. */
  readonly loading: number
  /** Processors that as many threads as there are cores would get. */
  readonly free: number
  readonly portions: readonly Portion[]
  readonly models: { readonly [resource: string]: ModelSample }
  readonly gathers: readonly GatherSample[]
  readonly sinks: { readonly [sink: string]: SinkSample }
}
