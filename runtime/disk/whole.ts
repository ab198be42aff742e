import { dirname } from 'node:path'
import type { DiskNow } from './disk.ts'

/** Writes a file, its content on disk when this returns. Its name is not: see `syncFolder`. */
export function writeFileNow(disk: DiskNow, path: string, text: string): void {
  const file = disk.open(path, 'new')
  try {
    file.write(Buffer.from(text), 0)
    file.sync()
  } finally {
    file.close()
  }
}

/** Puts a file in the place of another, whole or not at all, and on disk with its name when this returns. */
export function replaceFileNow(disk: DiskNow, path: string, text: string, hidden: string): void {
  writeFileNow(disk, hidden, text)
  disk.rename(hidden, path)
  disk.syncFolder(dirname(path))
}
