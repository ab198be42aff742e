import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'vitest'
import type { Workplace } from '../engine/workplace.ts'
import { run } from './command.ts'

type Sinks = { readonly [id: string]: readonly [type: string, config: object] }

/** Three files, each a part of the run with one row that is rejected, into some sinks; one worker: in order. */
export function threeFiles(place: Workplace, sinks: Sinks): string {
  const sources = ['a', 'b', 'c']
  for (const [at, id] of sources.entries()) {
    const rows = Array.from({ length: 20 }, (_, i) => at * 20 + i)
    place.write(`${id}.csv`, `n,kind,text\n${rows.map((n) => `${n},k${n % 3},"row ${n}, ü"\n`).join('')}`)
  }
  return place.pipeline(
    {
      ...Object.fromEntries(sources.map((id) => [id, ['sources/csv', { path: `${id}.csv` }] as const])),
      inverse: ['transforms/derive', { columns: { inverse: 'div(1000, n % 20 - 7)' } }],
      ...sinks,
    },
    [...sources.map((id) => [id, 'inverse'] as const), ...Object.keys(sinks).map((id) => ['inverse', id] as const)],
    { workers: 1, deadLetters: 3 },
  )
}

/** One process: a supervisor would only take time. */
const alone = { HEADRACE_RESTARTS: '0' }

const runsOf = (place: Workplace): string[] =>
  existsSync(place.path('.headrace/runs')) ? place.list('.headrace/runs') : []

/**
 * Runs a pipeline in one process after the other, each killed with SIGKILL at its fault, the next one taking up what it
 * left; the last one is left alone. `look` is called after each kill.
 */
export async function killInChain(
  place: Workplace,
  file: string,
  faults: readonly string[],
  look: () => void = () => {},
): Promise<void> {
  const go = (fault: Record<string, string>) =>
    run(runsOf(place).length ? ['resume', file] : ['run', file], { env: { ...alone, ...fault } })
  for (const fault of faults) {
    const { signal, code, stderr } = await go({ HEADRACE_FAULT: fault })
    expect(signal, `${fault}: it ended with ${code}: ${stderr}`).toBe('SIGKILL')
    look()
  }
  const { code, stderr } = await go({})
  expect(code, stderr).toBe(0)
}

/** Runs a pipeline undisturbed. */
export async function runWhole(file: string): Promise<void> {
  const { code, stderr } = await run(['run', file], { env: alone })
  expect(code, stderr).toBe(0)
}

/** Files of an output that a reader would find, by names in which the run's id is left out. */
export function outputFiles(place: Workplace, output: string): Map<string, Buffer> {
  const root = place.path(output)
  if (!existsSync(root)) return new Map()
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => relative(root, join(entry.parentPath, entry.name)))
  return new Map(
    paths
      .filter((path) => !path.split('/').some((name) => name.startsWith('.')))
      .map((path) => [path.replace(/part-\d+-\d+-[0-9a-f]+-/, 'part-'), readFileSync(join(root, path))]),
  )
}

/** The rejected rows of the only run, by identity, each as often as it is there. */
export const rejectedRows = (place: Workplace): string[] =>
  place
    .rows(`.headrace/runs/${runsOf(place)[0]}/dead-letters.ndjson`)
    .map(({ _identity }) => _identity as string)
    .sort()
