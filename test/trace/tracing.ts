import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from '../../runtime/memory/index.ts'
import { Sessions } from '../../runtime/preview/sessions.ts'
import type { TraceAnswer, TracedRow } from '../../runtime/server/api/trace.ts'
import { traceRows } from '../../runtime/trace/index.ts'
import type { Workplace } from '../engine/workplace.ts'

/** Traces rows of a run in this process; a test's memory is empty again after it. */
export async function trace(run: string, row: string, rows?: number): Promise<TraceAnswer> {
  const sessions = new Sessions()
  const pool = new Pool(1 << 30)
  try {
    return await traceRows(run, { row, ...(rows && { rows }) }, { sessions, pool }, new AbortController().signal)
  } finally {
    await sessions.close()
  }
}

/** The only row of an answer. */
export async function traceOne(run: string, row: string): Promise<TracedRow> {
  const { rows } = await trace(run, row)
  if (rows.length !== 1) throw new Error(`${rows.length} rows were traced`)
  return rows[0] as TracedRow
}

/** What a run with --lineage did: identities by the sink that stored them, and those it rejected. */
export function done(place: Workplace, run: string, sinks: Record<string, string>) {
  const stored = Object.entries(sinks).flatMap(([sink, file]) =>
    place.exists(file) ? place.rows(file).map((row) => `${sink} ${row['_identity']}`) : [],
  )
  const letters = join(run, 'dead-letters.ndjson')
  const rejected = existsSync(letters)
    ? readFileSync(letters, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, string>)
        .map((letter) => `${letter['_node']} ${letter['_identity']}`)
    : []
  return { stored, rejected }
}

/** The same as a trace of one row tells it. */
export function told({ fates }: TracedRow) {
  const of = (what: string) =>
    fates.filter(({ fate }) => fate === what).map(({ node, identity }) => `${node} ${identity}`)
  return { stored: of('stored').sort(), rejected: of('rejected').sort() }
}
