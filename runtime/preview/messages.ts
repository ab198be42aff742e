import type { ErrorMessage } from '../engine/messages.ts'
import type { PreviewAnswer, SearchAnswer } from '../server/api/rows.ts'
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
  | { readonly type: 'abort'; readonly id: number }

export type FromPreview =
  | { readonly id: number; readonly answer: PreviewAnswer | SearchAnswer }
  | { readonly id: number; readonly error: ErrorMessage }
