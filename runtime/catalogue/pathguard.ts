import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Problem } from '../pipeline/problem.ts'
import type { Json, NodeDefinition, SourceProbe } from '../sdk/node.ts'
import { isCode } from './own/find.ts'
import { isPattern, type PathSetting, pathSettings } from './pathsettings.ts'

/** A node's settings, secrets in them, before it looks at anything. */
export interface Entrant {
  readonly node: string
  readonly definition: NodeDefinition
  readonly config: Readonly<Record<string, unknown>>
  /** The pipeline's folder. */
  readonly folder: string
}

/** Keeps a pipeline within some folders: what is outside is a problem, and is not looked at. */
export interface PathGuard {
  /** Before a node looks: its paths. `real` is a resolver that several questions share. */
  readonly settings: (entrant: Entrant, real?: (path: string) => string) => Problem[]
  /** After it looked: the files that a pattern or a folder led to. */
  readonly found: (entrant: Entrant, probe: Json | SourceProbe | null, real?: (path: string) => string) => Problem[]
  /** Whether the code in a file may be run: links resolved, it lies in the folder or a root, and not in a package. */
  readonly mayRun: (file: string) => boolean
}

/** Whether a path is a folder or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** A path with the links in it resolved, as far as it exists: what is not there yet is taken as it is written. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPath(above), basename(path))
  }
}

/**
 * A guard for a folder and the roots that may be read besides it; all absolute, links resolved. Links in a path are
 * resolved before it is looked at, a pattern counts by the part before its first sign and by what it finds. Sinks
 * write in the folder alone.
 */
export function pathGuard(folder: string, roots: readonly string[]): PathGuard {
  const readable = [folder, ...roots]
  const mayRead = (path: string) => readable.some((root) => isInside(root, path))
  return {
    mayRun: (file) => mayRead(file) && !/[\\/]node_modules[\\/]/.test(file),
    settings({ node, definition, config, folder: base }, real = pathResolver()) {
      const sink = definition.kind === 'sink'
      return pathSettings(definition.config, config).flatMap((setting) => {
        const way = real(wholePath(base, setting.path))
        if (sink && isCode(way)) return [notCode(node, setting)]
        if (sink) return isInside(folder, way) ? [] : [notWritable(node, setting, folder)]
        const outside = mayRead(way) ? linksIn(way, definition).find((path) => !mayRead(path)) : way
        return outside === undefined ? [] : [notReadable(node, setting, outside)]
      })
    },
    found({ node, definition, config, folder: base }, probe, real = pathResolver()) {
      if (definition.kind !== 'source' || !probe) return []
      for (const { path } of (probe as SourceProbe).files) {
        const way = real(isAbsolute(path) ? path : join(base, path))
        if (mayRead(way)) continue
        const [first] = pathSettings(definition.config, config)
        return [notReadable(node, { setting: first?.setting ?? '', path }, way)]
      }
      return []
    },
  }
}

/** `realPath` for the many paths of one check: each folder is resolved once. */
export function pathResolver(): (path: string) => string {
  const folders = new Map<string, string>()
  return (path) => {
    const whole = resolve(path)
    const above = dirname(whole)
    if (above === whole || isLink(whole)) return realPath(whole)
    const folder = folders.get(above) ?? realPath(above)
    folders.set(above, folder)
    return join(folder, basename(whole))
  }
}

/** Whether a path is a link itself; what cannot be looked at may be one. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  } catch {
    return true
  }
}

/** The absolute path of a setting; of a pattern what stands before its first sign. */
function wholePath(base: string, path: string): string {
  const whole = isAbsolute(path) ? path : join(base, path)
  if (!isPattern(path) || existsSync(whole)) return whole
  const parts = whole.split(/[\\/]/)
  return parts.slice(0, parts.findIndex(isPattern)).join(sep) || sep
}

const mostLinks = 1000

/** Where the links in a model's folder lead: its files are read by name, whatever they are. */
function linksIn(path: string, { kind }: NodeDefinition): string[] {
  if (kind === 'source' || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isSymbolicLink())
    .slice(0, mostLinks)
    .map((entry) => realPath(join(entry.parentPath, entry.name)))
}

function notReadable(node: string, { setting, path }: PathSetting, real: string): Problem {
  const about = statSync(real, { throwIfNoEntry: false })
  const folder = about?.isDirectory() ? real : dirname(real)
  return {
    severity: 'error',
    code: 'outside',
    message: `"${path}" lies outside of what this page may read`,
    hint: `Start Headrace with the folder that it lies in: --data ${quoted(folder)}. Or drop the file on the page.`,
    place: { node, setting },
  }
}

function notWritable(node: string, { setting, path }: PathSetting, folder: string): Problem {
  return {
    severity: 'error',
    code: 'outside',
    message: `"${path}" lies outside of ${folder}: pipelines of this page write there alone, not to folders given with --data`,
    hint: 'Write below the folder, for example to "out/". The command line, headrace run, writes anywhere.',
    place: { node, setting },
  }
}

function notCode(node: string, { setting, path }: PathSetting): Problem {
  return {
    severity: 'error',
    code: 'outside',
    message: `"${path}" is a name for code: pipelines of this page write rows, never what runs`,
    hint: 'Give the output the ending of its format: .csv, .ndjson, .parquet, .arrow.',
    place: { node, setting },
  }
}

/** A path as it can be pasted into a shell. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
