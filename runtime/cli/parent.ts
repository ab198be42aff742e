import { guardOf, type RunOrigin } from '../engine/runprocess.ts'
import type { Problem } from '../pipeline/problem.ts'
import { endWithParent } from '../process/withparent.ts'

/** What a run says to the process that started it with an IPC channel (the editor's server): once, how it began. */
export type ToParent =
  | { readonly type: 'started'; readonly id: string; readonly folder: string }
  | { readonly type: 'refused'; readonly problems: readonly Problem[] }
  | { readonly type: 'refused'; readonly error: string; readonly code?: string; readonly hint?: string }

/** The parent only waits, to take the run up again after a crash (supervise.mjs): it is one with this process. */
const isGuarded = guardOf() !== null
const hadParent = process.connected && !isGuarded
let told = false

/** Tells whoever started this process; does nothing where it was a terminal, or was told already. */
export function tellParent(message: ToParent): void {
  if (told || !process.connected) return
  told = true
  // A parent that went away in this moment is noticed by its channel.
  process.send?.(message, undefined, undefined, () => {})
}

if (isGuarded) {
  // Whoever ended it meant this process.
  const end = () => process.kill(process.pid, 'SIGKILL')
  process.once('disconnect', end)
  if (process.connected) process.channel?.unref()
  else end()
}

/** Says that the command is done but for its process's end: a crash in that is none of a row. */
export function tellEnded(exitCode: number): void {
  if (isGuarded && process.connected) process.send?.({ type: 'ended', exitCode }, undefined, undefined, () => {})
}

/** Says that a signal has arrived: one from the terminal comes to the waiting parent as well, which hands it on otherwise. */
export function signalled(): void {
  if (isGuarded && process.connected) process.send?.({ type: 'signalled' }, undefined, undefined, () => {})
}

// Its main thread may be in somebody's code and never come back.
if (process.connected) endWithParent(isGuarded ? 300 : 2000)

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

/** Whether a terminal that closes is no reason to end: nohup said so (nohup.mjs). */
export const outlivesTerminal = process.env['HEADRACE_NOHUP'] === '1'
