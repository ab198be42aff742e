import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { type DiskNow, replaceFileNow } from '../../disk/index.ts'
import { makeLastingStateFolder } from '../statefolder.ts'
import type { FileVersion } from '../versions.ts'
import type { Makes } from './makes.ts'

/** A file that a completed run has read whole, as it was then. */
export interface StoredFile extends FileVersion {
  /** The last run that stored it. */
  readonly run: string
  /** Its rows, where the source had counted them. */
  readonly rows: number | null
  /** Only some of its rows are stored: it changed, or went, while its run was interrupted. It counts as changed. */
  readonly partly?: true
}

/** What the completed runs of a pipeline have stored. It outlives their folders. */
export interface Memory {
  /** The runs that it knows of, in the order in which they ended. */
  readonly runs: readonly string[]
  /** What made the rows of the last one; null where that is not known. */
  readonly makes: Makes | null
  /** By source and path. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, StoredFile>>
}

export const emptyMemory: Memory = { runs: [], makes: null, files: new Map() }

/** The file's layout: one stored file a line, so that it can be read and compared. */
interface Written {
  readonly version: 1
  readonly pipeline: string
  readonly runs: readonly string[]
  readonly makes: Makes | null
  readonly files: { readonly [source: string]: readonly StoredFile[] }
}

/**
 * Where a pipeline's memory lies. A pipeline beside its state folder keeps it when both are moved together, so its name
 * there counts, not its full path.
 */
export function memoryFile(state: string, pipeline: string): string {
  const file = realPath(pipeline)
  const home = realPath(dirname(resolve(state)))
  const below = relative(home, file)
  const name = below.startsWith('..') ? file : below.split(sep).join('/')
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 12)
  return join(state, 'stored', `${basename(file)}-${mark}.json`)
}

/** Whether two names mean one pipeline. */
export const samePipeline = (one: string, other: string): boolean => one === other || realPath(one) === realPath(other)

const realPath = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path))

/** The memory as it was written last; null where there is none, or none that can be read: the runs' folders have it. */
export function readMemory(path: string): Memory | null {
  try {
    const { version, runs, makes, files } = JSON.parse(readFileSync(path, 'utf8')) as Written // as `writeMemory` wrote it
    if (version !== 1) return null
    const bySource = Object.entries(files).map(
      ([source, list]) => [source, new Map(list.map((file) => [file.path, file]))] as const,
    )
    return { runs, makes, files: new Map(bySource) }
  } catch {
    return null
  }
}

/** Writes the memory, whole or not at all, and on disk when this returns. */
export function writeMemory(disk: DiskNow, state: string, pipeline: string, memory: Memory): void {
  const path = memoryFile(state, pipeline)
  const here = disk.at('memory.write')
  makeLastingStateFolder(here, state, 'stored')
  replaceFileNow(here, path, textOf(pipeline, memory), `${path}.${process.pid}.new`)
}

function textOf(pipeline: string, { runs, makes, files }: Memory): string {
  const list = (items: readonly unknown[]) => `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`
  const bySource = [...files].map(([source, of]) => `${JSON.stringify(source)}: ${list([...of.values()])}`)
  return `{"version": 1, "pipeline": ${JSON.stringify(pipeline)},
"runs": ${list(runs)},
"makes": ${JSON.stringify(makes)},
"files": {${bySource.join(',\n')}}}\n`
}
