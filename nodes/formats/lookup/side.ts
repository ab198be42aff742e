import { stat } from 'node:fs/promises'
import {
  Batch,
  byteLength,
  type Column,
  concat,
  type Field,
  HeadraceError,
  Identity,
  Pool,
  type Problem,
  Schema,
  Scope,
  type SourceNode,
  type SourceProbe,
  type SourceReject,
} from '@headrace/runtime/sdk'

/** A small file in memory: its columns, all rows. */
export interface Side {
  readonly fields: readonly Field[]
  readonly columns: readonly Column[]
  readonly rows: number
  readonly bytes: number
}

/** The most that a file may take in memory: each worker holds it whole. */
export const mostBytes = 64 << 20

export interface SideContext {
  readonly node: string
  readonly folder: string
  readonly resolve: (path: string) => string
  readonly signal: AbortSignal
}

const readers: readonly (readonly [RegExp, () => Promise<{ default: unknown }>])[] = [
  [/\.(csv|tsv|txt)(\.gz|\.zst)?$/i, () => import('../../sources/csv.ts')],
  [/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/i, () => import('../../sources/ndjson.ts')],
  [/\.(arrow|arrows|feather|ipc)$/i, () => import('../../sources/arrow.ts')],
  [/\.parquet$/i, () => import('../../sources/parquet.ts')],
]

/** Reads a whole file with the source that reads its kind; throws where it cannot, is no single file, or is too large. */
export async function readSide(path: string, context: SideContext): Promise<Side> {
  const load = readers.find(([ending]) => ending.test(path))?.[1]
  const fail = (code: string, message: string, hint: string) =>
    new HeadraceError(code, message, { place: { file: path }, hint })
  if (!load)
    throw fail('unknown-format', `${path} ends in none of .csv, .ndjson, .json, .arrow, .parquet`, 'Name such a file.')
  // A cast: the settings that these four sources have in common.
  const source = (await load()).default as SourceNode
  const config = { ...defaultsOf(source), path } as never
  const problems: Omit<Problem, 'place' | 'severity'>[] = []
  const probe = await source.probe({
    ...context,
    config,
    report: ({ severity = 'error', ...problem }) => {
      if (severity === 'error') problems.push(problem)
    },
  })
  const [wrong] = problems
  if (wrong) throw fail(wrong.code, wrong.message, wrong.hint ?? '')
  if (probe.files.length !== 1) throw fail('no-single-file', `${path} is ${probe.files.length} files`, 'Name one file.')
  return await readAll(source, config, probe, path, context)
}

/** A source's settings where none is given. */
function defaultsOf({ config }: SourceNode): Record<string, unknown> {
  // A cast: a `Type.Object`, whose declarations are JSON Schema.
  const { properties = {} } = config as { properties?: Record<string, { default?: unknown }> }
  const given = Object.entries(properties).filter(([, setting]) => 'default' in setting)
  return Object.fromEntries(given.map(([name, setting]) => [name, setting.default]))
}

async function readAll(
  source: SourceNode,
  config: never,
  probe: SourceProbe,
  path: string,
  { node, folder, resolve, signal }: SideContext,
): Promise<Side> {
  const schema = new Schema(probe.columns)
  // A pool of its own, which lives as long as the side does.
  const scope = new Scope(new Pool(4 * mostBytes))
  const origin = { node, path: '' }
  const batches: Column[][] = []
  let rows = 0
  let bytes = 0
  for (const split of await source.splits({ config, probe, resolve, signal })) {
    const read = source.read({
      config,
      node,
      folder,
      resolve,
      scope,
      signal,
      now: new Date(0),
      runId: '',
      log: () => {},
      count: () => {},
      expression: () => {
        throw new Error('a source has no expressions')
      },
      split,
      probe,
      schema,
      batch: (_, numbers, count, columns) =>
        // All columns are wanted, so none is null.
        new Batch(scope, schema, columns as Column[], new Identity(origin, count, numbers)),
      reject: (reject) => {
        throw rejected(path, reject)
      },
      maxRowBytes: mostBytes,
    })
    for await (const batch of read) {
      batch.keep()
      batches.push([...batch.columns])
      rows += batch.rows
      bytes += batch.bytes
      if (bytes > mostBytes) throw tooLarge(path)
    }
  }
  const columns = schema.fields.map(({ type }, i) =>
    concat(
      scope,
      type,
      batches.map((batch) => batch[i] as Column),
    ),
  )
  return { fields: probe.columns, columns, rows, bytes: columns.reduce((sum, column) => sum + byteLength(column), 0) }
}

const rejected = (path: string, { row, line, message }: SourceReject) =>
  new HeadraceError('bad-row', `${path} row ${row} cannot be read: ${message}`, {
    place: { file: path, row, ...(line !== undefined && { line }) },
    hint: 'Mend the file: a lookup leaves out no row.',
  })

const tooLarge = (path: string) =>
  new HeadraceError('too-large', `${path} takes more than ${mostBytes >> 20} MB in memory, the most for a lookup.`, {
    place: { file: path },
    hint: 'Use a join: it works on disk.',
  })

/** A file's size and time of change. */
export type Version = { readonly size: number; readonly modified: number }

export async function versionOf(path: string): Promise<Version> {
  const { size, mtimeMs } = await stat(path)
  return { size, modified: mtimeMs }
}

const held = new Map<string, Promise<Side>>()

/** The file as it was when the run was planned, read once a worker; throws where it has changed since. */
export async function holdSide(path: string, version: Version, context: SideContext): Promise<Side> {
  await refuseOther(path, version, context)
  const key = JSON.stringify([context.resolve(path), version])
  const before = held.get(key)
  if (before) return await before
  const reading = readWhole(path, version, context)
  held.set(key, reading)
  reading.catch(() => held.delete(key))
  return await reading
}

/** Half of what was read while somebody wrote may be old, half new. */
async function readWhole(path: string, version: Version, context: SideContext): Promise<Side> {
  const side = await readSide(path, context)
  await refuseOther(path, version, context)
  return side
}

async function refuseOther(path: string, version: Version, { resolve }: SideContext): Promise<void> {
  const now = await versionOf(resolve(path)).catch(() => null)
  if (now?.size === version.size && now.modified === version.modified) return
  throw new HeadraceError('file-changed', `${path} has ${now ? 'changed' : 'gone'} since the run was planned.`, {
    place: { file: path },
    hint: 'Put it back as it was and resume, or start the run anew.',
  })
}
