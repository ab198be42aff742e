import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isInside, realPath } from '../../catalogue/pathguard.ts'
import { parsePipeline } from '../../pipeline/document.ts'
import { mostBytes } from './file.ts'
import { idOfFile, isPassedOver } from './ids.ts'

/** A pipeline that was found in the folder. */
export interface Found {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly modified: number
  readonly nodes: number
  readonly broken: boolean
}

const mostFolders = 2000
/** So many folders down pipelines are looked for. */
export const deepest = 8

/** Lists the pipelines below a folder; what did not change since the last time is not read again. */
export function pipelineLister(folder: string): () => Promise<Found[]> {
  let kept = new Map<string, { readonly mark: string; readonly found: Found | null }>()
  return async () => {
    const files = await jsonFiles(folder)
    const next = new Map<string, { readonly mark: string; readonly found: Found | null }>()
    for (const file of files) {
      const about = await stat(file).catch(() => null)
      if (!about?.isFile() || about.size > mostBytes) continue
      const mark = `${about.size}:${about.mtimeMs}:${about.ino}`
      const before = kept.get(file)
      next.set(file, before?.mark === mark ? before : { mark, found: await look(folder, file, about.mtimeMs) })
    }
    kept = next
    return [...next.values()].flatMap(({ found }) => found ?? []).sort((a, b) => b.modified - a.modified)
  }
}

async function jsonFiles(folder: string): Promise<string[]> {
  const files: string[] = []
  const waiting = [{ path: folder, depth: 0 }]
  for (let seen = 0; waiting.length && seen < mostFolders; seen++) {
    const { path, depth } = waiting.shift() as (typeof waiting)[number]
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      const inside = join(path, entry.name)
      if (isPassedOver(entry.name)) continue
      if (entry.isDirectory() && depth < deepest) waiting.push({ path: inside, depth: depth + 1 })
      else if (
        entry.name.endsWith('.json') &&
        (entry.isFile() || (entry.isSymbolicLink() && isInside(folder, realPath(inside))))
      )
        files.push(inside)
    }
  }
  return files
}

async function look(folder: string, file: string, modified: number): Promise<Found | null> {
  const bytes = await readFile(file).catch(() => null)
  if (!bytes || !looksLikeOne(file, bytes)) return null
  const id = idOfFile(folder, file)
  const base = { id, modified }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { ...base, name: nameOf(id), description: '', nodes: 0, broken: true }
  }
  const { pipeline } = parsePipeline(text)
  return {
    ...base,
    name: pipeline?.name || nameOf(id),
    description: pipeline?.description ?? '',
    nodes: Object.keys(pipeline?.nodes ?? {}).length,
    broken: pipeline === null,
  }
}

/** A file is a pipeline by its key, or is meant as one by its name. */
function looksLikeOne(file: string, bytes: Buffer): boolean {
  if (basename(file) === 'pipeline.json') return true
  return (
    bytes.includes('"headrace"') &&
    /^\s*\{[\s\S]*"headrace"\s*:\s*[^{\s]/.test(bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''))
  )
}

/** What a pipeline without a name is called: its file, or its folder where the file says nothing. */
function nameOf(id: string): string {
  const own = basename(id, '.json')
  const folder = basename(dirname(id))
  return own === 'pipeline' && folder && folder !== '.' ? folder : own
}
