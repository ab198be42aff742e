import type { Aim } from './aims.ts'
import type { Bars } from './bars.ts'
import type { Peers } from './peers.ts'

/** A table of a benchmark, cells as they are printed. */
export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What a benchmark found. */
export interface Finding {
  readonly table: Table
  /** What has to be said to read the table right. */
  readonly notes: readonly string[]
  /** The figures as numbers, for comparing runs. */
  readonly figures: unknown
  /** How it stands to what this project aims at: lines of the table over all benchmarks. */
  readonly aims?: readonly Aim[]
  /** Drawn into a file of their own beside the results. */
  readonly bars?: readonly Bars[]
}

export interface Setting {
  /** Small inputs and few repeats, to try a benchmark out: its figures mean little. */
  readonly quick: boolean
  /** Texts for those benchmarks that run a text model; each has its own default. */
  readonly texts: number | null
  /** Rounds that count; each benchmark has its own default. */
  readonly repeats: number | null
  /** The Python peers; null where they were not asked for, or cannot be had. */
  readonly peers: Peers | null
  /** Where a contender writes; emptied before each benchmark. */
  readonly folder: string
  readonly say: (text: string) => void
}

/** One benchmark: a file in `measures`, whose name is the benchmark's. */
export interface Measure {
  readonly title: string
  /** What is compared with what, in a sentence or two. */
  readonly about: string
  readonly run: (setting: Setting) => Promise<Finding>
}
