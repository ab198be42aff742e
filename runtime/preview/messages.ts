import type { ErrorMessage } from '../engine/messages.ts'
import type { PreviewAnswer, SearchAnswer } from '../server/api/rows.ts'
import type { TestsAnswer } from '../server/api/tests.ts'
import type { TraceAnswer, TraceQuestion } from '../server/api/trace.ts'
import type { MadeTest, SaveTask } from '../tests/save.ts'
import type { PreviewTask } from './preview.ts'
import type { SearchTask } from './search.ts'

/** What the process is told once, before any question. */
export interface PreviewStart {
  readonly type: 'start'
  /** The folder whose pipelines are edited, and other folders that may be read; null: everything may. */
  readonly within: { readonly folder: string; readonly roots: readonly string[] } | null
}

export type ToPreview =
  | PreviewStart
  | { readonly type: 'preview'; readonly id: number; readonly task: PreviewTask }
  | { readonly type: 'search'; readonly id: number; readonly task: SearchTask }
  | { readonly type: 'trace'; readonly id: number; readonly task: TraceTask }
  | { readonly type: 'makeTest'; readonly id: number; readonly task: SaveTask }
  | { readonly type: 'tests'; readonly id: number; readonly task: PageTests }
  | { readonly type: 'abort'; readonly id: number }

/** Which tests are run for the page: those beside a pipeline's file, of its text as it is drawn. */
export interface PageTests {
  readonly file: string
  readonly text: string
}

/** Which rows of a run are traced; `run` is its folder. */
export interface TraceTask extends TraceQuestion {
  readonly run: string
}

/** What the process answers. */
export type Answer = PreviewAnswer | SearchAnswer | TraceAnswer | MadeTest | TestsAnswer['tests'] | null

export type FromPreview =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: ErrorMessage }
