import { dirname, relative, resolve, sep } from 'node:path'
import { isInside, realPath } from '../../catalogue/pathguard.ts'
import type { ServerContext } from '../context.ts'
import { fileOfId } from '../pipelines/ids.ts'
import { HttpRefusal } from '../refuse.ts'

/** Paths as the settings of one pipeline have them. */
export interface Places {
  /** An absolute path of a setting's value. */
  readonly pathOf: (value: string) => string
  /** What a setting says for an absolute path: relative to the pipeline's file within the folder, else as it is. */
  readonly valueOf: (path: string) => string
  /** Whether a path may be seen, links resolved. */
  readonly maySee: (path: string) => boolean
  /** Whether there is nothing above it that may be seen. */
  readonly isTop: (path: string) => boolean
}

/** `pipeline` is an id; '' stands for the folder itself. */
export function placesOf({ folder, roots }: Pick<ServerContext, 'folder' | 'roots'>, pipeline: string): Places {
  const base = pipeline === '' ? folder : dirname(fileOfId(folder, pipeline))
  const seen = [folder, ...roots]
  const maySee = (path: string) => {
    const real = realPath(path)
    return seen.some((root) => isInside(root, real))
  }
  return {
    pathOf: (value) => {
      if (value.includes('\0')) throw new HttpRefusal(400, 'a path has no NUL character')
      return resolve(base, value)
    },
    valueOf: (path) => (isInside(folder, path) ? relative(base, path).split(sep).join('/') || '.' : path),
    maySee,
    isTop: (path) => seen.includes(path) || !maySee(dirname(path)),
  }
}

/** The innermost folder at or above a path that is there and may be seen; null where there is none. */
export function nearestFolder(places: Places, path: string, isFolder: (path: string) => boolean): string | null {
  for (let at = path; ; at = dirname(at)) {
    if (places.maySee(at) && isFolder(at)) return at
    if (at === dirname(at)) return null
  }
}

/** A name for a file of the reader's: no path, no sign that a shell or a pattern would take for something else. */
export function safeName(given: string): string {
  const last = given.normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  const plain = last
    .replace(/[\p{C}*?[\]{}()!"'<>|:]/gu, '_')
    .replace(/^[.\s]+/, '')
    .trimEnd()
  const ending = /(?:\.[A-Za-z0-9]{1,10}){0,2}$/.exec(plain)?.[0] ?? ''
  return `${plain.slice(0, plain.length - ending.length).slice(0, 80) || 'file'}${ending}`
}

/** `umsatz.csv` as the n-th of its name: `umsatz-2.csv`. */
export function numbered(name: string, n: number): string {
  if (n < 2) return name
  const dot = name.indexOf('.', 1)
  return dot < 0 ? `${name}-${n}` : `${name.slice(0, dot)}-${n}${name.slice(dot)}`
}
