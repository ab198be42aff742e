import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'

/** Whether a value has the shape of what a run wrote: enough of it that nobody trips over the rest. */
export type Fits = (value: unknown) => boolean

/**
 * The value of a JSON file of a run's folder. A file that is gone, is no JSON or holds something else was damaged after
 * the run had written it: `damaged-run`, with the file's name.
 */
export function readPart<T>(folder: string, name: string, fits: Fits): T {
  const path = join(folder, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT' // what the file system throws
    throw damaged(folder, name, missing ? 'it is gone' : `it cannot be read: ${(cause as Error).message}`, cause)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw damaged(folder, name, `its ${Buffer.byteLength(text)} bytes are no JSON`, cause)
  }
  if (!fits(value)) throw damaged(folder, name, 'it holds something else than what a run writes')
  return value as T // as the run wrote it
}

/** What to say of a run's folder in which something is not as the run wrote it. */
export function damaged(folder: string, name: string, what: string, cause?: unknown): HeadraceError {
  return new HeadraceError('damaged-run', `the run in ${folder} is damaged: ${name}: ${what}`, {
    place: { file: join(folder, name) },
    hint: 'Put the file back from a copy; or move the folder away, and start the run anew.',
    ...(cause !== undefined && { cause }),
  })
}

const isText: Fits = (value) => typeof value === 'string'
const isNumber: Fits = (value) => typeof value === 'number'
const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits)
const has =
  (shape: { readonly [key: string]: Fits }): Fits =>
  (value) =>
    isRecord(value) && Object.entries(shape).every(([key, fits]) => fits(value[key]))
const orAbsent =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || fits(value)

/** run.json: what resume, replay and the lists of runs look at. Runs of older versions have less. */
export const fitsRun: Fits = has({
  id: orAbsent(isText),
  pipeline: isText,
  started: isText,
  now: orAbsent(isNumber),
  set: orAbsent(listOf(isText)),
  params: orAbsent(isRecord),
  memory: orAbsent(isNumber),
  digests: orAbsent(isRecord),
  edges: orAbsent(listOf(isText)),
  fingerprints: orAbsent(isRecord),
})
/** files.json */
export const fitsFiles: Fits = listOf(has({ path: isText, size: isNumber, hash: isText }))
/** splits.json */
export const fitsSplits: Fits = listOf(
  has({ source: isText, split: has({ parts: listOf(has({ path: isText, start: isNumber, end: isNumber })) }) }),
)
/** probes.json, plan.json */
export const fitsRecord: Fits = isRecord
/** report.json */
export const fitsReport: Fits = has({ nodes: isRecord, status: isText })
