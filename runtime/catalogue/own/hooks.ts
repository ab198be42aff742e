import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A file of somebody's own code as it was when it was loaded. */
export interface CodeFile {
  readonly path: string
  /** SHA-256 of its text. */
  readonly hash: string
  readonly stamp: string
}

/** One loading of a file with all that it imports by path; another one loads all of it anew. */
export interface Loading {
  /** What is to be imported. */
  readonly url: string
  /** The files that were read so far, by path. */
  readonly files: ReadonlyMap<string, CodeFile>
}

const key = 'headrace'
const loadings = new Map<string, Map<string, CodeFile>>()
const runtime = new URL('../../index.ts', import.meta.url).href
let next = 0
let installed = false

/**
 * Lets code outside of Headrace's own folders import `@headrace/runtime/…`: always the one that is running, whatever
 * is installed beside it. Once in every thread that loads nodes.
 */
export function lendRuntime(): void {
  if (installed) return
  installed = true
  registerHooks({
    resolve(specifier, context, follow) {
      if (/^@headrace\/runtime(\/|$)/.test(specifier)) return follow(specifier, { ...context, parentURL: runtime })
      const found = follow(specifier, context)
      const loading = loadingOf(context.parentURL)
      const isImport = context.conditions?.includes('import') ?? false
      if (!loading || !isImport || !/^(\.{0,2}\/|file:)/.test(specifier) || !isOwnCode(found.url)) return found
      return { ...found, url: marked(found.url, loading) }
    },
    load(url, context, follow) {
      const loading = loadingOf(url)
      if (!loading) return follow(url, context)
      note(loading, url)
      // Whatever a package.json around says: a node is a module.
      const isTypes = /\.m?ts$/.test(new URL(url).pathname)
      return follow(url, isTypes ? { ...context, format: 'module-typescript' } : context)
    },
  })
}

/** Begins to load a file: as another module than before, with what it imports by path. */
export function beginLoading(path: string): Loading {
  lendRuntime()
  const loading = String(++next)
  const files = new Map<string, CodeFile>()
  loadings.set(loading, files)
  return { url: marked(pathToFileURL(path).href, loading), files }
}

/** Size, time of change and number of a file; '' where it is not there. */
export function stampOf(path: string): string {
  const about = statSync(path, { throwIfNoEntry: false })
  return about ? `${about.size}:${about.mtimeMs}:${about.ino}` : ''
}

/** A text without the marks that make a file's modules different ones. */
export const withoutMarks = (text: string): string => text.replaceAll(new RegExp(`\\?${key}=\\d+`, 'g'), '')

function marked(url: string, loading: string): string {
  const at = new URL(url)
  at.search = `?${key}=${loading}`
  return at.href
}

const loadingOf = (url: string | undefined): string | undefined => new RegExp(`\\?${key}=(\\d+)$`).exec(url ?? '')?.[1]

const isOwnCode = (url: string): boolean => url.startsWith('file:') && !url.includes('/node_modules/')

function note(loading: string, url: string): void {
  const path = fileURLToPath(url)
  const stamp = stampOf(path)
  const hash = stamp && createHash('sha256').update(readFileSync(path)).digest('hex')
  loadings.get(loading)?.set(path, { path, hash, stamp })
}
