import type { Json } from '../../sdk/node.ts'
import type { Path } from '../positions.ts'

/** The tests of a pipeline, as the file beside it holds them: `orders.test.json` for `orders.json`. */
export interface TestFile {
  readonly tests: readonly PipelineTest[]
}

/** One test: rows are put in at some nodes, and what is expected at others. */
export interface PipelineTest {
  readonly name: string
  readonly note?: string
  readonly params: { readonly [name: string]: Json }
  /** Settings for this test, as `--set` takes them: `node.setting` and its value. */
  readonly set: { readonly [setting: string]: Json }
  /** The time at which the test plays, ISO 8601; null: now. */
  readonly now: string | null
  /** By node, or by a node's input: `orders`, `join.left`. */
  readonly put: { readonly [at: string]: Put }
  /** By node, or by a node's output: `clean`, `clean.rejects`, `sizes.large`. */
  readonly expect: { readonly [at: string]: Expectation }
  /** Where it stands in the file. */
  readonly path: Path
}

export type TestRow = { readonly [column: string]: Json }

/** Rows in the test itself, texts in place of a source's files, or the source's own files. */
export type Put = (
  | { readonly kind: 'rows'; readonly rows: readonly TestRow[]; readonly columns: { readonly [name: string]: string } }
  | { readonly kind: 'files'; readonly files: { readonly [path: string]: string } }
  | { readonly kind: 'read' }
) & {
  /** Where the rows, or what else is put in, stand in the file. */
  readonly path: Path
}

/** What is expected at a node; what is not named is not compared. */
export interface Expectation {
  /** Each row compares the columns that it names. */
  readonly rows: readonly TestRow[] | null
  /** All columns with their types, in any order. */
  readonly columns: { readonly [name: string]: string } | null
  readonly counts: { readonly [count in CountName]?: number }
  readonly anyOrder: boolean
  /** How far two numbers with a fraction may lie apart, for numbers above 1 in proportion to them. */
  readonly tolerance: number
  readonly path: Path
  readonly rowsPath: Path
}

/** What a node's rows are counted as. */
export const countNames = ['in', 'out', 'filtered', 'rejected'] as const
export type CountName = (typeof countNames)[number]

/** What is close enough where a test says nothing: rounding of a computation, not of a model. */
export const usualTolerance = 1e-9

/** The version of test files that this Headrace writes and reads. */
export const testVersion = 1

export const testFileKeys = ['headrace-test', 'tests'] as const
export const testKeys = ['name', 'note', 'params', 'set', 'now', 'put', 'expect', 'anyOrder', 'tolerance'] as const
export const putKeys = ['rows', 'columns', 'files', 'read'] as const
export const expectKeys = ['rows', 'columns', ...countNames, 'anyOrder', 'tolerance'] as const

/** The file of a pipeline's tests: beside it, `pipeline.test.json` for `pipeline.json`. */
export const testFileOf = (pipeline: string): string => `${pipeline.replace(/\.json$/, '')}.test.json`
