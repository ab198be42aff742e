import type { CheckAnswer } from '@headrace/runtime/api'
import {
  connectable,
  disconnect,
  type Fix,
  type InputNames,
  type Pipeline,
  type PipelineEdge,
} from '@headrace/runtime/pipeline'

/** Whether a wire fits, why not, and what would make it fit. */
export interface Verdict {
  readonly fits: boolean
  readonly why: string
  readonly fixes: readonly Fix[]
}

/** Judges an edge that is being drawn; `replaces` is the edge whose place it would take. */
export function judge(
  pipeline: Pipeline,
  { from, to }: PipelineEdge,
  checked: CheckAnswer | null,
  replaces: PipelineEdge | null = null,
  inputs?: InputNames,
): Verdict {
  const answer = connectable(replaces ? disconnect(pipeline, replaces) : pipeline, from, to, checked, inputs)
  if (answer.ok) return { fits: true, why: '', fixes: [] }
  const cut = (before: Pipeline) => (replaces ? disconnect(before, replaces) : before)
  const fixes = answer.fixes.map((fix): Fix => ({ ...fix, change: (before) => fix.change(cut(before)) }))
  return { fits: false, why: answer.reason, fixes }
}
