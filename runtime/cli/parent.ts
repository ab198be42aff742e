import type { RunOrigin } from '../engine/runprocess.ts'
import type { Problem } from '../pipeline/problem.ts'

/** What a run says to the process that started it with an IPC channel (the editor's server): once, how it began. */
export type ToParent =
  | { readonly type: 'started'; readonly id: string; readonly folder: string }
  | { readonly type: 'refused'; readonly problems: readonly Problem[] }
  | { readonly type: 'refused'; readonly error: string; readonly code?: string; readonly hint?: string }

const hadParent = process.connected
let told = false

/** Tells whoever started this process; does nothing where it was a terminal, or was told already. */
export function tellParent(message: ToParent): void {
  if (told || !process.connected) return
  told = true
  // A parent that went away in this moment is noticed by its channel.
  process.send?.(message, undefined, undefined, () => {})
}

/** Where a run that is started now comes from. */
export const origin = (): RunOrigin =>
  hadParent ? (process.env['HEADRACE_ORIGIN'] === 'schedule' ? 'schedule' : 'page') : 'terminal'

/** Calls `gone` when the channel to the parent closes; returns a way to listen no longer. */
export function onParentGone(gone: () => void): () => void {
  if (!hadParent) return () => {}
  process.once('disconnect', gone)
  // It went away before this line.
  if (!process.connected) gone()
  return () => process.off('disconnect', gone)
}
