import { createHash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { FileChange, FileVersion } from './touched.ts'

export type { FileChange, FileVersion } from './touched.ts'

const edge = 64 << 10
const piece = 1 << 20

/** The middle of so many bytes of files is read when a run starts, in their order: a tenth of a second. */
const mostInner = 128 << 20
/** Of so many files the ends are read again, though size and time are the same. */
const mostClosely = 1000

/** The version of one file; `path` is kept as given, `absolute` is read. `inner`: its middle is read too. */
export async function fileVersion(path: string, absolute: string, inner = false): Promise<FileVersion> {
  const file = await open(absolute)
  try {
    const { size, mtimeMs } = await file.stat()
    const hash = createHash('sha256')
    const add = (bytes: Uint8Array) => hash.update(bytes)
    await take(file, 0, Math.min(edge, size), add)
    if (size > edge) await take(file, Math.max(edge, size - edge), size, add)
    const version = { path, size, modified: Math.round(mtimeMs), hash: hash.digest('hex') }
    if (!inner || size <= 2 * edge) return version
    let sum = 0
    await take(file, edge, size - edge, (bytes) => {
      sum = crc32(bytes, sum)
    })
    return { ...version, inner: sum }
  } finally {
    await file.close()
  }
}

async function take(file: FileHandle, start: number, end: number, add: (bytes: Uint8Array) => unknown): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(piece, end - start))
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at)
    if (bytesRead === 0) return
    add(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}

/** Versions of many files, a few at a time; the middles of the first ones, as far as that is quick. */
export async function fileVersions(
  files: readonly { path: string; absolute: string; size: number }[],
): Promise<FileVersion[]> {
  let left = mostInner
  const isWhole = files.map(({ size }) => size <= left && (left -= size) >= 0)
  return await eachOf(files, ({ path, absolute }, at) => fileVersion(path, absolute, isWhole[at] === true))
}

/** What is different about files now; only those that are not as they were. */
export async function changedFiles(
  versions: readonly FileVersion[],
  absolute: (path: string) => string,
): Promise<FileChange[]> {
  const isClosely = versions.length <= mostClosely
  const changes = await eachOf(versions, (version) => changedSince(version, absolute(version.path), isClosely))
  return changes.filter((change) => change !== null)
}

const atOnce = 16

async function eachOf<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const found = new Array<R>(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      found[at] = await work(items[at] as T, at)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return found
}

/**
 * What is different about a file now; null where it is as it was. Another time of the same bytes is no change. `closely`:
 * its ends are read though its size and time are the same.
 */
export async function changedSince(version: FileVersion, absolute: string, closely = true): Promise<FileChange | null> {
  const change = (what: string): FileChange => ({ path: version.path, what })
  try {
    const { size, mtimeMs } = await stat(absolute)
    if (size !== version.size) return change(`had ${version.size} bytes and now has ${size}`)
    const isTouched = Math.round(mtimeMs) !== version.modified
    if (!isTouched && !closely) return null
    const now = await fileVersion(version.path, absolute, isTouched && version.inner !== undefined)
    if (now.hash !== version.hash || now.inner !== (isTouched ? version.inner : undefined))
      return change('has other content than when the run started')
    if (!isTouched || version.inner !== undefined || size <= 2 * edge) return null
    const [before, after] = [version.modified, mtimeMs].map((time) => new Date(time).toISOString())
    return change(`was last written at ${before} and now at ${after}, and is too large to tell whether it is the same`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // what the file system throws
    if (code === 'ENOENT' || code === 'ENOTDIR') return change('is no longer there')
    return change(`cannot be read any more: ${message}`)
  }
}
