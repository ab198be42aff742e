import { join } from 'node:path'
import type { Disk } from '@headrace/runtime/sdk'

/** Files of the output's format that a glob would match. */
export const visibleParts = (names: readonly string[], ending: string): string[] =>
  names.filter((name) => name.endsWith(ending) && !name.startsWith('.'))

/** Parts that `replace` may delete; a file of another name is somebody else's. */
export const oldParts = (names: readonly string[], ending: string): string[] =>
  visibleParts(names, ending).filter((name) => name.startsWith('part-'))

/** The files of the format in an output's folder and in the folders of its partitions, from the folder. */
export const partsIn = (disk: Disk, folder: string, ending: string): Promise<string[]> =>
  filesIn(disk, folder, (names) => visibleParts(names, ending))

/** What a run has written there and not put in place. */
export const hiddenPartsIn = (disk: Disk, folder: string, ours: string): Promise<string[]> =>
  filesIn(disk, folder, (names) => names.filter((name) => name.startsWith(`.${ours}`)))

/** The folders of partitions, inner ones first. */
export async function foldersIn(disk: Disk, folder: string, below = ''): Promise<string[]> {
  const found: string[] = []
  for (const name of await partitionFolders(disk, join(folder, below)))
    found.push(...(await foldersIn(disk, folder, join(below, name))), join(below, name))
  return found
}

async function filesIn(disk: Disk, folder: string, wanted: (names: string[]) => string[]): Promise<string[]> {
  const found: string[] = []
  for (const below of ['', ...(await foldersIn(disk, folder)).sort()]) {
    const names = (await disk.list(join(folder, below))).map(({ name }) => name)
    found.push(...wanted(names).map((name) => join(below, name)))
  }
  return found
}

async function partitionFolders(disk: Disk, folder: string): Promise<string[]> {
  const entries = await disk.list(folder)
  return entries.filter(({ name, isFolder }) => isFolder && name.includes('=')).map(({ name }) => name)
}
