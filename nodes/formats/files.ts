import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { nearest, type Report, type SourceFile } from '@headrace/runtime/sdk'

/**
 * The files that a `path` setting names: a file, a glob (`data/*.csv`, `data/**`, `{a,b}`), a folder, or a list of these.
 * A list keeps its order and each file comes once; what a glob or a folder finds is sorted as people count (`part-2`
 * before `part-10`). Names that start with a dot are left out. A path without files is a problem, `no-files`.
 */
export async function findFiles(options: {
  readonly path: string | readonly string[]
  readonly folder: string
  readonly resolve: (path: string) => string
  readonly report: Report
  /** The files of a folder that count; all where not given. */
  readonly inFolder?: string
  /** The setting that a problem is reported under. */
  readonly setting?: string
  /** Files that count, by their path as it is found; all where not given. */
  readonly only?: ((path: string) => boolean) | undefined
}): Promise<SourceFile[]> {
  const { path, setting = 'path' } = options
  const patterns = typeof path === 'string' ? [path] : path
  const found = new Map<string, SourceFile>()
  for (const [index, pattern] of patterns.entries()) {
    const one = typeof path === 'string' ? setting : `${setting}[${index}]`
    const costly = costlyPart(pattern)
    if (costly !== null && !(await stat(options.resolve(pattern)).catch(() => null))) {
      const message = `the pattern "${pattern}" could take for ever to compare with a name: "${costly}".`
      const hint = 'Use at most four * between two slashes, and no repeated groups such as +(a|b).'
      options.report({ code: 'bad-pattern', message, hint, setting: one })
      continue
    }
    const files = await filesOf(pattern, options)
    for (const file of files) found.set(file.path, found.get(file.path) ?? file)
    if (files.length > 0) continue
    options.report({
      code: 'no-files',
      message: `no file is found for "${pattern}" in ${options.folder}.`,
      hint: await whatIsThere(options.resolve(pattern)),
      setting: one,
    })
  }
  const all = [...found.values()]
  return options.only ? all.filter(({ path: one }) => options.only?.(one)) : all
}

/**
 * The part of a pattern that its matcher, which tries all ways, could compare with one long name for hours: many stars,
 * or a group that repeats; null where there is none. A folder and its pattern may come from somebody else together.
 */
export function costlyPart(pattern: string): string | null {
  if (pattern.length > mostCharacters) return `${pattern.slice(0, 40)}…`
  const group = /[+*]\([^)]*\)?/.exec(pattern)
  if (group) return group[0]
  if ((pattern.match(/\{/g)?.length ?? 0) > mostChoices) return `${pattern.slice(0, 40)}…`
  return (
    pattern.split(/[\\/]/).find((part) => (part.replace(/\*+/g, '*').match(/\*/g)?.length ?? 0) > mostStars) ?? null
  )
}

/** With four stars the longest name there can be takes under a second. */
const mostStars = 4
const mostChoices = 20
const mostCharacters = 4096

/** Orders names as people count: runs of digits by their number, everything else by its characters. */
export function naturalOrder(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    if (isDigit(a, i) && isDigit(b, j)) {
      const [left, right] = [digitsEnd(a, i), digitsEnd(b, j)]
      const [one, other] = [a.slice(i, left).replace(/^0+/, ''), b.slice(j, right).replace(/^0+/, '')]
      if (one.length !== other.length) return one.length - other.length
      if (one !== other) return one < other ? -1 : 1
      i = left
      j = right
    } else if (a[i] === b[j]) {
      i++
      j++
    } else {
      return (a[i] as string) < (b[j] as string) ? -1 : 1
    }
  }
  // Equal but for leading zeros: any order that is always the same.
  return a.length - i - (b.length - j) || (a < b ? -1 : a > b ? 1 : 0)
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function digitsEnd(text: string, at: number): number {
  while (isDigit(text, at)) at++
  return at
}

type Options = Parameters<typeof findFiles>[0]

async function filesOf(pattern: string, options: Options): Promise<SourceFile[]> {
  const whole = options.resolve(pattern)
  const stats = await stat(whole).catch(() => null)
  if (stats?.isDirectory()) return await filesBelow(whole, options.inFolder ?? '**/*', options)
  // A name is taken as it stands before it is taken as a pattern: `report (1) [old].csv` is a file's name too.
  if (stats) return [sourceFile(whole, stats, options.folder)]
  const parts = whole.split(/[\\/]/)
  const magic = parts.findIndex((part) => /[*?[\]{}()!]/.test(part))
  if (magic < 0) return []
  return await filesBelow(parts.slice(0, magic).join(sep) || sep, parts.slice(magic).join('/'), options)
}

async function filesBelow(base: string, pattern: string, options: Options): Promise<SourceFile[]> {
  const { glob } = await import('tinyglobby')
  const found = await glob(pattern, { cwd: base, expandDirectories: false }).catch((error: unknown) => {
    // What no name can match: a zero byte, "!" with nothing behind it.
    if (error instanceof TypeError) return []
    throw error
  })
  const names = found.sort(naturalOrder)
  const files: SourceFile[] = []
  for (let start = 0; start < names.length; start += 512) {
    const paths = names.slice(start, start + 512).map((name) => join(base, name))
    const all = await Promise.all(paths.map((path) => stat(path).catch(() => null)))
    all.forEach((stats, i) => {
      if (stats?.isFile()) files.push(sourceFile(paths[i] as string, stats, options.folder))
    })
  }
  return files
}

function sourceFile(path: string, stats: Stats, folder: string): SourceFile {
  const below = relative(folder, path)
  const inside = below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
  return {
    path: inside ? below.split(sep).join('/') : path,
    size: stats.size,
    modified: Math.floor(stats.mtimeMs),
  }
}

async function whatIsThere(path: string): Promise<string> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => null)
  if (!names) return `There is no folder ${folder}. Paths are relative to the pipeline's file.`
  const near = nearest(basename(path), names)
  return near ? `Did you mean "${near}"?` : `The folder ${folder} has ${names.length} other names.`
}
