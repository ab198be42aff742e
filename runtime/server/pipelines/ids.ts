import { isAbsolute, join, normalize, relative, sep } from 'node:path'
import { isCode } from '../../catalogue/own/find.ts'
import { isInside, realPath } from '../../catalogue/pathguard.ts'
import { HttpRefusal } from '../refuse.ts'

/** The file that a pipeline's id means, links resolved; refuses ids that are none, or that lead out of the folder. */
export function fileOfId(folder: string, id: string): string {
  const plain = normalize(id).split(sep).join('/')
  if (
    plain !== id ||
    id.includes('\0') ||
    isAbsolute(id) ||
    !id.endsWith('.json') ||
    isCode(id) ||
    id.startsWith('../')
  )
    throw new HttpRefusal(
      400,
      `"${id}" is no pipeline's id`,
      'An id is the file’s path in the folder: emoji/pipeline.json.',
    )
  const file = realPath(join(folder, id))
  if (!isInside(folder, file) || hidden(relative(folder, file)))
    throw new HttpRefusal(403, `${id} leads out of the folder`, 'Headrace edits files in its folder alone.')
  return file
}

/** The id of a file below the folder. */
export const idOfFile = (folder: string, file: string): string => relative(folder, file).split(sep).join('/')

const hidden = (path: string): boolean => path.split(sep).some((part) => isPassedOver(part))

/** Folders in which nobody keeps pipelines; also those with a dot. */
export const isPassedOver = (name: string): boolean =>
  name === 'node_modules' || name === 'out' || name === 'dist' || (name.startsWith('.') && name !== '.')

/** A file's name made from a pipeline's: small letters, digits, hyphens. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'pipeline'
  )
}

/** The first of `name`, `name-2`, `name-3`, … for which nothing is there. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  let candidate = name
  for (let n = 2; taken(candidate); n++) candidate = `${name}-${n}`
  return candidate
}
