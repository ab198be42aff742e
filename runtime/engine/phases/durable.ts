import { dirname } from 'node:path'
import { type Disk, syncFile } from '../../disk/index.ts'

/** Waits until files, and their names in their folders, are on disk. */
export async function makeDurable(disk: Disk, files: readonly string[]): Promise<void> {
  for (const file of files) await syncFile(disk, file)
  for (const folder of new Set(files.map((file) => dirname(file)))) await disk.syncFolder(folder)
}
