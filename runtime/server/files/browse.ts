import { statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FileEntry, FileList } from '../api/files.ts'
import type { ServerContext } from '../context.ts'
import { HttpRefusal } from '../refuse.ts'
import { nearestFolder, type Places, placesOf } from './places.ts'
import { holdsEncoder, typeByName } from './types.ts'

const mostEntries = 2000

/** What a picker shows: a folder's files and folders, with the values that a setting of the pipeline would have. */
export async function browse(context: ServerContext, pipeline: string, value: string): Promise<FileList> {
  const places = placesOf(context, pipeline)
  const wanted = places.pathOf(value)
  if (!places.maySee(wanted)) {
    const hint = `Start Headrace with it: --data ${wanted}. Or drop the file on the page.`
    throw new HttpRefusal(403, `${value} lies outside of what this page may read`, hint)
  }
  const isFolder = (path: string) => {
    try {
      return statSync(path).isDirectory()
    } catch {
      // Not there, a name that no file can have, or nothing to be looked at: the picker opens above it.
      return false
    }
  }
  const folder = nearestFolder(places, wanted, isFolder) ?? context.folder
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).slice(0, mostEntries)
  const found = await Promise.all(names.map((name) => entryOf(join(folder, name), places)))
  const entries = found.filter((entry) => entry !== null).sort(byKindAndName)
  return {
    path: places.valueOf(folder),
    parent: places.isTop(folder) ? null : places.valueOf(dirname(folder)),
    entries,
    roots: [context.folder, ...context.roots].map((root) => ({ name: basename(root), value: places.valueOf(root) })),
  }
}

async function entryOf(path: string, places: Places): Promise<FileEntry | null> {
  const about = await stat(path).catch(() => null)
  if (!about || !places.maySee(path)) return null
  const folder = about.isDirectory()
  if (!folder && !about.isFile()) return null
  return {
    name: basename(path),
    value: places.valueOf(path),
    kind: folder ? 'folder' : 'file',
    size: folder ? 0 : about.size,
    modified: about.mtimeMs,
    fits: folder ? ((await holdsEncoder(path)) ? 'models/embed' : null) : typeByName(path),
  }
}

const order = new Intl.Collator('en', { numeric: true })

const byKindAndName = (a: FileEntry, b: FileEntry): number =>
  a.kind === b.kind ? order.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1
