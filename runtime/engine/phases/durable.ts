import { open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Waits until files, and their names in their folders, are on disk. */
export async function makeDurable(files: readonly string[]): Promise<void> {
  for (const file of files) await sync(file)
  for (const folder of new Set(files.map((file) => dirname(file)))) await sync(folder)
}

/** Waits until everything below a folder is on disk. */
export async function makeFolderDurable(folder: string): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const one of found) if (one.isFile() || one.isDirectory()) await sync(join(one.parentPath, one.name))
  await sync(folder)
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
