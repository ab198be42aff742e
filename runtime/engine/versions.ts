import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'

/** A file as it was when the run started: another one under its name is refused at resume. */
export interface FileVersion {
  readonly path: string
  readonly size: number
  readonly modified: number
  /** SHA-256 of the first and the last 64 KB. */
  readonly hash: string
}

const edge = 64 << 10

/** The version of one file; `path` is kept as given, `absolute` is read. */
export async function fileVersion(path: string, absolute: string): Promise<FileVersion> {
  const file = await open(absolute)
  try {
    const { size, mtimeMs } = await file.stat()
    const hash = createHash('sha256')
    const head = Buffer.allocUnsafe(Math.min(edge, size))
    await file.read(head, 0, head.length, 0)
    hash.update(head)
    if (size > edge) {
      const tail = Buffer.allocUnsafe(Math.min(edge, size - edge))
      await file.read(tail, 0, tail.length, size - tail.length)
      hash.update(tail)
    }
    return { path, size, modified: Math.round(mtimeMs), hash: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/** Versions of many files, a few at a time. */
export async function fileVersions(paths: readonly { path: string; absolute: string }[]): Promise<FileVersion[]> {
  const versions = new Array<FileVersion>(paths.length)
  let next = 0
  const worker = async () => {
    while (next < paths.length) {
      const at = next++
      const { path, absolute } = paths[at] as (typeof paths)[number]
      versions[at] = await fileVersion(path, absolute)
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return versions
}

/** What is different about a file now, in words; null where it is as it was. */
export async function changedSince(version: FileVersion, absolute: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(absolute)
    if (size !== version.size) return `${version.path} had ${version.size} bytes and now has ${size}`
    if (Math.round(mtimeMs) === version.modified) return null
    const { hash } = await fileVersion(version.path, absolute)
    return hash === version.hash ? null : `${version.path} has other content than when the run started`
  } catch {
    return `${version.path} is no longer there`
  }
}
