import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { nodeCounters } from '../../engine/counters.ts'
import { MetricsReader } from '../../engine/metricsreader.ts'
import { edgeKey } from '../../pipeline/live.ts'
import type { MetricsHistory, Snapshot, Unreadable } from '../api/index.ts'
import { HttpRefusal } from '../refuse.ts'

/** A run's counters over time, from `since` milliseconds after its start. */
export const readHistory = (folder: string, since: number): MetricsHistory =>
  reading(folder, [], (reader) => reader.since(since))

/** A run's last counters; null where it has none that can be read. */
export function lastSample(folder: string): Snapshot | null {
  try {
    return reading(folder, null, (reader) => reader.latest())
  } catch {
    return null
  }
}

function reading<T>(folder: string, none: T, read: (reader: MetricsReader) => T): T {
  if (!existsSync(join(folder, 'metrics.sqlite'))) return none
  let reader: MetricsReader | undefined
  try {
    reader = new MetricsReader(folder)
    return read(reader)
  } catch (error) {
    const why = uncounted(folder, error as Error)
    throw new HttpRefusal(500, why.error, why.hint)
  } finally {
    reader?.close()
  }
}

/** Why the counters of a run cannot be read, for its reader. */
export const uncounted = (folder: string, { message }: Error): Unreadable => ({
  error: `The counters of this run cannot be read: ${message}.`,
  hint: `At its end the run's counts are in its report all the same. The file is ${join(folder, 'metrics.sqlite')}; close programs that hold it open.`,
})

/** The history as a table for other programs: a line for each node and edge at each sample. */
export function* historyCsv(history: MetricsHistory): Generator<string> {
  const edgeColumns = ['rows', 'bytes', 'queued'] as const
  yield `${['at_ms', 'kind', 'name', ...nodeCounters.map(nameOf), ...edgeColumns.map((name) => `edge_${name}`)].join(',')}\n`
  for (const { at, nodes, edges } of history) {
    const lines: unknown[][] = Object.entries(nodes).map(([id, counts]) => [
      at,
      'node',
      id,
      ...nodeCounters.map((name) => rounded(counts[name])),
      ...edgeColumns.map(() => ''),
    ])
    for (const edge of edges)
      lines.push([at, 'edge', edgeKey(edge), ...nodeCounters.map(() => ''), ...edgeColumns.map((name) => edge[name])])
    yield `${lines.map((line) => line.join(',')).join('\n')}\n`
  }
}

/** Times have their unit in their name. */
const times = new Set<string>(['working', 'waiting', 'blocked', 'resource'])
const nameOf = (counter: string): string => (times.has(counter) ? `${counter}_ms` : counter)
const rounded = (value: number): number => Math.round(value * 1000) / 1000
