/** What a node will take of a whole run. */
export interface NodeEstimate {
  /** At work: in lanes, all of them together, in its model, storing, or with all its rows at once. */
  readonly seconds: number
  /** Of the work of all nodes: 0 to 1. */
  readonly share: number
  readonly in: number
  readonly out: number
}

/** How long a run will take, before it is started. */
export interface Estimate {
  readonly seconds: number
  /** It will rarely be less than `low` or more than `high`. */
  readonly low: number
  readonly high: number
  /** Rows of all sources. */
  readonly rows: number
  /** What it is made from: some rows that were tried now, or a run that has ended. */
  readonly from: 'calibration' | `run ${string}`
  readonly nodes: { readonly [node: string]: NodeEstimate }
  /** The node with the most work. */
  readonly slowest: string | null
  /** Nodes whose time is not in it, and why. */
  readonly untried: readonly { readonly node: string; readonly why: string }[]
  /** The part of the processors that other programs had: 0 to 1; null where nothing was tried. */
  readonly busy: number | null
}

/** `estimate` of a plan: null where there is none, with why. */
export type Estimated = { readonly estimate: Estimate } | { readonly estimate: null; readonly noEstimate: string }
