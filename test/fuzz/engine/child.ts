import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Coverage } from './coverage.ts'
import type { Budget, Counted } from './loop.ts'

// Run as a process of its own by `watch.ts`: a native death, or a hang, is then seen, and is that input's alone.

/** What a child is asked for. */
export interface Task {
  readonly target: string
  readonly budget: Omit<Budget, 'inputs'>
  /** Fed first, each once; base64. */
  readonly inputs: readonly string[]
  readonly current: string
  readonly queue: string | null
}

/** What a child says. */
export type Said =
  | { readonly type: 'found'; readonly input: string; readonly signature: string; readonly error: string }
  | { readonly type: 'done'; readonly counted: Counted }

process.once('message', async (task: Task) => {
  const coverage = new Coverage()
  const { fuzz } = await import('./loop.ts')
  const { signatureOf } = await import('./judge.ts')
  const { targetNamed } = await import('../targets/index.ts')
  // What nobody awaited is a finding like any other: it would end the process of a user.
  process.on('unhandledRejection', (error) => {
    tell('found', readFileSync(task.current), `unhandled ${signatureOf(error)}`, error)
  })
  const target = await targetNamed(task.target)
  const folder = mkdtempSync(join(tmpdir(), `headrace-fuzz-${task.target}-`))
  const found = (input: Buffer, signature: string, error: unknown) => tell('found', input, signature, error)
  const places = { folder, queue: task.queue, current: task.current, found }
  try {
    const inputs = task.inputs.map((one) => Buffer.from(one, 'base64'))
    const counted = await fuzz(target, { ...task.budget, inputs }, places, coverage)
    process.send?.({ type: 'done', counted } satisfies Said)
  } catch (error) {
    tell('found', Buffer.alloc(0), `the target itself failed: ${signatureOf(error)}`, error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    process.disconnect()
  }
})

function tell(type: 'found', input: Buffer, signature: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.send?.({ type, input: input.toString('base64'), signature, error: text } satisfies Said)
}
