import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file as a whole or not at all: a new one beside it, on disk, then renamed into its place. The file keeps
 * its mode. A crash leaves the file as it was.
 */
export async function writeWhole(file: string, bytes: string | Uint8Array, mode?: number): Promise<void> {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true })
  const before = await stat(file).catch(() => null)
  const fresh = join(folder, `.${basename(file).slice(0, 100)}.${randomBytes(4).toString('hex')}.new`)
  try {
    const handle = await open(fresh, 'wx', before ? before.mode & 0o777 : mode)
    try {
      await handle.writeFile(bytes)
      if (before) await handle.chmod(before.mode & 0o777)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** Makes a rename survive a power cut; some systems cannot sync a folder, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  if (!handle) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

/** Does one thing after the other for each key: what is read is still so when it is written. */
export function inTurn(): <T>(key: string, act: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (key, act) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(act, act)
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
