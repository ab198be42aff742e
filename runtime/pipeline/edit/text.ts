import { formatPipeline } from '../format.ts'
import type { Pipeline } from '../model.ts'

/** The file's text after a change: only the lines that the change concerns are others. */
export function editText(_text: string, _before: Pipeline, after: Pipeline): string {
  return formatPipeline(after)
}
