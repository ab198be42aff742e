import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Report, replayRun } from '@headrace/runtime'

export type Question = Parameters<typeof replayRun>[0]

export const csv = (path: string, more: object = {}): [string, object] => ['sources/csv', { path, ...more }]
export const ndjson = (path: string): [string, object] => ['sinks/ndjson', { path, ifExists: 'replace' }]

/** Replays a run to its end. */
export async function replay(run: string, question: Question = {}): Promise<Report> {
  const { running, problems } = await replayRun(question, { run })
  if (!running) throw new Error(`nothing was replayed: ${problems.map(({ message }) => message).join('; ')}`)
  return await running.done
}

/** The rejected rows that a run has left. */
export function left(folder: string): Record<string, unknown>[] {
  const file = join(folder, 'dead-letters.ndjson')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}
