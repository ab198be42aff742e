import type { CheckAnswer, Problem } from '@headrace/runtime/api'
import { type Fix, fixesFor } from '@headrace/runtime/pipeline'
import { useMemo } from 'react'
import { useDocument } from './document.ts'
import { useLibrary } from './library.ts'

/** So many earlier answers are kept: a name that is typed letter by letter gives one for each. */
const kept = 40
let earlier: readonly CheckAnswer[] = []

// From the first answer on: what a column was called is asked for only after it is gone.
useDocument.subscribe((now, before) => {
  if (now.id !== before.id) earlier = []
  else if (now.checked !== before.checked && before.checked) earlier = [before.checked, ...earlier].slice(0, kept)
})

/** What mends a problem of the open pipeline with one click, the likeliest first. */
export function mendsOf(problem: Problem): readonly Fix[] {
  const { pipeline, checked } = useDocument.getState()
  if (!pipeline || !checked) return []
  const types = useLibrary.getState().nodes.map(({ type }) => type)
  return fixesFor(problem, pipeline, checked, { before: earlier, types })
}

/** The same, drawn anew when the pipeline changes. */
export function useMends(problem: Problem): readonly Fix[] {
  const checked = useDocument((document) => document.checked)
  // A new answer may be mended otherwise.
  return useMemo(() => mendsOf(problem), [problem, checked])
}
