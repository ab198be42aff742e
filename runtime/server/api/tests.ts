import type { ParamValue } from '../../pipeline/params/value.ts'

/** POST /api/tests: rows that are in view become a test in the file of tests beside the pipeline. */
export interface SaveTest {
  readonly pipeline: string
  readonly text: string
  readonly name: string
  /** The node at which rows are put in: a source, as if it had read them, or any other. */
  readonly put: string
  /** The node whose rows are expected; of a sink those that enter it. */
  readonly expect: string
  /** How many rows are put in, from the first; default 5. */
  readonly rows?: number
  /** Identities of rows in view: those that they come from are put in. */
  readonly identities?: readonly string[]
  /** Values of the pipeline's parameters; they are kept in the test. */
  readonly params?: { readonly [name: string]: ParamValue }
}

export interface SavedTest {
  /** The file, as an id of the folder. */
  readonly file: string
  readonly name: string
  /** Rows put in, and rows expected, rejected ones too. */
  readonly put: number
  readonly expected: number
  /** False: the rows in view cannot be traced to the first of the sources, and others were put in. */
  readonly chosen: boolean
}

/** POST /api/tests/run */
export interface RunTests {
  readonly pipeline: string
  readonly text: string
}

export interface TestsAnswer {
  /** The file, as an id of the folder; null: there is none. */
  readonly file: string | null
  readonly tests: readonly {
    readonly name: string
    readonly ok: boolean
    /** Milliseconds. */
    readonly took: number
    /** As the terminal prints it. */
    readonly says: string
  }[]
}
