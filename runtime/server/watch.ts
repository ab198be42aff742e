import { basename, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watch as watchFiles } from 'chokidar'
import { isCode } from '../catalogue/own/find.ts'
import { isInside } from '../catalogue/pathguard.ts'
import type { PipelineText } from './api/pipelines.ts'
import type { ServerContext } from './context.ts'
import { inTurn } from './pipelines/atomic.ts'
import { type PipelineFile, readPipelineFile, versionOf } from './pipelines/file.ts'
import { idOfFile, isPassedOver } from './pipelines/ids.ts'
import { deepest } from './pipelines/list.ts'

/** Looks at the folder and at the files that sources read, and tells the pages what changed. */
export interface Watch {
  /** The server is about to write a text: the disk may tell of it before `wrote` does. To be called when it is done. */
  readonly writing: (id: string, text: string) => () => void
  /** The server wrote a pipeline: told to every page, and not once more when the disk says so. */
  readonly wrote: (pipeline: PipelineText, client: string | null) => void
  readonly removed: (id: string) => void
  /** The files that a pipeline's sources read: those outside the folder are watched too. */
  readonly readFrom: (id: string, files: readonly string[]) => void
  readonly ready: Promise<void>
}

/** How long changes of data files are gathered, in milliseconds. */
const gather = 300

export function startWatch({ folder, io, log, closing }: ServerContext): Watch {
  const versions = new Map<string, string>()
  const own = new Set<string>()
  const outside = new Map<string, readonly string[]>()
  const watcher = watchFiles(folder, {
    ignored: (path) => isInside(folder, path) && relative(folder, path).split(sep).some(isPassedOver),
    ignoreInitial: true,
    depth: deepest,
    followSymlinks: false,
    ignorePermissionErrors: true,
    atomic: 60,
  })
  const filesChanged = gathered(() => io.emit('files'), gather)
  const codeChanged = gathered(() => io.emit('nodes'), gather)
  const listChanged = gathered(() => io.emit('pipelines'), 100)
  const turn = inTurn()
  const changed = async (path: string): Promise<void> => {
    filesChanged()
    if (isCode(path)) codeChanged()
    if (path.endsWith('.json') && isInside(folder, path)) await turn(path, () => look(path))
  }
  const look = async (path: string): Promise<void> => {
    const id = idOfFile(folder, path)
    const found = await readSettled(path)
    if (!found || found.version === versions.get(id) || own.has(`${id}\n${found.version}`)) return
    if (basename(path) !== 'pipeline.json' && !found.text.includes('"headrace"') && !versions.has(id)) return
    versions.set(id, found.version)
    io.emit('pipeline', id, { text: found.text, version: found.version, client: null })
    listChanged()
  }
  const gone = (path: string): void => {
    filesChanged()
    if (isCode(path)) codeChanged()
    if (!path.endsWith('.json') || !isInside(folder, path)) return
    const id = idOfFile(folder, path)
    if (versions.get(id) === '') return
    versions.set(id, '')
    io.emit('pipeline', id, null)
    listChanged()
  }
  watcher.on('add', changed).on('change', changed).on('unlink', gone)
  watcher.on('addDir', filesChanged).on('unlinkDir', filesChanged)
  watcher.on('error', (error) => log('warn', `watching ${folder}: ${String(error)}`))
  closing.push(() => watcher.close())
  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    writing(id, text) {
      const mark = `${id}\n${versionOf(text)}`
      own.add(mark)
      return () => own.delete(mark)
    },
    wrote({ id, text, version }, client) {
      versions.set(id, version)
      io.emit('pipeline', id, { text, version, client })
      listChanged()
    },
    removed(id) {
      versions.set(id, '')
      io.emit('pipeline', id, null)
      listChanged()
    },
    readFrom(id, files) {
      const before = new Set([...outside.values()].flat())
      outside.set(id, files.filter((file) => !isInside(folder, file)).slice(0, mostOutside))
      const now = new Set([...outside.values()].flat())
      watcher.add([...now].filter((file) => !before.has(file)))
      watcher.unwatch([...before].filter((file) => !now.has(file)))
    },
  }
}

const mostOutside = 200

/** The file as it is; what is no JSON may be half written, and is looked at once more. */
async function readSettled(path: string): Promise<PipelineFile | null> {
  const found = await readPipelineFile(path).catch(() => null)
  if (!found || isJson(found.text)) return found
  await sleep(80)
  return await readPipelineFile(path).catch(() => null)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''))
    return true
  } catch {
    return false
  }
}

/** Calls at most once in so many milliseconds, at the end of them. */
function gathered(act: () => void, milliseconds: number): () => void {
  let waits = false
  return () => {
    if (waits) return
    waits = true
    const due = () => {
      waits = false
      act()
    }
    setTimeout(due, milliseconds).unref()
  }
}
