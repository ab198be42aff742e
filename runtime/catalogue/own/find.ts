import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { isOwnType } from '../../pipeline/owntype.ts'
import { HeadraceError, nearest } from '../../pipeline/problem.ts'
import { isRecord } from '../../pipeline/shape.ts'

/** The endings that a node's file may have, the first one first. */
export const endings = ['.ts', '.mts', '.js', '.mjs'] as const

/** A file beside a pipeline that may be a node. */
export interface OwnFile {
  /** `./nodes/vat` */
  readonly type: string
  /** Absolute. */
  readonly file: string
}

/** Whether a file holds code, or says which code there is: what nobody but its author may write. */
export const isCode = (path: string): boolean =>
  /\.[cm]?[jt]sx?$|\.(node|wasm)$|(^|[\\/])(package|tsconfig)\.json$/i.test(path)

/** The files in `nodes/` beside a pipeline that export something as their default: those are nodes, or want to be. */
export function ownFilesBeside(folder: string): OwnFile[] {
  const inside = join(folder, 'nodes')
  // A library's folder lists its nodes itself: what lies at its top is none.
  if (!existsSync(inside) || isLibrary(inside)) return []
  const names = readdirSync(inside).filter((name) => /^[\w-]+\.m?[tj]s$/.test(name))
  const seen = new Set<string>()
  return names.sort(byEnding).flatMap((name) => {
    const type = `./nodes/${name.slice(0, name.lastIndexOf('.'))}`
    const file = join(inside, name)
    if (seen.has(type) || !exportsSomething(file)) return []
    seen.add(type)
    return [{ type, file }]
  })
}

/** The file of an own node, absolute; throws where there is none. */
export function ownFile(type: string, folder: string): string {
  const plain = resolve(folder, type)
  const found = endings.map((ending) => `${plain}${ending}`).find((path) => existsSync(path))
  if (found) return found
  const ended = endings.find((ending) => type.endsWith(ending))
  if (ended && existsSync(plain))
    throw new HeadraceError('no-own-node', `a node's type has no ending: "${type}"`, {
      hint: `Write "${type.slice(0, -ended.length)}".`,
    })
  const known = ownFilesBeside(folder).map(({ type: one }) => one)
  const meant = nearest(type, known)
  throw new HeadraceError('no-own-node', `there is no file ${shown(`${plain}.ts`, folder)} for the node ${type}`, {
    hint: meant
      ? `Did you mean "${meant}"?`
      : `The path starts at the pipeline's folder. Make one with: headrace nodes new ${isOwnType(type) ? type : './nodes/name'}`,
  })
}

function isLibrary(folder: string): boolean {
  try {
    const own: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return isRecord(own) && isRecord(own['headrace']) && own['headrace']['contract'] !== undefined
  } catch {
    return false
  }
}

const order = (name: string): number => endings.findIndex((ending) => name.endsWith(ending))
const plain = (name: string): string => name.slice(0, name.lastIndexOf('.'))
const byEnding = (a: string, b: string): number =>
  plain(a) === plain(b) ? order(a) - order(b) : plain(a) < plain(b) ? -1 : 1

function exportsSomething(file: string): boolean {
  try {
    return /export\s+default|as\s+default/.test(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}

/** A path as it is written in the pipeline, where it lies near it. */
export function shown(path: string, folder: string): string {
  const way = relative(folder, path)
  return isAbsolute(way) || way.startsWith(join('..', '..', '..')) ? path : way.replaceAll('\\', '/') || basename(path)
}
