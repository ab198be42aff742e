import { dirname, join } from 'node:path'
import type { Disk, DiskNow } from './disk.ts'

/**
 * Makes a folder that outlasts a crash: it and those above it have their names on disk. Also where it is there: who made
 * it may have been killed before its name was.
 */
export async function makeLastingFolder(disk: Disk, path: string): Promise<void> {
  await disk.makeFolder(path)
  for (const above of foldersAbove(path)) await disk.syncFolder(above)
}

/** The same, at once. */
export function makeLastingFolderNow(disk: DiskNow, path: string): void {
  disk.makeFolder(path)
  for (const above of foldersAbove(path)) disk.syncFolder(above)
}

/** A folder that nothing was done to is synced in no time. */
function foldersAbove(path: string): string[] {
  const above: string[] = []
  for (let at = dirname(path); ; at = dirname(at)) {
    above.push(at)
    if (dirname(at) === at) return above
  }
}

/** Waits until all files and names below a folder are on disk. */
export async function syncTree(disk: Disk, folder: string): Promise<void> {
  for (const { name, isFolder } of await disk.list(folder)) {
    const path = join(folder, name)
    if (isFolder) await syncTree(disk, path)
    else await syncFile(disk, path)
  }
  await disk.syncFolder(folder)
}

/** Waits until a file's content is on disk, blocking the thread. */
export function syncFileNow(disk: DiskNow, path: string): void {
  const file = disk.open(path, 'read')
  try {
    file.sync()
  } finally {
    file.close()
  }
}

/** Waits until a file's content is on disk, whoever wrote it. */
export async function syncFile(disk: Disk, path: string): Promise<void> {
  const file = await disk.open(path, 'read')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
