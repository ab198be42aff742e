import type { Arbitrary } from 'fast-check'

/** Something that reads untrusted bytes. */
export interface Target {
  /** What is fed, in a few words. */
  readonly about: string
  /**
   * How inputs are mutated: as bytes; as JSON, in its structure; or as settings in JSON on the first line with the
   * bytes of a file after it.
   */
  readonly form: 'bytes' | 'json' | 'headed'
  readonly seeds: () => readonly (string | Uint8Array)[] | Promise<readonly (string | Uint8Array)[]>
  /** Words of the format. */
  readonly words: readonly string[]
  /** Inputs made by a grammar, beside the mutated ones. */
  readonly grammar?: Arbitrary<string | Uint8Array>
  /** So many executions share one reading of the coverage; 1 where an execution is slow. Default 8. */
  readonly together?: number
  /** So many executions belong to a short run, in `npm test`. */
  readonly short: number
  readonly open: (folder: string) => Promise<Opened>
}

/** A target at work. */
export interface Opened {
  /** Feeds one input. Gives the ending in a few words (`12 rows`, `refused: bad-json`); throws what the code threw. */
  readonly feed: (input: Buffer) => Promise<string>
  readonly close?: () => Promise<void>
}

/** A finding that the target itself sees: more than an exception. */
export class Finding extends Error {
  override readonly name = 'Finding'
}
