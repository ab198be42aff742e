import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Files of the output's format that a glob would match. */
export const visibleParts = (names: readonly string[], ending: string): string[] =>
  names.filter((name) => name.endsWith(ending) && !name.startsWith('.'))

/** Parts that `replace` may delete; a file of another name is somebody else's. */
export const oldParts = (names: readonly string[], ending: string): string[] =>
  visibleParts(names, ending).filter((name) => name.startsWith('part-'))

/** The files of the format in an output's folder and in the folders of its partitions, from the folder. */
export const partsIn = (folder: string, ending: string): Promise<string[]> =>
  filesIn(folder, (names) => visibleParts(names, ending))

/** What a run has written there and not put in place. */
export const hiddenPartsIn = (folder: string, ours: string): Promise<string[]> =>
  filesIn(folder, (names) => names.filter((name) => name.startsWith(`.${ours}`)))

/** The folders of partitions, inner ones first. */
export async function foldersIn(folder: string, below = ''): Promise<string[]> {
  const found: string[] = []
  for (const name of await partitionFolders(join(folder, below)))
    found.push(...(await foldersIn(folder, join(below, name))), join(below, name))
  return found
}

async function filesIn(folder: string, wanted: (names: string[]) => string[]): Promise<string[]> {
  const found: string[] = []
  for (const below of ['', ...(await foldersIn(folder)).sort()]) {
    const names = await readdir(join(folder, below)).catch((): string[] => [])
    found.push(...wanted(names.sort()).map((name) => join(below, name)))
  }
  return found
}

async function partitionFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory() && entry.name.includes('=')).map(({ name }) => name)
}
